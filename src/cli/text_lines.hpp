#pragma once
// A file of texts, one a line.

#include <string>
#include <vector>

#include "base/expected.hpp"

namespace celloquy::cli {

/// Without empty lines, white space at the end, and a byte-order mark. Errors
/// (unusable_input): it cannot be read, or has no text.
Expected<std::vector<std::string>> read_texts(const std::string& path);

}  // namespace celloquy::cli
