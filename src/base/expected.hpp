#pragma once
// Errors as values. No exception crosses a module border.

#include <tl/expected.hpp>

#include <string_view>
#include <utility>

#include "base/text.hpp"

namespace celloquy {

/// What kind of failure; the number is the exit status of the program.
enum class ErrorCode {
  internal = 1,        ///< our mistake
  usage = 2,           ///< the command or its arguments are wrong
  unusable_input = 3,  ///< the file or data cannot be used
  cannot_answer = 4,   ///< these data cannot answer the question
  cancelled = 5,
};

/// What is wrong and where (`message`), and what to do (`remedy`).
struct Error {
  ErrorCode code = ErrorCode::internal;
  Text message;
  Text remedy;
};

template <class T>
using Expected = tl::expected<T, Error>;
using Status = tl::expected<void, Error>;

/// The catalogue sentences `id` and, where there is one, `id.remedy`.
tl::unexpected<Error> failure(ErrorCode code, std::string_view id,
                              const TextArguments& arguments = {});

/// Short name of the code for machines: "unusable_input".
std::string_view code_name(ErrorCode code);

}  // namespace celloquy

/// Gives the error on to the caller, or assigns the value:
///   CELLOQUY_TRY(auto matrix, read_matrix(path));
#define CELLOQUY_TRY_NAME_(a, b) a##b
#define CELLOQUY_TRY_NAME(a, b) CELLOQUY_TRY_NAME_(a, b)
#define CELLOQUY_TRY(declaration, expression)                                           \
  auto CELLOQUY_TRY_NAME(try_, __LINE__) = (expression);                                \
  if (!CELLOQUY_TRY_NAME(try_, __LINE__))                                               \
    return ::tl::make_unexpected(std::move(CELLOQUY_TRY_NAME(try_, __LINE__)).error()); \
  declaration = *std::move(CELLOQUY_TRY_NAME(try_, __LINE__))
/// The same for a Status, without a value.
#define CELLOQUY_CHECK(expression)                                                    \
  do {                                                                                \
    auto check_status = (expression);                                                 \
    if (!check_status) return ::tl::make_unexpected(std::move(check_status).error()); \
  } while (false)
