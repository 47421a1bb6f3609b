#pragma once
// The words of an English text that carry meaning.

#include <string>
#include <string_view>
#include <vector>

namespace celloquy::language {

/// Stems (Snowball "english", Porter 2) of the words of `text` in lower case, sorted,
/// each once, without articles, prepositions and the like. Words are runs of ASCII
/// letters and digits; everything else divides them.
std::vector<std::string> content_words(std::string_view text);

}  // namespace celloquy::language
