#pragma once
// Code points of a text and what kind of character each is.

#include <string>
#include <string_view>
#include <vector>

namespace celloquy::language {

/// Decodes UTF-8; each byte that does not belong to a character becomes U+FFFD.
std::vector<char32_t> code_points(std::string_view text);
void append_utf8(std::string& text, char32_t letter);

/// Compatibility forms composed (NFKC), cases folded: "ＣＤ8⁺" and "cd8+" are the same.
std::vector<char32_t> folded(std::string_view text);
/// A letter and the mark that follows it joined where there is a character for both. Marks are
/// not put into canonical order before, in which this differs from NFC.
std::vector<char32_t> composed(const std::vector<char32_t>& letters);
/// The letter without marks that has no parts (NFD), its marks after it.
void append_decomposed(std::vector<char32_t>& letters, char32_t letter);
char32_t lower_case(char32_t letter);

bool is_letter_or_digit(char32_t letter);
/// A Chinese character, which is a word of its own.
bool is_ideograph(char32_t letter);
bool is_white_space(char32_t letter);
/// Categories Cc, Cf, Co and Cs.
bool is_control(char32_t letter);
bool is_nonspacing_mark(char32_t letter);
/// Categories P*, and the ASCII symbols.
bool is_punctuation(char32_t letter);

}  // namespace celloquy::language
