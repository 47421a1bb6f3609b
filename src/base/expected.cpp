#include "base/expected.hpp"

#include <string>

namespace celloquy {

tl::unexpected<Error> failure(ErrorCode code, std::string_view id, const TextArguments& arguments) {
  const std::string remedy_id = std::string(id) + ".remedy";
  const bool has_remedy = !message_template(remedy_id).empty();
  return tl::make_unexpected(
      Error{code, message(id, arguments), has_remedy ? message(remedy_id, arguments) : Text{}});
}

std::string_view code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::internal: return "internal";
    case ErrorCode::usage: return "usage";
    case ErrorCode::unusable_input: return "unusable_input";
    case ErrorCode::cannot_answer: return "cannot_answer";
    case ErrorCode::cancelled: return "cancelled";
  }
  return "internal";
}

}  // namespace celloquy
