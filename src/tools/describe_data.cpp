// What is in the file: shape, what the numbers are, organism, columns about the cells.

#include <algorithm>
#include <cmath>

#include "plots/plots.hpp"
#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/code_pieces.hpp"
#include "tools/design_columns.hpp"

namespace celloquy::tools {
namespace {

Text state_name(InputState state) {
  switch (state) {
    case InputState::raw_counts: return message("tools.state.raw_counts");
    case InputState::noisy_counts: return message("tools.state.noisy_counts");
    case InputState::normalized: return message("tools.state.normalized");
    case InputState::log1p: return message("tools.state.logged");
    case InputState::scaled: return message("tools.state.scaled");
    case InputState::unknown: break;
  }
  return message("tools.state.unknown");
}

Text kind_name(std::string_view kind) {
  if (kind == "number") return message("tools.kind.number");
  if (kind == "integer") return message("tools.kind.integer");
  if (kind == "boolean") return message("tools.kind.boolean");
  return message(kind == "text" ? "tools.kind.text" : "tools.kind.categorical");
}

Text organism_name(std::string_view organism) {
  if (organism == "human") return message("tools.organism.human");
  if (organism == "mouse") return message("tools.organism.mouse");
  if (organism == "zebrafish") return message("tools.organism.zebrafish");
  return message(organism == "human+mouse" ? "tools.organism.mixed" : "tools.organism.unknown");
}

Table matrices_table(const Dataset& data) {
  Table table{"matrices", message("tools.title.matrices"), {}};
  auto where = table_column("where", "tools.title.where", "", NameKind::field);
  auto state = table_column("state", "tools.title.state");
  auto evidence = table_column("evidence", "tools.title.evidence");
  for (const auto& matrix : data.states) {
    where.cells.push_back(Value::name(matrix.where, NameKind::field));
    state.cells.push_back(Value::name(state_name(matrix.state), NameKind::none));
    evidence.cells.push_back(Value::name(matrix.evidence, NameKind::none));
  }
  table.columns = {std::move(where), std::move(state), std::move(evidence)};
  return table;
}

std::string examples_of(const Categorical& categories) {
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(5, categories.categories.size()); ++i)
    out += (i ? ", " : "") + categories.categories[i];
  return out + (categories.categories.size() > 5 ? ", …" : "");
}

Table fields_table(const Dataset& data) {
  Table table{"fields", message("tools.title.fields"), {}};
  auto field = table_column("field", "tools.title.field", "", NameKind::field);
  auto type = table_column("kind", "tools.title.kind");
  auto n_values = table_column("n_values", "tools.title.n_values", "values");
  auto examples = table_column("examples", "tools.title.examples");
  for (const auto& [name, column] : data.obs.columns) {
    const auto categories = as_categorical(column);
    field.cells.push_back(Value::name(name, NameKind::field));
    type.cells.push_back(Value::name(kind_name(kind(column)), NameKind::none));
    n_values.cells.push_back(
        categories ? Value::count(static_cast<double>(categories->categories.size()), "values")
                   : Value::number(std::nan(""), "values"));
    examples.cells.push_back(
        Value::name(categories ? examples_of(*categories) : std::string(), NameKind::none));
  }
  table.columns = {std::move(field), std::move(type), std::move(n_values), std::move(examples)};
  return table;
}

/// The file's own cell types, most frequent first, among the kept cells.
Status add_cell_types(Pipeline& pipeline, Finding& finding, const std::string& column) {
  CELLOQUY_TRY(const Grouping grouping, pipeline.field_grouping(column));
  const auto sizes = grouping.sizes();
  std::vector<std::uint32_t> order(sizes.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return sizes[a] > sizes[b]; });
  Table table{"cell_types", message("tools.title.cell_types"), {}};
  auto names = table_column("cell_type", "tools.title.cell_type", "", NameKind::cell_type);
  auto cells = table_column("n_cells", "tools.title.n_cells", "cells");
  std::vector<Text> bar_names;
  std::vector<double> bar_values;
  for (const auto code : order) {
    names.cells.push_back(Value::name(grouping.names[code], NameKind::cell_type));
    cells.cells.push_back(Value::count(sizes[code], "cells"));
    bar_names.push_back(grouping.names[code]);
    bar_values.push_back(sizes[code]);
  }
  table.columns = {std::move(names), std::move(cells)};
  finding.tables.push_back(std::move(table));
  finding.values["cell_type_column"] = Value::name(column, NameKind::field);
  finding.values["n_cell_types"] = Value::count(grouping.n_groups(), "cell types");
  finding.statements.push_back({"tools.describe.cell_types",
                                {{"column", "cell_type_column"},
                                 {"types", "n_cell_types"},
                                 {"names", rows_of("cell_types.cell_type", 5)}}});
  const Text title = message("tools.plot.cells_by", {{"field", column}});
  finding.plots.push_back({title, plots::bars(title, message("tools.title.cell_type"), bar_names,
                                              bar_values, message("tools.title.n_cells"))});
  return {};
}

