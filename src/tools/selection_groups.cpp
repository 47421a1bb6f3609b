#include "tools/selection_groups.hpp"

#include <algorithm>

#include "base/hashing.hpp"
#include "tools/similar_names.hpp"
#include "workspace/result_store.hpp"

namespace celloquy::tools {

const std::vector<std::string>& words_for_selection() {
  static const std::vector<std::string> words = {
      "selection",   "the selection", "my selection", "selected cells", "the selected cells",
      "these cells", "selected",      "these",        "选中的细胞",     "选中细胞",
      "所选细胞",    "选中的",        "选区",         "这些细胞",       "所选的细胞"};
  return words;
}

bool means_selection(const std::string& text) {
  const auto& words = words_for_selection();
  return std::find(words.begin(), words.end(), lower(text)) != words.end();
}

std::string selection_key(const std::string& fingerprint, const CellList& cells) {
  Hasher hasher;
  hasher.values(std::span<const std::uint32_t>(cells.kept));
  const std::string input = "file:" + fingerprint;
  return workspace::result_key(std::span(&input, 1), "selection", {{"cells", hasher.hex()}}, 1);
}

Expected<Shared<CellList>> selected_cells(Pipeline& pipeline, const std::string& key) {
  auto& memory = Memory::of(pipeline.study());
  if (auto known = memory.find<CellList>(key)) return known;
  const auto blob = pipeline.study().results().find(key);
  auto list = std::make_shared<CellList>();
  if (!blob || !from_blob(*blob, *list))
    return failure(ErrorCode::unusable_input, "tools.selection.lost",
                   {{"folder", pipeline.study().folder()}});
  memory.put<CellList>(key, list);
  return Shared<CellList>(list);
}

Expected<std::optional<GroupChoice>> find_selection(Pipeline& pipeline, const std::string& text) {
  CELLOQUY_TRY(const auto selections, pipeline.study().selections());
  if (selections.empty()) return std::optional<GroupChoice>();
  auto found = text.empty() ? selections.end() : selections.find(text);
  if (found == selections.end() && means_selection(text)) found = selections.find("");
  if (found == selections.end()) return std::optional<GroupChoice>();
  CELLOQUY_TRY(const auto chosen, selected_cells(pipeline, found->second));
  CELLOQUY_TRY(const auto kept, pipeline.cells());
  CELLOQUY_TRY(const std::string cells_key, pipeline.cells_key());

  GroupChoice choice;
  choice.name = found->first.empty() ? message("tools.selection.name") : Text::same(found->first);
  choice.source = message("tools.source.selection");
  choice.codes = {0};
  auto& grouping = choice.grouping;
  grouping.kind = Grouping::Kind::field;
  grouping.field = selection_field;
  grouping.key = cells_key + ":selection:" + found->second;
  grouping.names = {choice.name, message("tools.group.others")};
  grouping.codes.reserve(kept->kept.size());
  auto next = chosen->kept.begin();
  for (const auto cell : kept->kept) {
    while (next != chosen->kept.end() && *next < cell) ++next;
    grouping.codes.push_back(next != chosen->kept.end() && *next == cell ? 0 : 1);
  }
  if (choice.n_cells() == 0)
    return failure(ErrorCode::cannot_answer, "tools.selection.none_kept", {{"name", choice.name}});
  return std::optional(std::move(choice));
}

}  // namespace celloquy::tools
