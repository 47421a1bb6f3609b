#pragma once
// Code points of a text, and the forms in which the encoders want them.

#include <string>
#include <string_view>
#include <vector>

namespace celloquy::language {

/// Decodes UTF-8; each byte that does not belong to a character becomes U+FFFD.
std::vector<char32_t> code_points(std::string_view text);
void append_utf8(std::string& text, char32_t letter);

/// Compatibility forms composed (NFKC), cases folded: "ＣＤ8⁺" and "cd8+" are the same.
std::vector<char32_t> folded(std::string_view text);

bool is_letter_or_digit(char32_t letter);
/// A Chinese character, which is a word of its own.
bool is_ideograph(char32_t letter);

}  // namespace celloquy::language
