// Keeps or leaves out groups of cells. Undo brings them back.

#include <algorithm>

#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/choose_cells.hpp"
#include "tools/code_pieces.hpp"
#include "tools/conditions.hpp"
#include "tools/group_resolution.hpp"
#include "tools/methods.hpp"

namespace celloquy::tools {
namespace {

using nlohmann::json;

/// Marks the cells of each group; notes in `resolved` what the words meant.
Status mark(Pipeline& pipeline, const std::vector<std::string>& texts, bool exclude,
            std::vector<std::uint8_t>& marked, std::vector<GroupChoice>& choices, json& resolved) {
  for (const auto& text : texts) {
    CELLOQUY_TRY(auto choice, resolve_group(pipeline, text));
    for (const auto at : choice.positions()) marked[at] = 1;
    resolved.push_back({{"scanpy", scanpy_column(choice.grouping)},
                        {"seurat", seurat_column(choice.grouping)},
                        {"values", category_names(choice)},
                        {"exclude", exclude}});
    choices.push_back(std::move(choice));
  }
  return {};
}

Table groups_table(const std::vector<GroupChoice>& choices) {
  Table table{"groups", message("tools.title.groups"), {}};
  auto name = table_column("group", "tools.title.group", "", NameKind::group);
  auto source = table_column("source", "tools.title.source");
  auto cells = table_column("n_cells", "tools.title.n_cells", "cells");
  for (const auto& choice : choices) {
    name.cells.push_back(
        Value::name(choice.name, choice.cell_type ? NameKind::cell_type : NameKind::group));
    source.cells.push_back(Value::name(choice.source, NameKind::none));
    cells.cells.push_back(Value::count(static_cast<double>(choice.n_cells()), "cells"));
  }
  table.columns = {std::move(name), std::move(source), std::move(cells)};
  return table;
}

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  const auto groups = arguments.list("groups"), exclude = arguments.list("exclude");
  const auto where = arguments.list("where");
  if (groups.empty() && exclude.empty() && where.empty())
    return failure(ErrorCode::usage, "tools.subset.nothing");
  CELLOQUY_TRY(const auto cells, pipeline.cells());
  const std::size_t n = cells->kept.size();
  std::vector<std::uint8_t> wanted(n, groups.empty()), unwanted(n, 0);
  std::vector<GroupChoice> choices;
  json resolved = json::array();
  CELLOQUY_CHECK(mark(pipeline, groups, false, wanted, choices, resolved));
  CELLOQUY_CHECK(mark(pipeline, exclude, true, unwanted, choices, resolved));
  std::vector<Condition> conditions;
  for (const auto& text : where) {
    CELLOQUY_TRY(auto condition, evaluate_condition(pipeline, text));
    conditions.push_back(std::move(condition));
  }
  CellList kept;
  for (const auto i : cells_meeting_all(conditions, n))
    if (wanted[i] && !unwanted[i]) kept.kept.push_back(cells->kept[i]);

  Finding finding;
  auto& values = finding.values;
  const double n_kept = static_cast<double>(kept.kept.size());
  values["n_before"] = Value::count(static_cast<double>(n), "cells");
  values["n_kept"] = Value::count(n_kept, "cells");
  values["n_removed"] = Value::count(static_cast<double>(n) - n_kept, "cells");
  if (!choices.empty()) {
    finding.tables.push_back(groups_table(choices));
    finding.values["source"] = Value::name(choices.front().source, NameKind::none);
  }
  if (!conditions.empty()) finding.tables.push_back(conditions_table(conditions, n));
  if (kept.kept.empty())
    return failure(ErrorCode::cannot_answer, "tools.subset.none_left", {{"cells", n}});
  say_done_first(pipeline, finding);
  if (kept.kept.size() == n) {
    say(finding.statements, "tools.subset.all", {"n_before"});
    finding.code = whole_code(pipeline, Needs::cells, {});
    finding.method = message("tools.method.subset");
    return finding;
  }
  // Which words: conditions, kept groups, or left-out groups.
  if (choices.empty())
    say(finding.statements, plural(n_kept, "tools.subset.where_one", "tools.subset.where_many"),
        {"n_kept", "n_before"});
  else
    finding.statements.push_back(
        {std::string(groups.empty()
                         ? plural(n_kept, "tools.subset.without_one", "tools.subset.without")
                         : plural(n_kept, "tools.subset.kept_one", "tools.subset.kept")),
         {{"groups", rows_of("groups.group", groups.empty() ? choices.size() : groups.size())},
          {"source", "source"},
          {"kept", "n_kept"},
          {"before", "n_before"}}});
  say_conditions(finding, conditions);
  finding.selection = Selection{kept.kept, "celloquy_kept"};
  json recorded = arguments.json();
  recorded["resolved"] = std::move(resolved);
  if (!conditions.empty()) {
    const auto code = code_of(pipeline, conditions);
    recorded["conditions"] = {{"before_scanpy", code.before.scanpy},
                              {"before_seurat", code.before.seurat},
                              {"scanpy", code.met.scanpy},
                              {"seurat", code.met.seurat}};
  }
  const Text summary = sentence(finding, finding.statements.front());
  CELLOQUY_CHECK(choose_cells(pipeline, "subset", recorded, summary, std::move(kept), false));
  say(finding.caveats, "tools.caveat.new_clusters");
  finding.method = message("tools.method.subset");
  finding.code = whole_code(pipeline, Needs::cells, {});
  return finding;
}

}  // namespace

std::unique_ptr<Tool> subset_tool() {
  using enum ArgumentType;
  return make_tool({"subset",
                    message("tools.subset.purpose"),
                    {argument("groups", groups, "tools.subset.groups"),
                     argument("exclude", groups, "tools.subset.exclude"),
                     argument("where", groups, "tools.select_cells.where")},
                    true},
                   run);
}

}  // namespace celloquy::tools
