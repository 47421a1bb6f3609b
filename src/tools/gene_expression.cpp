// Where a gene is expressed: mean and share of expressing cells a group.

#include <algorithm>
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

struct Summary {
  double n = 0, sum = 0, expressing = 0;
  void add(float value) {
    ++n;
    sum += value;
    expressing += value > 0;
  }
  double mean() const { return n > 0 ? sum / n : 0; }
  double share() const { return percent(expressing, n); }
};

struct Rows {
  TableColumn group = table_column("group", "tools.title.group", "", NameKind::group);
  TableColumn n_cells = table_column("n_cells", "tools.title.n_cells", "cells");
  TableColumn mean = table_column("mean", "tools.title.mean_expression", "log-normalised");
  TableColumn n_expressing = table_column("n_expressing", "tools.title.n_expressing", "cells");
  TableColumn share = table_column("percent", "tools.title.percent_expressing", "%");

  void add(const Text& name, NameKind kind, const Summary& s) {
    group.cells.push_back(Value::name(name, kind));
    n_cells.cells.push_back(Value::count(s.n, "cells"));
    mean.cells.push_back(Value::number(s.mean(), "log-normalised"));
    n_expressing.cells.push_back(Value::count(s.expressing, "cells"));
    share.cells.push_back(Value::number(s.share(), "%"));
  }
};

std::vector<Summary> by_group(const Grouping& grouping, const std::vector<float>& values) {
  std::vector<Summary> of(grouping.n_groups());
  for (std::size_t i = 0; i < values.size(); ++i)
    if (grouping.codes[i] >= 0) of[static_cast<std::size_t>(grouping.codes[i])].add(values[i]);
  return of;
}

/// The groups by descending mean, so that sentences can name the first.
Table group_table(const std::string& id, const Text& title, const FieldChoice& field,
                  const std::vector<float>& values) {
  const Grouping& grouping = field.grouping;
  const auto of = by_group(grouping, values);
  std::vector<std::uint32_t> order(of.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return of[a].mean() > of[b].mean(); });
  Rows rows;
  for (const auto g : order)
    rows.add(group_name(grouping, static_cast<std::int32_t>(g)),
             field.cell_type ? NameKind::cell_type : NameKind::group, of[g]);
  return {id,
          title,
          {std::move(rows.group), std::move(rows.n_cells), std::move(rows.mean),
           std::move(rows.n_expressing), std::move(rows.share)}};
}

void add_overall(Finding& finding, const std::string& suffix, const GeneChoice& gene,
                 const std::vector<float>& values) {
  Summary all;
  for (const float value : values) all.add(value);
  finding.values["gene" + suffix] = Value::name(gene.name, NameKind::gene);
  finding.values["n_cells"] = Value::count(all.n, "cells");
  finding.values["n_expressing" + suffix] = Value::count(all.expressing, "cells");
  finding.values["percent" + suffix] = Value::number(all.share(), "%");
  finding.values["mean" + suffix] = Value::number(all.mean(), "log-normalised");
  const auto id = all.expressing == 0 ? "tools.expression.nowhere"
                                      : plural(all.expressing, "tools.expression.overall_one",
                                               "tools.expression.overall");
  finding.statements.push_back({std::string(id),
                                {{"gene", "gene" + suffix},
                                 {"n", "n_expressing" + suffix},
                                 {"total", "n_cells"},
                                 {"percent", "percent" + suffix}}});
}

void add_group(Finding& finding, const std::string& suffix, const GroupChoice& group,
               const std::vector<float>& values) {
  Summary inside, outside;
  for (std::size_t i = 0; i < values.size(); ++i)
    (group.contains(group.grouping.codes[i]) ? inside : outside).add(values[i]);
  auto& v = finding.values;
  v["group"] = Value::name(group.name, group.cell_type ? NameKind::cell_type : NameKind::group);
  v["source"] = Value::name(group.source, NameKind::none);
  v["group_cells"] = Value::count(inside.n, "cells");
  v["group_expressing" + suffix] = Value::count(inside.expressing, "cells");
  v["group_percent" + suffix] = Value::number(inside.share(), "%");
  v["group_mean" + suffix] = Value::number(inside.mean(), "log-normalised");
  v["other_percent" + suffix] = Value::number(outside.share(), "%");
  v["other_mean" + suffix] = Value::number(outside.mean(), "log-normalised");
  finding.statements.push_back({"tools.expression.group",
                                {{"gene", "gene" + suffix},
                                 {"group", "group"},
                                 {"source", "source"},
                                 {"percent", "group_percent" + suffix},
                                 {"mean", "group_mean" + suffix},
                                 {"other_percent", "other_percent" + suffix},
                                 {"other_mean", "other_mean" + suffix}}});
}

