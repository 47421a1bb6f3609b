#pragma once
// Names that look like another: for "did you mean".

#include <string>
#include <string_view>
#include <vector>

namespace celloquy::tools {

/// ASCII letters in lower case; the rest as it is.
std::string lower(std::string_view text);

/// Lower case, separators and a plural s dropped: "T-Cells" → "tcell".
std::string folded_name(std::string_view text);

/// Words of a name in lower case without plural s: "T cells CD8" → t, cell, cd8.
std::vector<std::string> words_of(std::string_view name);

/// At most `most` names within a third of the length in edits, or that begin
/// with the text; nearest first, then in the given order.
std::vector<std::string> similar_names(const std::vector<std::string>& names, std::string_view text,
                                       std::size_t most);

}  // namespace celloquy::tools
