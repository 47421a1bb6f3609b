// Barcodes that may hold two cells: found and selected, or removed when that is asked for.

#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_map>

#include "knowledge/lineages.hpp"
#include "plots/plots.hpp"
#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/choose_cells.hpp"
#include "tools/code_pieces.hpp"
#include "tools/design_columns.hpp"
#include "tools/doublet_calls.hpp"
#include "tools/methods.hpp"

namespace celloquy::tools {
namespace {

constexpr std::uint32_t genes_of_a_programme = 3;

struct Captures {
  std::optional<Grouping> grouping;
  bool small = false;  ///< there is a column, but most of its batches are too small
};

/// The wanted column, or else the one that says batch or sample, if its batches are large
/// enough to be judged one by one.
Expected<Captures> captures(Pipeline& pipeline, const std::optional<std::string>& wanted) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  Captures out;
  if (wanted) {
    CELLOQUY_TRY(out.grouping,
                 pipeline.field_grouping(column_called(*data, *wanted).value_or(*wanted)));
    return out;
  }
  const auto column = batch_column(*data);
  if (!column) return out;
  CELLOQUY_TRY(auto grouping, pipeline.field_grouping(*column));
  std::size_t judged = 0;
  for (const auto size : grouping.sizes())
    if (size >= doublets::Options().least_cells) judged += size;
  out.small = judged * 10 < grouping.codes.size() * 9;
  if (!out.small) out.grouping = std::move(grouping);
  return out;
}

/// Cells with the programmes of two lineages.
Expected<std::vector<std::uint32_t>> programmes(Pipeline& pipeline) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(const CountMatrix kept, pipeline.matrix());
  std::unordered_map<std::string, std::uint32_t> places;
  for (std::size_t gene = 0; gene < data->var.index.size(); ++gene) {
    std::string name = data->var.index[gene];
    for (char& c : name)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    places.emplace(std::move(name), static_cast<std::uint32_t>(gene));
  }
  std::vector<std::vector<std::uint32_t>> lineages;
  for (const auto& lineage : knowledge::exclusive_lineages) {
    auto& genes = lineages.emplace_back();
    for (const auto gene : lineage.genes)
      if (const auto found = places.find(std::string(gene)); found != places.end())
        genes.push_back(found->second);
  }
  return doublets::lineages_expressed(kept, lineages, genes_of_a_programme, pipeline.context());
}

/// One row a pair of lineages that some cell has.
Table pairs_table(const std::vector<std::uint32_t>& masks,
                  const std::vector<std::uint8_t>& called) {
  Table table{"pairs", message("tools.title.lineage_pairs"), {}};
  auto pair = table_column("pair", "tools.title.lineages", "", NameKind::cell_type);
  auto cells = table_column("n_cells", "tools.title.n_cells", "cells");
  auto both = table_column("n_called", "tools.title.doublets", "cells");
  const auto& lineages = knowledge::exclusive_lineages;
  struct Row {
    Text name;
    std::size_t cells = 0, called = 0;
  };
  std::vector<Row> rows;
  for (std::size_t a = 0; a < lineages.size(); ++a)
    for (std::size_t b = a + 1; b < lineages.size(); ++b) {
      Row row{message("tools.doublets.pair",
                      {{"first", message("tools.lineage." + std::string(lineages[a].id))},
                       {"second", message("tools.lineage." + std::string(lineages[b].id))}})};
      for (std::size_t i = 0; i < masks.size(); ++i)
        if ((masks[i] >> a & 1) && (masks[i] >> b & 1)) {
          ++row.cells;
          row.called += called[i];
        }
      if (row.cells) rows.push_back(std::move(row));
    }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.cells > b.cells; });
  for (const auto& row : rows) {
    pair.cells.push_back(Value::name(row.name, NameKind::cell_type));
    cells.cells.push_back(Value::count(static_cast<double>(row.cells), "cells"));
    both.cells.push_back(Value::count(static_cast<double>(row.called), "cells"));
  }
  table.columns = {std::move(pair), std::move(cells), std::move(both)};
  return table;
}

