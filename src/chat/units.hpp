#pragma once
// A sentence as the grammar sees it: normalised text cut into units. An English
// word, a number, a punctuation mark and a single Chinese character are one unit
// each; words longer than a unit come from the lexicon's longest matches.

#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"

namespace celloquy::chat {

enum class UnitKind { word, number, han, punctuation };

struct Unit {
  UnitKind kind = UnitKind::word;
  std::string surface;  ///< as written, after NFKC
  std::string key;      ///< what is compared: lower case, lightly stemmed
  double number = 0;    ///< of a number
};

/// NFKC, Chinese punctuation as ASCII, typographic quotes and dashes made plain.
/// Bytes that are not UTF-8 become spaces.
std::string normalise(std::string_view sentence);

/// Lower case; British and American spelling, plural and -ing/-ed forms to one key.
std::string stem(std::string_view word);

std::vector<Unit> cut_into_units(std::string_view normalised);

/// Chinese when it has at least as many Chinese characters as Latin words.
Language detect_language(std::string_view sentence);

/// Edits (insert, delete, change, swap of neighbours) from a to b; more than
/// `limit` is reported as limit + 1. Damerau 1964, restricted.
unsigned edit_distance(std::string_view a, std::string_view b, unsigned limit);

/// Code points of UTF-8 text; damaged bytes are skipped.
std::vector<char32_t> code_points(std::string_view text);
bool is_han(char32_t c);

}  // namespace celloquy::chat
