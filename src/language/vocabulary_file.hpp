#pragma once
// Reading the text files that lie beside an encoder's weights.

#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"

namespace celloquy::language {

/// The whole file. Error (unusable_input): language.model_unusable.
Expected<std::string> read_vocabulary(const std::string& path);
/// Lines without their ends; a last line end begins no line. Views into `text`.
std::vector<std::string_view> lines_of(std::string_view text);
/// The error about a model file that is there, but not what it should be.
tl::unexpected<Error> unusable_model(const std::string& path);

}  // namespace celloquy::language