Table batches_table(const doublets::Result& result, const Grouping* captures) {
  Table table{"batches", message("tools.title.captures"), {}};
  auto name = table_column("batch", "tools.title.capture", "", NameKind::group);
  auto cells = table_column("n_cells", "tools.title.n_cells", "cells");
  auto called = table_column("n_called", "tools.title.doublets", "cells");
  auto expected = table_column("expected_percent", "tools.title.expected_doublets", "%");
  auto threshold = table_column("threshold", "tools.title.threshold");
  auto reason = table_column("reason", "tools.title.threshold_reason");
  for (std::size_t b = 0; b < result.batches.size(); ++b) {
    const auto& batch = result.batches[b];
    const bool judged = std::isfinite(batch.threshold);
    const auto number = [&](double value, const char* unit) {
      return judged ? Value::number(value, unit)
                    : Value::name(message("tools.none"), NameKind::none);
    };
    name.cells.push_back(captures
                             ? Value::name(captures->names[b], NameKind::group)
                             : Value::name(message("tools.doublets.all_cells"), NameKind::group));
    cells.cells.push_back(Value::count(batch.n_cells, "cells"));
    called.cells.push_back(Value::count(batch.n_called, "cells"));
    expected.cells.push_back(number(100 * batch.expected_rate, "%"));
    threshold.cells.push_back(number(batch.threshold, ""));
    reason.cells.push_back(Value::name(
        message(!judged                                      ? "tools.doublets.not_judged"
                : batch.found == doublets::Threshold::valley ? "tools.doublets.by_valley"
                                                             : "tools.doublets.by_rate"),
        NameKind::none));
  }
  table.columns = {std::move(name),     std::move(cells),     std::move(called),
                   std::move(expected), std::move(threshold), std::move(reason)};
  return table;
}

