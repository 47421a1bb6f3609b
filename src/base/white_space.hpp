#pragma once
// White space around texts that people or files wrote.

#include <string>
#include <string_view>

namespace celloquy {

/// Without the blanks, tabs and line ends (or the characters of `white`) at both ends.
inline std::string trimmed(std::string_view text, std::string_view white = " \t\r\n") {
  const auto begin = text.find_first_not_of(white);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(white) - begin + 1));
}

}  // namespace celloquy