void add_by_group(Finding& finding, const std::string& suffix, const Table& table) {
  const double top = std::get<double>(table.columns[2].cells.front().content);
  if (top <= 0) return;
  const std::string id = table.id;
  finding.statements.push_back({"tools.expression.highest",
                                {{"gene", "gene" + suffix},
                                 {"group", id + ".group[0]"},
                                 {"source", "by_source"},
                                 {"mean", id + ".mean[0]"},
                                 {"percent", id + ".percent[0]"}}});
  if (table.n_rows() >= 2)
    finding.statements.push_back({"tools.expression.second",
                                  {{"group", id + ".group[1]"},
                                   {"mean", id + ".mean[1]"},
                                   {"percent", id + ".percent[1]"}}});
}

Expected<Plot> violin(const GeneChoice& gene, const FieldChoice& field,
                      const std::vector<float>& values) {
  const Text title =
      message("tools.plot.expression", {{"gene", gene.name}, {"field", field.title}});
  std::vector<Text> names;
  for (std::uint32_t g = 0; g < field.grouping.n_groups(); ++g)
    names.push_back(group_name(field.grouping, static_cast<std::int32_t>(g)));
  return Plot{title, plots::violins(title, values, message("tools.title.expression"),
                                    {field.title, names, field.grouping.codes})};
}

/// Genes over groups in one figure: dots, or a heat map. `of` is gene by gene.
Plot over_groups(bool dots, const FieldChoice& field, const std::vector<std::string>& genes,
                 const std::vector<std::vector<Summary>>& of) {
  plots::GroupByGene picture;
  picture.group_title = field.title;
  picture.genes = genes;
  for (std::uint32_t g = 0; g < field.grouping.n_groups(); ++g) {
    picture.groups.push_back(group_name(field.grouping, static_cast<std::int32_t>(g)));
    for (const auto& gene : of) {
      picture.mean.push_back(static_cast<float>(gene[g].mean()));
      picture.fraction.push_back(static_cast<float>(gene[g].share() / 100));
    }
  }
  const Text title = message("tools.plot.genes_by", {{"field", field.title}});
  return {title, dots ? plots::dot_plot(title, picture, message("tools.title.mean_expression"))
                      : plots::marker_heat_map(title, picture)};
}

Expected<Plot> on_layout(Pipeline& pipeline, const GeneChoice& gene,
                         const std::vector<float>& values) {
  CELLOQUY_TRY(const auto layout, pipeline.layout());
  const Text title = message("tools.plot.umap_by", {{"color", gene.name}});
  return Plot{title,
              plots::embedding_by_value(title, {layout->layout, layout->n_components, "UMAP"},
                                        values, message("tools.title.expression"))};
}