void add_evidence(const std::vector<std::uint32_t>& masks, const std::vector<std::uint8_t>& called,
                  double n_called, Finding& finding) {
  double two = 0, both = 0;
  for (std::size_t i = 0; i < masks.size(); ++i)
    if (std::popcount(masks[i]) >= 2) {
      ++two;
      both += called[i];
    }
  finding.values["n_two_lineages"] = Value::count(two, "cells");
  finding.values["n_both"] = Value::count(both, "cells");
  if (two == 0) {
    say(finding.statements, "tools.doublets.no_lineages");
    return;
  }
  finding.tables.push_back(pairs_table(masks, called));
  finding.statements.push_back(
      {std::string(n_called > 0 ? "tools.doublets.lineages" : "tools.doublets.lineages_only"),
       {{"n_two_lineages", "n_two_lineages"}, {"n_both", "n_both"}, {"pair", "pairs.pair[0]"}}});
}

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  const auto percent_given = arguments.number("expected_percent");
  if (percent_given && !(*percent_given > 0 && *percent_given <= 50))
    return failure(ErrorCode::usage, "tools.doublets.expected_range",
                   {{"percent", *percent_given}});
  CELLOQUY_TRY(const auto split, captures(pipeline, arguments.text("by")));
  const Grouping* batches = split.grouping ? &*split.grouping : nullptr;
  CELLOQUY_TRY(const auto calls, doublet_calls(pipeline, batches, percent_given.value_or(0) / 100));
  const auto& result = calls->result;
  CELLOQUY_TRY(const auto cells, pipeline.cells());
  CELLOQUY_TRY(const auto masks, programmes(pipeline));

  Finding finding;
  auto& values = finding.values;
  std::vector<std::uint32_t> found, kept;
  double judged = 0, expected = 0, by_rate = 0, detectable = 0;
  for (std::size_t i = 0; i < result.called.size(); ++i)
    (result.called[i] ? found : kept).push_back(cells->kept[i]);
  for (const auto& batch : result.batches)
    if (std::isfinite(batch.threshold)) {
      judged += batch.n_cells;
      expected += batch.expected_rate * batch.n_cells;
      detectable += batch.detectable * batch.n_cells;
      by_rate += batch.found == doublets::Threshold::expected;
    }
  const double total = static_cast<double>(cells->kept.size());
  const double n_found = static_cast<double>(found.size());
  values["n_cells"] = Value::count(total, "cells");
  values["n_doublets"] = Value::count(n_found, "cells");
  values["percent"] = Value::number(percent(n_found, judged), "%");
  values["expected_percent"] = Value::number(percent(expected, judged), "%");
  values["detectable"] = Value::number(percent(detectable, judged), "%");
  values["n_not_judged"] = Value::count(total - judged, "cells");
  finding.tables.push_back(batches_table(result, batches));

  const bool remove = arguments.flag("remove");
  if (found.empty())
    say(finding.statements, "tools.doublets.none", {"n_cells", "expected_percent"});
  else if (!remove)
    say(finding.statements, plural(n_found, "tools.doublets.found_one", "tools.doublets.found"),
        {"n_doublets", "n_cells", "percent", "expected_percent"});
  else
    say(finding.statements, plural(n_found, "tools.doublets.removed_one", "tools.doublets.removed"),
        {"n_doublets", "percent", "n_left"});
  values["n_left"] = Value::count(total - n_found, "cells");
  say(finding.statements,
      by_rate == 0 ? "tools.doublets.threshold_valley" : "tools.doublets.threshold_rate",
      {"detectable"});
  add_evidence(masks, result.called, n_found, finding);
  if (!remove && !found.empty()) say(finding.statements, "tools.doublets.next");
  if (batches) {
    values["field"] = Value::name(batches->field, NameKind::field);
    say(finding.statements, "tools.doublets.per_batch", {"field"});
  }

  if (split.small) say(finding.caveats, "tools.doublets.caveat_small");
  if (!batches && !split.small) say(finding.caveats, "tools.doublets.caveat_one_capture");
  if (total > judged) say(finding.caveats, "tools.doublets.caveat_not_judged", {"n_not_judged"});
  say(finding.caveats, "tools.doublets.caveat_same_kind", {"detectable"});
  say(finding.caveats, "tools.doublets.caveat_between");
  if (!percent_given) say(finding.caveats, "tools.doublets.caveat_expected");
  if (!pipeline.all_cells_kept()) say(finding.caveats, "tools.doublets.caveat_filtered");

  if (!remove) {
    CELLOQUY_TRY(const auto layout, pipeline.layout());
    const Text title = message("tools.plot.doublets");
    finding.plots.push_back(
        {title, plots::embedding_by_value(title, {layout->layout, layout->n_components, "UMAP"},
                                          result.score, message("tools.title.doublet_score"))});
  }
  const doublets::Options defaults;
  finding.method = message("tools.method.doublets", {{"simulated", defaults.simulated_per_cell},
                                                     {"genes", genes_of_a_programme},
                                                     {"seed", pipeline.context().seed}});
  finding.references = {citation("scrublet")};
  nlohmann::json recorded = arguments.json();
  if (batches) recorded["by"] = batches->field;
  const bool advance = remove && !found.empty();
  if (advance && kept.empty())
    return failure(ErrorCode::cannot_answer, "tools.filter.none_left", {{"cells", total}});
  if (!found.empty())
    finding.selection =
        Selection{std::move(found), remove ? "celloquy_removed" : "celloquy_doublets"};
  if (advance) {
    const Text summary = sentence(finding, finding.statements.front());
    CELLOQUY_CHECK(choose_cells(pipeline, "find_doublets", recorded, summary, {kept}, true));
    finding.code = whole_code(pipeline, Needs::cells, {});
  } else {
    finding.code = whole_code(pipeline, Needs::cells, doublet_code(recorded));
  }
  return finding;
}

}  // namespace

std::unique_ptr<Tool> find_doublets_tool() {
  using enum ArgumentType;
  return make_tool({"find_doublets",
                    message("tools.find_doublets.purpose"),
                    {argument("by", text, "tools.find_doublets.by"),
                     argument("expected_percent", number, "tools.find_doublets.expected", "%"),
                     argument("remove", flag, "tools.find_doublets.remove")},
                    true},
                   run);
}

}  // namespace celloquy::tools
