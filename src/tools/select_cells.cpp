// Which cells meet all of some conditions; they become the present selection.

#include <algorithm>

#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/code_pieces.hpp"
#include "tools/conditions.hpp"
#include "tools/gene_resolution.hpp"
#include "tools/methods.hpp"
#include "tools/selection_groups.hpp"

namespace celloquy::tools {
namespace {

constexpr std::size_t most_conditions = 20;

EquivalentCode code(Pipeline& pipeline, const std::vector<Condition>& conditions) {
  auto [own, met] = code_of(pipeline, conditions);
  own.scanpy +=
      "adata.obs[\"selected\"] = " + met.scanpy + "\nprint(adata.obs[\"selected\"].sum())\n";
  own.seurat += "object$selected <- " + met.seurat + "\nprint(sum(object$selected))\n";
  const bool clusters = met.scanpy.find("adata.obs[\"leiden\"]") != std::string::npos;
  if (clusters) own.scanpy = "adata.X = adata.layers[\"counts\"].copy()\n" + own.scanpy;
  return whole_code(pipeline, clusters ? Needs::clusters : Needs::cells, own);
}

/// Where the selected cells are, if clusters exist already: nobody asked for them here.
Status add_clusters(Pipeline& pipeline, const std::vector<std::uint32_t>& selected,
                    Finding& finding) {
  if (!pipeline.study().state().slots.contains("clusters")) return {};
  CELLOQUY_TRY(const auto clusters, pipeline.cluster_grouping());
  std::vector<double> inside(clusters.n_groups(), 0);
  const auto sizes = clusters.sizes();
  for (const auto at : selected)
    if (clusters.codes[at] >= 0) ++inside[static_cast<std::size_t>(clusters.codes[at])];
  std::vector<std::uint32_t> order;
  for (std::uint32_t g = 0; g < inside.size(); ++g)
    if (inside[g] > 0) order.push_back(g);
  if (order.empty()) return {};
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return inside[a] > inside[b]; });
  Table table{"clusters", message("tools.title.clusters"), {}};
  auto name = table_column("cluster", "tools.title.cluster", "", NameKind::group);
  auto cells = table_column("n_selected", "tools.title.n_selected", "cells");
  auto share = table_column("percent", "tools.title.percent_selected", "%");
  for (const auto g : order) {
    name.cells.push_back(
        Value::name(group_name(clusters, static_cast<std::int32_t>(g)), NameKind::group));
    cells.cells.push_back(Value::count(inside[g], "cells"));
    share.cells.push_back(Value::number(percent(inside[g], static_cast<double>(sizes[g])), "%"));
  }
  table.columns = {std::move(name), std::move(cells), std::move(share)};
  finding.tables.push_back(std::move(table));
  finding.statements.push_back({"tools.select.most",
                                {{"cluster", "clusters.cluster[0]"},
                                 {"n", "clusters.n_selected[0]"},
                                 {"percent", "clusters.percent[0]"}}});
  return {};
}

/// Makes the cells the present selection (and that of `name`, if there is one).
Status remember(Pipeline& pipeline, const CellList& cells, const std::string& name) {
  const std::string key = selection_key(pipeline.study().fingerprint(), cells);
  pipeline.keep(key, cells);
  CELLOQUY_CHECK(pipeline.flush());
  if (!name.empty()) CELLOQUY_CHECK(pipeline.study().set_selection(name, key));
  return pipeline.study().set_selection("", key);
}

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  const auto texts = arguments.list("where");
  const std::string name = arguments.text("name").value_or("");
  if (means_selection(name))
    return failure(ErrorCode::usage, "tools.select.reserved", {{"name", name}});
  if (texts.size() > most_conditions)
    return failure(ErrorCode::usage, "tools.select.too_many", {{"n", texts.size()}});
  CELLOQUY_TRY(const auto cells, pipeline.cells());
  const std::size_t n = cells->kept.size();
  Finding finding;
  std::vector<Condition> conditions;
  for (const auto& text : texts) {
    CELLOQUY_TRY(auto condition, evaluate_condition(pipeline, text));
    if (!condition.asked.empty())
      say_synonym(finding, {0, condition.gene, condition.asked, true}, conditions.size() + 1);
    conditions.push_back(std::move(condition));
  }
  const auto selected = cells_meeting_all(conditions, n);
  const double n_selected = static_cast<double>(selected.size());
  auto& values = finding.values;
  values["n_selected"] = Value::count(n_selected, "cells");
  values["n_total"] = Value::count(static_cast<double>(n), "cells");
  values["percent"] = Value::number(percent(n_selected, static_cast<double>(n)), "%");
  finding.tables.push_back(conditions_table(conditions, n));
  say(finding.statements,
      selected.empty() ? std::string_view("tools.select.none")
                       : plural(n_selected, "tools.select.found_one", "tools.select.found"),
      {"n_selected", "n_total", "percent"});
  say_conditions(finding, conditions);
  if (!selected.empty()) {
    CELLOQUY_CHECK(add_clusters(pipeline, selected, finding));
    finding.selection = selection_of(cells->kept, selected);
    CELLOQUY_CHECK(remember(pipeline, {finding.selection->cells}, name));
  }
  finding.method = message("tools.method.select");
  if (any_quality(conditions))
    finding.method = joined(finding.method, message("tools.method.select_quality"));
  if (any_gene(conditions)) {
    finding.method = joined(normalization_method(pipeline), finding.method);
    say(finding.caveats, "tools.caveat.dropout");
    add_input_caveats(pipeline, finding);
  }
  say_done_first(pipeline, finding);
  finding.code = code(pipeline, conditions);
  return finding;
}

}  // namespace

std::unique_ptr<Tool> select_cells_tool() {
  using enum ArgumentType;
  return make_tool({"select_cells",
                    message("tools.select_cells.purpose"),
                    {required(argument("where", groups, "tools.select_cells.where")),
                     argument("name", text, "tools.select_cells.name")},
                    false},
                   run);
}

}  // namespace celloquy::tools