Expected<Finding> run(Pipeline& pipeline, const Arguments&) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(const auto cells, pipeline.cells());
  Finding finding;
  auto& values = finding.values;
  values["n_cells"] = Value::count(static_cast<double>(data->n_cells()), "cells");
  values["n_genes"] = Value::count(static_cast<double>(data->n_genes()), "genes");
  values["n_kept"] = Value::count(static_cast<double>(cells->kept.size()), "cells");
  values["n_nonzeros"] = Value::count(static_cast<double>(data->matrix.n_nonzeros()), "values");
  values["percent_nonzero"] = Value::number(
      percent(static_cast<double>(data->matrix.n_nonzeros()),
              static_cast<double>(data->n_cells()) * static_cast<double>(data->n_genes())),
      "%");
  values["state"] = Value::name(state_name(data->state), NameKind::none);
  values["where"] = Value::name(data->matrix_where, NameKind::field);
  values["format"] = Value::name(data->format, NameKind::none);
  values["organism"] = Value::name(organism_name(data->organism.organism), NameKind::none);

  say(finding.statements, "tools.describe.shape", {"n_cells", "n_genes", "percent_nonzero"});
  if (!pipeline.all_cells_kept())
    say(finding.statements, "tools.describe.kept", {"n_kept", "n_cells"});
  say(finding.statements, "tools.describe.state", {"state", "where"});
  if (data->organism.organism != "unknown")
    say(finding.statements, "tools.describe.organism", {"organism"});
  finding.tables.push_back(matrices_table(*data));
  finding.tables.push_back(fields_table(*data));
  const auto n_fields = data->obs.columns.size();
  if (n_fields == 0)
    say(finding.statements, "tools.describe.no_fields");
  else
    finding.statements.push_back(
        {std::string(plural(static_cast<double>(n_fields), "tools.describe.field",
                            "tools.describe.fields")),
         {{"fields", rows_of("fields.field", n_fields)}}});
  if (const auto types = cell_type_column(*data))
    CELLOQUY_CHECK(add_cell_types(pipeline, finding, *types));

  for (std::size_t i = 0; i < data->notes.size(); ++i) {
    const std::string name = "note_" + std::to_string(i + 1);
    values[name] = Value::name(data->notes[i], NameKind::none);
    finding.caveats.push_back({"tools.text", {{"text", name}}});
  }
  finding.method = message("tools.method.describe");
  finding.code = whole_code(pipeline, Needs::cells,
                            {"print(adata)\nprint(adata.obs.describe(include=\"all\"))\n",
                             "print(object)\nsummary(object[[]])\n"});
  return finding;
}

}  // namespace

std::unique_ptr<Tool> describe_data_tool() {
  return make_tool({"describe_data", message("tools.describe_data.purpose"), {}, false}, run);
}

}  // namespace celloquy::tools
