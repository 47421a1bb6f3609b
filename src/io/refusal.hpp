#pragma once
// Inside this room a reader stops by throwing; read_dataset() and write_h5ad()
// turn it into an Error, so no exception leaves the room.

#include <string_view>

#include "base/context.hpp"
#include "base/expected.hpp"

namespace celloquy::io {

struct Refusal {
  Error error;
};

/// The catalogue sentences `id` and `id.remedy` as an unusable_input error.
[[noreturn]] inline void refuse(std::string_view id, const TextArguments& arguments = {}) {
  throw Refusal{failure(ErrorCode::unusable_input, id, arguments).value()};
}
[[noreturn]] inline void stop_cancelled() { throw Refusal{cancelled_error().value()}; }

}  // namespace celloquy::io
