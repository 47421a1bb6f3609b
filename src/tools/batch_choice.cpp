#include "tools/batch_choice.hpp"

#include <algorithm>

#include "analysis/statistics/partitions.hpp"
#include "tools/design_columns.hpp"

namespace celloquy::tools {
namespace {

struct Candidate {
  std::string name;
  bool batch = false;  ///< by its name
};

/// Columns that could mean batches, of those that tell the kept cells apart.
Expected<std::vector<Candidate>> candidates(Pipeline& pipeline) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  std::vector<Candidate> out;
  for (const auto& name : replicate_columns(*data)) {
    const auto grouping = pipeline.field_grouping(name);
    if (!grouping || grouping->n_present() < 2) continue;
    out.push_back({name, column_role(name, *data->obs.find(name)) == ColumnRole::batch});
  }
  return out;
}

tl::unexpected<Error> ask_which(Pipeline& pipeline, const std::vector<Candidate>& found) {
  std::vector<Text> names;
  for (const auto& candidate : found) {
    const auto grouping = pipeline.field_grouping(candidate.name);
    names.push_back(
        message("tools.batches.candidate",
                {{"field", candidate.name}, {"groups", grouping ? grouping->n_present() : 0U}}));
  }
  return failure(ErrorCode::cannot_answer, "tools.batches.which",
                 {{"fields", enumerate(names)}, {"first", found.front().name}});
}

tl::unexpected<Error> none_there(const Dataset& data) {
  std::vector<Text> names;
  for (const auto& [name, column] : data.obs.columns) {
    if (column_role(name, column) != ColumnRole::other) continue;
    if (const auto text = as_categorical(column);
        text && text->categories.size() >= 2 && text->categories.size() <= 50)
      names.push_back(Text::same(name));
  }
  if (names.empty()) return failure(ErrorCode::cannot_answer, "tools.batches.no_columns");
  return failure(ErrorCode::cannot_answer, "tools.batches.none", {{"fields", enumerate(names)}});
}

Expected<BatchChoice> checked(Pipeline& pipeline, const std::string& name, BatchReason reason) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  const auto role = column_role(name, *data->obs.find(name));
  if (role == ColumnRole::cell_type || role == ColumnRole::clusters)
    return failure(ErrorCode::cannot_answer, "tools.batches.kinds_column", {{"field", name}});
  BatchChoice choice;
  CELLOQUY_TRY(choice.grouping, pipeline.field_grouping(name));
  choice.reason = reason;
  const auto& codes = choice.grouping.codes;
  const auto missing = std::count(codes.begin(), codes.end(), -1);
  if (missing > 0)
    return failure(ErrorCode::cannot_answer, "tools.batches.missing",
                   {{"field", name}, {"cells", static_cast<std::size_t>(missing)}});
  const std::size_t present = choice.grouping.n_present();
  if (present < 2)
    return failure(ErrorCode::cannot_answer, "tools.batches.one_batch", {{"field", name}});
  if (present * 10 > codes.size())
    return failure(ErrorCode::cannot_answer, "tools.batches.too_many",
                   {{"field", name}, {"groups", present}, {"cells", codes.size()}});
  return choice;
}

}  // namespace

Expected<BatchChoice> choose_batches(Pipeline& pipeline, const std::optional<std::string>& wanted) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  if (wanted) {
    if (const auto name = column_called(*data, *wanted))
      return checked(pipeline, *name, BatchReason::named);
    // "Correct for batch": the word, not a column.
    if (*wanted != "batch") {
      CELLOQUY_TRY(const auto refused, pipeline.column(*wanted));
      (void)refused;
    }
  }
  CELLOQUY_TRY(const auto found, candidates(pipeline));
  if (found.empty()) return none_there(*data);
  const auto by_name = std::count_if(found.begin(), found.end(), [](auto& c) { return c.batch; });
  if (by_name == 1)
    return checked(pipeline,
                   std::find_if(found.begin(), found.end(), [](auto& c) { return c.batch; })->name,
                   BatchReason::batch_name);
  if (found.size() == 1) return checked(pipeline, found.front().name, BatchReason::only_one);
  return ask_which(pipeline, found);
}

std::optional<Confounded> confounded_with(Pipeline& pipeline, const Grouping& batches) {
  const auto data = pipeline.dataset();
  if (!data) return std::nullopt;
  std::optional<Confounded> found;
  for (const auto& [name, column] : (*data)->obs.columns) {
    if (name == batches.field || column_role(name, column) != ColumnRole::other) continue;
    const auto grouping = pipeline.field_grouping(name);
    if (!grouping || grouping->n_groups() > 20 || grouping->n_present() < 2) continue;
    std::vector<std::int32_t> of_batch(batches.n_groups(), -1);
    bool nested = true;
    for (std::size_t i = 0; i < batches.codes.size() && nested; ++i) {
      auto& value = of_batch[static_cast<std::size_t>(batches.codes[i])];
      if (value < 0) value = grouping->codes[i];
      nested = grouping->codes[i] >= 0 && value == grouping->codes[i];
    }
    if (!nested) continue;
    const bool same = grouping->n_present() == batches.n_present();
    // A split that is the batches' own under another name weighs most.
    if (!found || (same && !found->same_split)) found = Confounded{name, grouping->names, same};
  }
  return found;
}

std::vector<Text> kinds_of_one_batch(const Grouping& kinds, const Grouping& batches) {
  std::vector<Text> out;
  const std::size_t n = batches.n_groups();
  const auto cells =
      statistics::contingency(kinds.codes, kinds.n_groups(), batches.codes, batches.n_groups());
  for (std::size_t kind = 0; kind < kinds.n_groups(); ++kind) {
    const auto begin = cells.begin() + static_cast<std::ptrdiff_t>(kind * n);
    std::size_t total = 0;
    for (std::size_t b = 0; b < n; ++b) total += cells[kind * n + b];
    if (total >= 20 &&
        *std::max_element(begin, begin + static_cast<std::ptrdiff_t>(n)) * 20 >= total * 19)
      out.push_back(kinds.names[kind]);
  }
  return out;
}

}  // namespace celloquy::tools
