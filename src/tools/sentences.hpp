#pragma once
// Statements of findings as sentences.

#include <string>
#include <string_view>

#include "tools/finding.hpp"

namespace celloquy::tools {

/// How a value is written in a sentence: whole numbers with thousands
/// separators, others with three significant digits, names as they are. The
/// unit is not written: the sentence has it.
Text written(const Value& value);

/// The statement with its blanks filled; lists as "a, b and c". A blank that
/// the finding cannot fill stays visible as {name}.
Text sentence(const Finding& finding, const Statement& statement);

/// `one` for exactly one thing, else `many`: the ids of two sentences.
inline std::string_view plural(double count, std::string_view one, std::string_view many) {
  return count == 1 ? one : many;
}

}  // namespace celloquy::tools
