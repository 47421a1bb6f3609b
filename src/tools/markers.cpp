// Genes that tell a group of cells from the others; or the best of every group.

#include <algorithm>
#include <cmath>

#include "plots/plots.hpp"
#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/code_pieces.hpp"
#include "tools/gene_tables.hpp"
#include "tools/group_resolution.hpp"
#include "tools/methods.hpp"

namespace celloquy::tools {
namespace {

struct Request {
  std::size_t n = 10;
  markers::Test test = markers::Test::wilcoxon;
};

Expected<Request> request_of(const Arguments& arguments) {
  Request request;
  if (const auto n = arguments.integer("n")) {
    if (*n < 1 || *n > 100000) return failure(ErrorCode::usage, "tools.markers.n", {{"n", *n}});
    request.n = static_cast<std::size_t>(*n);
  }
  if (arguments.text("test") == "t_test") request.test = markers::Test::t_test;
  return request;
}

EquivalentCode code(Pipeline& pipeline, const Grouping& grouping, const GroupChoice* group,
                    const Request& request) {
  const std::string method = request.test == markers::Test::wilcoxon ? "wilcoxon" : "t-test";
  std::string scanpy = "import scanpy as sc\n", seurat, column = scanpy_column(grouping);
  std::string r_column = seurat_column(grouping);
  if (group && group->codes.size() > 1) {
    // Several categories in one: a column of their own.
    const EquivalentCode inside = membership(*group);
    scanpy += "adata.obs[\"group\"] = " + inside.scanpy +
              ".map({True: \"group\", False: \"rest\"}).astype(\"category\")\n";
    seurat += "object$group <- ifelse(" + inside.seurat + ", \"group\", \"rest\")\n";
    column = r_column = "group";
  } else if (grouping.kind == Grouping::Kind::field) {
    scanpy += "adata.obs[" + literal(column) + "] = adata.obs[" + literal(column) +
              "].astype(str).astype(\"category\")\n";
  }
  const std::string name =
      group ? (group->codes.size() > 1 ? "group" : category_names(*group).front()) : "";
  scanpy += "sc.tl.rank_genes_groups(adata, " + literal(column) + ", method=" + literal(method) +
            (request.test == markers::Test::wilcoxon ? ", tie_correct=True" : "") +
            ", pts=True)\n" +
            "print(sc.get.rank_genes_groups_df(adata, group=" + (group ? literal(name) : "None") +
            ").head(" + std::to_string(request.n) + "))\n";
  seurat += "Idents(object) <- " + literal(r_column) + "\n";
  const std::string r_test = request.test == markers::Test::wilcoxon ? "wilcox" : "t";
  seurat += group ? "print(head(FindMarkers(object, ident.1 = " + literal(name) +
                        ", test.use = \"" + r_test + "\"), " + std::to_string(request.n) + "))\n"
                  : "print(head(FindAllMarkers(object, only.pos = TRUE, test.use = \"" + r_test +
                        "\"), " + std::to_string(request.n) + "))\n";
  return whole_code(pipeline,
                    grouping.kind == Grouping::Kind::field ? Needs::normalized : Needs::clusters,
                    {scanpy, seurat});
}

void add_method(Pipeline& pipeline, Finding& finding, const Request& request, bool from_genes) {
  const bool rank_sum = request.test == markers::Test::wilcoxon;
  finding.method =
      joined(normalization_method(pipeline),
             message(rank_sum ? "tools.method.markers_wilcoxon" : "tools.method.markers_t_test"));
  finding.references = {citation(rank_sum ? "wilcoxon" : "welch"), citation("fdr")};
  add_input_caveats(pipeline, finding);
  if (from_genes) {
    say(finding.caveats, "tools.caveat.double_dipping");
    finding.references.push_back(citation("double_dipping"));
  }
  say(finding.caveats, "tools.caveat.cells_not_replicates");
}

/// Expression of the named genes over the groups.
Expected<Plot> dots(Pipeline& pipeline, const Grouping& grouping, const Text& group_title,
                    const std::vector<std::uint32_t>& genes) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(const auto summary, pipeline.summary(grouping));
  plots::GroupByGene picture;
  picture.group_title = group_title;
  for (std::uint32_t g = 0; g < summary->n_groups; ++g) {
    picture.groups.push_back(group_name(grouping, static_cast<std::int32_t>(g)));
    for (const auto gene : genes) {
      picture.mean.push_back(summary->mean[std::size_t{g} * summary->n_genes + gene]);
      picture.fraction.push_back(summary->fraction[std::size_t{g} * summary->n_genes + gene]);
    }
  }
  for (const auto gene : genes) picture.genes.push_back(data->var.index[gene]);
  const Text title = message("tools.plot.dots");
  return Plot{title, plots::dot_plot(title, picture, message("tools.title.mean_expression"))};
}

/// One group against all other cells.
Expected<Finding> of_group(Pipeline& pipeline, const GroupChoice& group, const Request& request) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(const auto cells, pipeline.cells());
  // A single group is found among the results of all groups, computed once.
  const bool single = group.codes.size() == 1;
  const Grouping tested = single ? group.grouping : in_and_out(group, nullptr);
  const std::uint32_t tested_code = single ? static_cast<std::uint32_t>(group.codes.front()) : 0;
  const auto n_in = group.n_cells();
  const auto n_all = static_cast<std::size_t>(std::count_if(
      group.grouping.codes.begin(), group.grouping.codes.end(), [](auto c) { return c >= 0; }));
  if (n_in < 3 || n_all - n_in < 3)
    return failure(ErrorCode::cannot_answer, "tools.markers.too_few",
                   {{"group", group.name}, {"cells", n_in}, {"others", n_all - n_in}});
  CELLOQUY_TRY(const auto result, pipeline.markers(tested, request.test));

