#pragma once
// Named sets of cells (drawn, combined, found) as groups that every tool understands.

#include <optional>
#include <string>
#include <vector>

#include "tools/group_resolution.hpp"

namespace celloquy::tools {

/// What the partition of a selection is called as a field.
inline constexpr const char* selection_field = "celloquy_selection";

/// Where such a list is stored: the same cells of the same file (its fingerprint) share it.
std::string selection_key(const std::string& fingerprint, const CellList& cells);

/// A stored list of cells of the file; unusable_input when it is lost.
Expected<Shared<CellList>> selected_cells(Pipeline& pipeline, const std::string& key);

/// "selection", "these cells", "选中的细胞" → the present one; else one of this
/// name. Nothing when there is none such. Cells that a filter took away are not
/// in it; cannot_answer when none of it is kept.
Expected<std::optional<GroupChoice>> find_selection(Pipeline& pipeline, const std::string& text);

/// The words for the present selection, in both languages.
const std::vector<std::string>& words_for_selection();
/// Whether the text is one of them, in any case.
bool means_selection(const std::string& text);

}  // namespace celloquy::tools