EquivalentCode code(Pipeline& pipeline, const std::vector<std::string>& genes,
                    const FieldChoice& field) {
  const Grouping& grouping = field.grouping;
  const bool mine = grouping.kind != Grouping::Kind::field;
  std::string scanpy =
      "import scanpy as sc\nvalues = sc.get.obs_df(adata, keys=" + python_list(genes) + " + [" +
      literal(scanpy_column(grouping)) + "])\nprint(values.groupby(" +
      literal(scanpy_column(grouping)) + ", observed=True).mean())\n" + "print((values.set_index(" +
      literal(scanpy_column(grouping)) + ") > 0).groupby(level=0, observed=True).mean())\n";
  std::string seurat = "values <- FetchData(object, vars = " + r_vector(genes) +
                       ")\ngroups <- object[[" + literal(seurat_column(grouping)) +
                       "]][, 1]\nprint(aggregate(values, list(group = groups), mean))\n" +
                       "print(aggregate(values > 0, list(group = groups), mean))\n";
  return whole_code(pipeline, mine ? Needs::clusters : Needs::normalized, {scanpy, seurat});
}

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(const auto cells, pipeline.cells());
  std::vector<GeneChoice> genes;
  for (const auto& text : arguments.list("genes")) {
    CELLOQUY_TRY(auto gene, resolve_gene(*data, text));
    genes.push_back(std::move(gene));
  }
  if (genes.size() > 50)
    return failure(ErrorCode::usage, "tools.expression.too_many", {{"n", genes.size()}});
  std::optional<GroupChoice> group;
  if (const auto text = arguments.text("group")) {
    CELLOQUY_TRY(group, resolve_group(pipeline, *text));
  }
  FieldChoice field;
  if (group && !arguments.has("by")) {
    field.grouping = group->grouping;
    field.source = group->source;
    field.cell_type = group->cell_type;
    field.title = message(group->grouping.kind == Grouping::Kind::clusters ? "tools.title.cluster"
                                                                           : "tools.title.group");
  } else {
    CELLOQUY_TRY(field, resolve_field(pipeline, arguments.text("by")));
  }
  Finding finding;
  finding.values["by_source"] = Value::name(field.source, NameKind::none);
  std::vector<std::string> names;
  std::vector<std::vector<Summary>> summaries;
  // More violins than six cannot be read one below the other.
  constexpr std::size_t most_violins = 6;
  const std::string figure =
      arguments.text("figure").value_or(genes.size() <= most_violins ? "violins" : "dots");
  for (std::size_t i = 0; i < genes.size(); ++i) {
    const std::string suffix = genes.size() == 1 ? "" : "_" + std::to_string(i + 1);
    CELLOQUY_TRY(const auto values, pipeline.gene_values(genes[i].index));
    say_synonym(finding, genes[i], i + 1);
    add_overall(finding, suffix, genes[i], values);
    if (group) add_group(finding, suffix, *group, values);
    Table table =
        group_table("expression" + suffix,
                    message("tools.title.expression_of", {{"gene", genes[i].name}}), field, values);
    if (!group) add_by_group(finding, suffix, table);
    finding.tables.push_back(std::move(table));
    summaries.push_back(by_group(field.grouping, values));
    if (figure == "violins") {
      CELLOQUY_TRY(auto plot, violin(genes[i], field, values));
      finding.plots.push_back(std::move(plot));
    }
    if (genes.size() == 1) {
      std::vector<std::uint32_t> selected;
      for (std::size_t cell = 0; cell < values.size(); ++cell)
        if (values[cell] > 0 && (!group || group->contains(group->grouping.codes[cell])))
          selected.push_back(cells->kept[cell]);
      finding.selection = Selection{std::move(selected), "celloquy_selection"};
      // On the map only where it is there already: nobody asked for a layout.
      CELLOQUY_TRY(const std::string layout, pipeline.layout_key());
      if (pipeline.study().results().contains(layout)) {
        CELLOQUY_TRY(auto plot, on_layout(pipeline, genes[i], values));
        finding.plots.push_back(std::move(plot));
      }
    }
    names.push_back(genes[i].name);
  }
  if (figure != "violins")
    finding.plots.push_back(over_groups(figure == "dots", field, names, summaries));
  finding.method = joined(normalization_method(pipeline), message("tools.method.expression"));
  add_input_caveats(pipeline, finding);
  say(finding.caveats, "tools.caveat.dropout");
  say_done_first(pipeline, finding);
  finding.code = code(pipeline, names, field);
  return finding;
}

}  // namespace

std::unique_ptr<Tool> gene_expression_tool() {
  using enum ArgumentType;
  return make_tool({"gene_expression",
                    message("tools.gene_expression.purpose"),
                    {required(argument("genes", genes, "tools.gene_expression.genes")),
                     argument("by", field, "tools.argument.by"),
                     argument("group", group, "tools.gene_expression.group"),
                     choices(argument("figure", choice, "tools.gene_expression.figure"),
                             {"dots", "heat_map", "violins"})},
                    false},
                   run);
}

}  // namespace celloquy::tools
