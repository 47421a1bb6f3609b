#pragma once
// Forms of English words for the translator.

#include <string>
#include <string_view>

namespace celloquy::knowledge::english {

/// "macrophage" → "macrophages"; "natural killer cell, human" → "natural killer
/// cells, human". Words that are not counted ("blood", "collagen") stay.
std::string plural(std::string_view noun);
/// False for "blood", "collagen", "inflammation".
bool is_counted(std::string_view noun);
/// True for "antibody", "membrane receptor"; most molecules are not counted.
bool is_counted_molecule(std::string_view molecule);
/// True for "volume", "number": what an adjective says by itself.
bool is_dimension(std::string_view noun);
/// True for an organ or part of the body of which there is one: "the liver".
bool takes_the(std::string_view tissue);

/// "secrete" → "secreting", "take up" → "taking up".
std::string gerund(std::string_view verb);
/// "secrete" → "secreted", "take up" → "taken up".
std::string participle(std::string_view verb);
/// True for "lose", "damage": without an object they are meant as "are lost".
bool needs_object(std::string_view verb);
/// "rapid" → "rapidly".
std::string adverb(std::string_view adjective);

}  // namespace celloquy::knowledge::english
