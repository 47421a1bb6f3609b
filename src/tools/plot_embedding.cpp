// The map of the cells, coloured by clusters, a column or a gene.

#include <cmath>

#include "plots/plots.hpp"
#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/code_pieces.hpp"
#include "tools/gene_resolution.hpp"
#include "tools/group_resolution.hpp"
#include "tools/methods.hpp"

namespace celloquy::tools {
namespace {

struct Coordinates {
  std::vector<float> values;
  std::size_t n_columns = 2;
  bool from_file = false;
};

/// The file's own UMAP of the kept cells, where the values allow no analysis.
Expected<Coordinates> from_file(Pipeline& pipeline, const Error& why) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  const auto found = data->obsm.find("X_umap");
  if (found == data->obsm.end() || found->second.n_columns < 2) return tl::make_unexpected(why);
  CELLOQUY_TRY(const auto cells, pipeline.cells());
  Coordinates out;
  out.n_columns = found->second.n_columns;
  out.from_file = true;
  for (const auto cell : cells->kept) {
    const auto* row = found->second.values.data() + std::size_t{cell} * out.n_columns;
    out.values.insert(out.values.end(), row, row + out.n_columns);
  }
  return out;
}

Expected<Coordinates> coordinates(Pipeline& pipeline) {
  const auto values = pipeline.values();
  if (!values) return from_file(pipeline, values.error());
  CELLOQUY_TRY(const auto layout, pipeline.layout());
  return Coordinates{layout->layout, layout->n_components, false};
}

/// Numbers of an obs column; few whole ones are groups.
std::optional<std::vector<float>> numbers_of(const Column& column) {
  if (std::holds_alternative<NullableInteger>(column))
    if (const auto categories = as_categorical(column);
        categories && categories->categories.size() <= 30)
      return std::nullopt;
  const auto numbers = as_numbers(column);
  if (!numbers) return std::nullopt;
  return std::vector<float>(numbers->begin(), numbers->end());
}

struct Colour {
  Text name;
  std::optional<FieldChoice> groups;
  std::vector<float> numbers;
  NameKind kind = NameKind::field;
};

/// A column or "cluster" or "cell_type" before a gene: genes have unusual names.
Expected<Colour> colour_of(Pipeline& pipeline, const std::optional<std::string>& text,
                           Finding& finding) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  Colour colour;
  if (!text) {
    CELLOQUY_TRY(colour.groups, resolve_field(pipeline, std::string("cluster")));
    colour.name = colour.groups->title;
    return colour;
  }
  if (const Column* column = data->obs.find(*text); column && numbers_of(*column)) {
    CELLOQUY_TRY(const Column kept, pipeline.column(*text));
    colour.numbers = *numbers_of(kept);
    colour.name = Text::same(*text);
    return colour;
  }
  auto field = resolve_field(pipeline, *text);
  if (field) {
    colour.name = field->title;
    colour.groups = *std::move(field);
    return colour;
  }
  if (field.error().code == ErrorCode::cancelled) return tl::make_unexpected(field.error());
  auto gene = resolve_gene(*data, *text);
  // Neither: the columns are the shorter list to choose from.
  if (!gene) return tl::make_unexpected(data->obs.find(*text) ? field.error() : gene.error());
  CELLOQUY_TRY(colour.numbers, pipeline.gene_values(gene->index));
  say_synonym(finding, *gene, 1);
  colour.name = Text::same(gene->name);
  colour.kind = NameKind::gene;
  return colour;
}

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  Finding finding;
  CELLOQUY_TRY(const auto where, coordinates(pipeline));
  CELLOQUY_TRY(const auto colour, colour_of(pipeline, arguments.text("color"), finding));
  const plots::Layout layout{where.values, where.n_columns, "UMAP"};
  const Text title = message("tools.plot.umap_by", {{"color", colour.name}});
  if (colour.groups) {
    std::vector<Text> names;
    for (std::uint32_t g = 0; g < colour.groups->grouping.n_groups(); ++g)
      names.push_back(group_name(colour.groups->grouping, static_cast<std::int32_t>(g)));
    finding.plots.push_back(
        {title, plots::embedding_by_group(title, layout,
                                          {colour.name, names, colour.groups->grouping.codes})});
    finding.values["n_groups"] = Value::count(static_cast<double>(names.size()), "groups");
  } else {
    finding.plots.push_back(
        {title, plots::embedding_by_value(title, layout, colour.numbers, colour.name)});
  }
  finding.values["n_cells"] =
      Value::count(static_cast<double>(where.values.size() / where.n_columns), "cells");
  finding.values["color"] = Value::name(colour.name, colour.kind);
  say(finding.statements, where.from_file ? "tools.plot.shown_from_file" : "tools.plot.shown",
      {"n_cells", "color"});
  say(finding.caveats, "tools.caveat.layout");
  if (!where.from_file) {
    finding.method = joined(cluster_method(pipeline), message("tools.method.layout"));
    finding.references = {citation("umap")};
  } else {
    finding.method = message("tools.method.layout_of_file");
  }
  say_done_first(pipeline, finding);
  const std::string name = colour.groups ? scanpy_column(colour.groups->grouping) : colour.name.en;
  const std::string r_name =
      colour.groups ? seurat_column(colour.groups->grouping) : colour.name.en;
  finding.code =
      whole_code(pipeline, where.from_file ? Needs::cells : Needs::layout,
                 {"import scanpy as sc\nsc.pl.umap(adata, color=" + literal(name) + ")\n",
                  (colour.groups ? "print(DimPlot(object, group.by = "
                                 : "print(FeaturePlot(object, features = ") +
                      literal(r_name) + "))\n"});
  return finding;
}

}  // namespace

std::unique_ptr<Tool> plot_embedding_tool() {
  return make_tool({"plot_embedding",
                    message("tools.plot_embedding.purpose"),
                    {argument("color", ArgumentType::text, "tools.plot_embedding.color")},
                    false},
                   run);
}

}  // namespace celloquy::tools