  Finding finding;
  auto& values = finding.values;
  values["group"] =
      Value::name(group.name, group.cell_type ? NameKind::cell_type : NameKind::group);
  values["source"] = Value::name(group.source, NameKind::none);
  values["n_cells"] = Value::count(static_cast<double>(n_in), "cells");
  values["n_others"] = Value::count(static_cast<double>(n_all - n_in), "cells");
  auto rows = significant_markers(*result, tested_code, true);
  const auto n_significant = rows.size();
  values["n_significant"] = Value::count(static_cast<double>(n_significant), "genes");
  values["significance_level"] = Value::number(most_adjusted_p, "");
  if (rows.empty()) {
    say(finding.statements, "tools.markers.none", {"group", "source", "significance_level"});
    rows = ranked(*result, tested_code);
    rows.resize(std::min(rows.size(), request.n));
    finding.tables.push_back(marker_table(*data, *result, tested_code, rows));
  } else {
    finding.tables.push_back(marker_table(*data, *result, tested_code, rows));
    const auto shown = std::min(request.n, n_significant);
    values["n_shown"] = Value::count(static_cast<double>(shown), "genes");
    finding.statements.push_back(
        {std::string(
             plural(static_cast<double>(shown), "tools.markers.top_one", "tools.markers.top")),
         {{"group", "group"}, {"source", "source"}, {"genes", rows_of("markers.gene", shown)}}});
    finding.statements.push_back({"tools.markers.first",
                                  {{"gene", "markers.gene[0]"},
                                   {"inside", "markers.percent_in[0]"},
                                   {"outside", "markers.percent_out[0]"},
                                   {"fold", "markers.log2_fold_change[0]"},
                                   {"group", "group"}}});
    finding.statements.push_back(
        {std::string(plural(static_cast<double>(n_significant), "tools.markers.how_many_one",
                            "tools.markers.how_many")),
         {{"n", "n_significant"}, {"level", "significance_level"}}});
    std::vector<std::uint32_t> top(
        rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(shown, 20)));
    CELLOQUY_TRY(auto plot, dots(pipeline, tested, group.source, top));
    finding.plots.push_back(std::move(plot));
  }
  finding.selection = selection_of(cells->kept, group.positions());
  add_method(pipeline, finding, request, group.cell_type);
  finding.code = code(pipeline, group.grouping, &group, request);
  return finding;
}

