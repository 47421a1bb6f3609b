// How many cells a group has and what share that is; also split by a field.

#include <algorithm>
#include <cmath>

#include "plots/plots.hpp"
#include "tools/biology.hpp"
#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/code_pieces.hpp"
#include "tools/design_columns.hpp"
#include "tools/group_resolution.hpp"
#include "tools/methods.hpp"

namespace celloquy::tools {
namespace {

bool sample_like(Pipeline& pipeline, const Grouping& grouping) {
  if (grouping.kind != Grouping::Kind::field) return false;
  const auto data = pipeline.dataset();
  if (!data) return false;
  const Column* column = (*data)->obs.find(grouping.field);
  if (!column) return false;
  const auto role = column_role(grouping.field, *column);
  return role == ColumnRole::sample || role == ColumnRole::batch;
}

/// Counts a category of `field`; cells of `group`, or all.
Table split_table(const FieldChoice& field, const GroupChoice* group, double total) {
  const Grouping& grouping = field.grouping;
  std::vector<double> inside(grouping.n_groups(), 0), all(grouping.n_groups(), 0);
  for (std::size_t i = 0; i < grouping.codes.size(); ++i) {
    const auto code = grouping.codes[i];
    if (code < 0) continue;
    ++all[static_cast<std::size_t>(code)];
    if (!group || group->contains(group->grouping.codes[i]))
      ++inside[static_cast<std::size_t>(code)];
  }
  Table table{"counts", message("tools.title.counts"), {}};
  auto names = table_column("category", "tools.title.category", "",
                            field.cell_type ? NameKind::cell_type : NameKind::sample);
  auto cells = table_column("n_cells", "tools.title.n_cells", "cells");
  auto whole = table_column("n_all", "tools.title.n_all", "cells");
  auto share = table_column("percent", "tools.title.percent", "%");
  for (std::uint32_t g = 0; g < grouping.n_groups(); ++g) {
    names.cells.push_back(
        Value::name(group_name(grouping, static_cast<std::int32_t>(g)), names.kind));
    cells.cells.push_back(Value::count(inside[g], "cells"));
    whole.cells.push_back(Value::count(group ? all[g] : total, "cells"));
    share.cells.push_back(Value::number(percent(inside[g], group ? all[g] : total), "%"));
  }
  table.columns = {std::move(names), std::move(cells), std::move(whole), std::move(share)};
  return table;
}

/// The rows by descending value of column `c` (stable), so that sentences can name the first.
void sort_rows(Table& table, std::size_t c) {
  std::vector<std::size_t> order(table.n_rows());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto number = [&](std::size_t row) {
    return std::get<double>(table.columns[c].cells[row].content);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return number(a) > number(b); });
  for (auto& column : table.columns) {
    std::vector<Value> sorted;
    for (const auto row : order) sorted.push_back(column.cells[row]);
    column.cells = std::move(sorted);
  }
}

Plot bar_plot(const Table& table, const Text& title, const Text& name_title, std::size_t column) {
  std::vector<Text> names;
  std::vector<double> numbers;
  for (std::size_t row = 0; row < table.n_rows(); ++row) {
    names.push_back(std::get<Text>(table.columns[0].cells[row].content));
    numbers.push_back(std::get<double>(table.columns[column].cells[row].content));
  }
  return {title, plots::bars(title, name_title, names, numbers, table.columns[column].title)};
}

EquivalentCode code(Pipeline& pipeline, const GroupChoice* group, const FieldChoice* field) {
  std::string scanpy, seurat;
  const auto derived = [](const Grouping& g) { return g.kind != Grouping::Kind::field; };
  if (group) {
    const EquivalentCode inside = membership(*group);
    scanpy = "inside = " + inside.scanpy + "\nprint(inside.sum(), 100 * inside.mean())\n";
    seurat = "inside <- " + inside.seurat + "\nprint(c(sum(inside), 100 * mean(inside)))\n";
    if (field) {
      scanpy += "print(inside.groupby(adata.obs[" + literal(scanpy_column(field->grouping)) +
                "], observed=True).agg([\"sum\", \"mean\"]))\n";
      seurat +=
          "print(table(object[[" + literal(seurat_column(field->grouping)) + "]][, 1], inside))\n";
    }
  } else if (field) {
    scanpy = "print(adata.obs[" + literal(scanpy_column(field->grouping)) + "].value_counts())\n";
    seurat = "print(table(object[[" + literal(seurat_column(field->grouping)) + "]][, 1]))\n";
  } else {
    scanpy = "print(adata.n_obs)\n";
    seurat = "print(ncol(object))\n";
  }
  const bool clusters = (group && derived(group->grouping)) || (field && derived(field->grouping));
  return whole_code(pipeline, clusters ? Needs::clusters : Needs::cells, {scanpy, seurat});
}

void count_group(Finding& finding, const CellList& cells, const GroupChoice& group) {
  auto& values = finding.values;
  const double n = static_cast<double>(group.n_cells()),
               total = static_cast<double>(cells.kept.size());
  values["group"] =
      Value::name(group.name, group.cell_type ? NameKind::cell_type : NameKind::group);
  values["source"] = Value::name(group.source, NameKind::none);
  values["n_cells"] = Value::count(n, "cells");
  values["percent"] = Value::number(percent(n, total), "%");
  say(finding.statements, plural(n, "tools.count.group_one", "tools.count.group"),
      {"n_cells", "n_total", "percent", "group", "source"});
  if (group.codes.size() > 1) {
    Table parts{"parts", message("tools.title.parts"), {}};
    auto names = table_column("name", "tools.title.group", "", NameKind::cell_type);
    auto sizes = table_column("n_cells", "tools.title.n_cells", "cells");
    const auto n_of = group.grouping.sizes();
    for (const auto code : group.codes) {
      names.cells.push_back(Value::name(group_name(group.grouping, code), NameKind::cell_type));
      sizes.cells.push_back(Value::count(n_of[static_cast<std::size_t>(code)], "cells"));
    }
    parts.columns = {std::move(names), std::move(sizes)};
    finding.tables.push_back(std::move(parts));
    finding.statements.push_back(
        {"tools.count.parts",
         {{"group", "group"}, {"parts", rows_of("parts.name", group.codes.size())}}});
  }
  finding.selection = selection_of(cells.kept, group.positions());
}

/// A kind of cell that no label names is looked for by expression. Nothing when
/// the text is not a kind of cell, or the search cannot be made here.
std::optional<Finding> searched(Pipeline& pipeline, const std::string& text) {
  const auto type = find_cell_type(text);
  if (!type) return std::nullopt;
  const Tool* search = Registry::standard().find("find_cells");
  auto found = search->run(pipeline.study(), {{"text", text}}, pipeline.context());
  if (!found) return std::nullopt;
  found->values["asked_group"] = Value::name(type->name, NameKind::cell_type);
  if (found->values.contains("text")) found->values["text"] = found->values["asked_group"];
  found->statements.insert(found->statements.begin(),
                           {"tools.count.searched", {{"group", "asked_group"}}});
  return *std::move(found);
}

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  CELLOQUY_TRY(const auto cells, pipeline.cells());
  Finding finding;
  auto& values = finding.values;
  const double total = static_cast<double>(cells->kept.size());
  values["n_total"] = Value::count(total, "cells");
  std::optional<GroupChoice> group;
  std::optional<FieldChoice> field;
  if (const auto text = arguments.text("group")) {
    auto resolved = resolve_group(pipeline, *text);
    if (!resolved && resolved.error().code == ErrorCode::cannot_answer && !arguments.has("by"))
      if (auto by_expression = searched(pipeline, *text)) return *std::move(by_expression);
    CELLOQUY_TRY(group, std::move(resolved));
    count_group(finding, *cells, *group);
  }
  if (const auto by = arguments.text("by")) {
    CELLOQUY_TRY(field, resolve_field(pipeline, *by));
    Table table = split_table(*field, group ? &*group : nullptr, total);
    const std::size_t n_rows = table.n_rows();
    sort_rows(table, group ? 3 : 1);
    values["field"] = Value::name(field->title, NameKind::field);
    values["n_categories"] = Value::count(static_cast<double>(n_rows), "groups");
    const Text title = message("tools.plot.cells_by", {{"field", field->title}});
    finding.plots.push_back(bar_plot(table, title, field->title, group ? 3 : 1));
    finding.tables.insert(finding.tables.begin(), std::move(table));
    if (group && n_rows >= 2) {
      const std::string last = "[" + std::to_string(n_rows - 1) + "]";
      finding.statements.push_back({"tools.count.split_group",
                                    {{"group", "group"},
                                     {"field", "field"},
                                     {"most", "counts.category[0]"},
                                     {"most_percent", "counts.percent[0]"},
                                     {"least", "counts.category" + last},
                                     {"least_percent", "counts.percent" + last}}});
    } else if (!group) {
      finding.statements.push_back(
          {std::string(
               plural(static_cast<double>(n_rows), "tools.count.split_one", "tools.count.split")),
           {{"total", "n_total"},
            {"n", "n_categories"},
            {"field", "field"},
            {"first", "counts.category[0]"},
            {"first_cells", "counts.n_cells[0]"}}});
    }
    const std::size_t listed = std::min<std::size_t>(n_rows, 20);
    for (std::size_t row = 0; row < listed; ++row) {
      const std::string at = "[" + std::to_string(row) + "]";
      finding.statements.push_back({group ? "tools.count.row_of_group" : "tools.count.row",
                                    {{"category", "counts.category" + at},
                                     {"cells", "counts.n_cells" + at},
                                     {"all", "counts.n_all" + at},
                                     {"percent", "counts.percent" + at}}});
    }
    if (group && sample_like(pipeline, field->grouping))
      say(finding.caveats, "tools.caveat.composition");
  }
  if (!group && !field)
    say(finding.statements, plural(total, "tools.count.all_one", "tools.count.all"), {"n_total"});
  const bool mine = (group && group->grouping.kind != Grouping::Kind::field) ||
                    (field && field->grouping.kind != Grouping::Kind::field);
  finding.method = mine ? joined(message("tools.method.count"), cluster_method(pipeline))
                        : message("tools.method.count");
  if (mine) {
    say(finding.caveats, "tools.caveat.clusters_choice");
    finding.references = cluster_references();
  }
  say_done_first(pipeline, finding);
  finding.code = code(pipeline, group ? &*group : nullptr, field ? &*field : nullptr);
  return finding;
}

}  // namespace

std::unique_ptr<Tool> count_cells_tool() {
  using enum ArgumentType;
  return make_tool({"count_cells",
                    message("tools.count_cells.purpose"),
                    {argument("group", group, "tools.count_cells.group"),
                     argument("by", field, "tools.count_cells.by")},
                    false},
                   run);
}

}  // namespace celloquy::tools
