#pragma once
// One spelling for the many ways to write the name of a cell type.

#include <string>
#include <string_view>
#include <vector>

namespace celloquy::knowledge {

/// The key under which a name is looked up. English: lower case, one blank
/// between words, plural to singular, hyphens and slashes as blanks, British to
/// American spelling, Greek letters in words, "CD8-positive" and "CD8 pos" as
/// "cd8+", "CD8 negative" and "CD8- " as "cd8-". Chinese: no blanks, full-width to
/// half-width, "CD8阳性" as "cd8+", "CD8阴性" as "cd8-".
std::string name_key(std::string_view name);

/// A word of a text with where it stands: bytes [begin, end) of the text.
struct Word {
  std::string key;
  std::size_t begin = 0, end = 0;
  bool chinese = false;  ///< a single Chinese character
};
/// Words whose keys, joined (with a blank except next to Chinese), give name_key.
std::vector<Word> words_of(std::string_view text);

/// The keys of words[first, last) joined as in name_key.
std::string join_key(const std::vector<Word>& words, std::size_t first, std::size_t last);

/// True when the text has a Chinese character.
bool has_chinese(std::string_view text);

}  // namespace celloquy::knowledge