/// The best genes of every group of the grouping.
Expected<Finding> of_all(Pipeline& pipeline, const FieldChoice& field, const Request& request) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  const Grouping& grouping = field.grouping;
  if (grouping.n_groups() < 2)
    return failure(ErrorCode::cannot_answer, "tools.markers.one_group", {{"source", field.source}});
  CELLOQUY_TRY(const auto result, pipeline.markers(grouping, request.test));
  Finding finding;
  Table table = empty_marker_table();
  auto groups = table_column("group", "tools.title.group", "", NameKind::group);
  Table best{"best", message("tools.title.best_markers"), {}};
  auto best_group = table_column("group", "tools.title.group", "", NameKind::group);
  auto best_genes = table_column("genes", "tools.title.genes", "", NameKind::gene);
  std::vector<std::uint32_t> shown;
  const std::size_t named = std::min<std::size_t>(request.n, 3);
  for (std::uint32_t g = 0; g < grouping.n_groups(); ++g) {
    const Text name = group_name(grouping, static_cast<std::int32_t>(g));
    auto rows = significant_markers(*result, g, true);
    rows.resize(std::min(rows.size(), request.n));
    append_markers(table, *data, *result, g, rows);
    for (std::size_t i = 0; i < rows.size(); ++i)
      groups.cells.push_back(Value::name(name, NameKind::group));
    std::string genes;
    for (std::size_t i = 0; i < std::min(named, rows.size()); ++i) {
      genes += (i ? ", " : "") + data->var.index[rows[i]];
      if (i < 2 && std::find(shown.begin(), shown.end(), rows[i]) == shown.end())
        shown.push_back(rows[i]);
    }
    best_group.cells.push_back(Value::name(name, NameKind::group));
    best_genes.cells.push_back(genes.empty() ? Value::name(message("tools.none"), NameKind::none)
                                             : Value::name(genes, NameKind::gene));
  }
  table.columns.insert(table.columns.begin(), std::move(groups));
  best.columns = {std::move(best_group), std::move(best_genes)};
  finding.tables.push_back(std::move(best));
  finding.tables.push_back(std::move(table));
  finding.values["n_groups"] = Value::count(grouping.n_groups(), "groups");
  finding.values["source"] = Value::name(field.source, NameKind::none);
  say(finding.statements, "tools.markers.all", {"n_groups", "source"});
  for (std::uint32_t g = 0; g < std::min<std::uint32_t>(grouping.n_groups(), 30); ++g) {
    const std::string row = "[" + std::to_string(g) + "]";
    finding.statements.push_back({"tools.markers.group_row",
                                  {{"group", "best.group" + row}, {"genes", "best.genes" + row}}});
  }
  if (!shown.empty() && shown.size() <= 80) {
    CELLOQUY_TRY(auto plot, dots(pipeline, grouping, field.title, shown));
    finding.plots.push_back(std::move(plot));
  }
  add_method(pipeline, finding, request, field.cell_type);
  finding.code = code(pipeline, grouping, nullptr, request);
  return finding;
}

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  CELLOQUY_TRY(const auto request, request_of(arguments));
  CELLOQUY_TRY(const auto values, pipeline.values());
  (void)values;
  Expected<Finding> finding = Finding();
  if (const auto text = arguments.text("group")) {
    CELLOQUY_TRY(const auto group, resolve_group(pipeline, *text, arguments.text("by")));
    finding = of_group(pipeline, group, request);
  } else {
    const auto by = arguments.text("by");
    CELLOQUY_TRY(const auto field, resolve_field(pipeline, by ? *by : std::string("cluster")));
    finding = of_all(pipeline, field, request);
  }
  if (finding) say_done_first(pipeline, *finding);
  return finding;
}

}  // namespace

std::unique_ptr<Tool> markers_tool() {
  using enum ArgumentType;
  return make_tool(
      {"markers",
       message("tools.markers.purpose"),
       {argument("group", group, "tools.markers.group"),
        argument("n", integer, "tools.markers.how_many_argument", "genes"),
        choices(argument("test", choice, "tools.markers.test"), {"wilcoxon", "t_test"}),
        argument("by", field, "tools.argument.by")},
       false},
      run);
}

}  // namespace celloquy::tools
