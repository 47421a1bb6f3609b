// What cell types the clusters are, with the genes that decided.

#include <algorithm>

#include "plots/plots.hpp"
#include "tools/annotation.hpp"
#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/code_pieces.hpp"
#include "tools/design_columns.hpp"
#include "tools/group_resolution.hpp"
#include "tools/methods.hpp"

namespace celloquy::tools {
namespace {

/// Every gene that spoke for or against the names.
Table evidence_table(const Dataset& data, const Grouping& grouping,
                     const annotate::Result& labels) {
  Table table{"evidence", message("tools.title.evidence"), {}};
  auto cluster = table_column("cluster", "tools.title.cluster", "", NameKind::group);
  auto gene = table_column("gene", "tools.title.gene", "", NameKind::gene);
  auto contribution = table_column("contribution", "tools.title.contribution", "");
  auto mean = table_column("mean", "tools.title.mean_expression", "log-normalised");
  auto elsewhere = table_column("mean_elsewhere", "tools.title.mean_elsewhere", "log-normalised");
  auto sources = table_column("sources", "tools.title.sources", "databases");
  for (std::uint32_t g = 0; g < grouping.n_groups(); ++g)
    for (const auto& evidence : labels.groups[g].evidence) {
      cluster.cells.push_back(
          Value::name(group_name(grouping, static_cast<std::int32_t>(g)), NameKind::group));
      gene.cells.push_back(Value::name(data.var.index[evidence.gene], NameKind::gene));
      contribution.cells.push_back(Value::number(evidence.contribution, ""));
      mean.cells.push_back(Value::number(evidence.mean, "log-normalised"));
      elsewhere.cells.push_back(Value::number(evidence.mean_elsewhere, "log-normalised"));
      sources.cells.push_back(Value::count(evidence.sources, "databases"));
    }
  table.columns = {std::move(cluster), std::move(gene),      std::move(contribution),
                   std::move(mean),    std::move(elsewhere), std::move(sources)};
  return table;
}

/// `line`: one of a list.
void say_cluster(Finding& finding, std::size_t row, const annotate::GroupLabel& label, bool line) {
  const std::string at = "[" + std::to_string(row) + "]";
  if (!label.known) {
    finding.statements.push_back(
        {line ? "tools.annotate.unknown_row" : "tools.annotate.unknown",
         {{"cluster", "clusters.cluster" + at}, {"cells", "clusters.n_cells" + at}}});
    return;
  }
  finding.statements.push_back({line ? "tools.annotate.cluster_row" : "tools.annotate.cluster",
                                {{"cluster", "clusters.cluster" + at},
                                 {"cells", "clusters.n_cells" + at},
                                 {"label", "clusters.label" + at},
                                 {"confidence", "clusters.confidence" + at},
                                 {"genes", "clusters.genes" + at}}});
}

Plot label_plot(const umap::Result& layout, const Grouping& grouping, const Text& title) {
  return {title, plots::embedding_by_group(
                     title, {layout.layout, layout.n_components, "UMAP"},
                     {message("tools.title.cell_type"), grouping.names, grouping.codes})};
}

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  std::optional<GroupChoice> group;
  Grouping grouping;
  if (const auto text = arguments.text("group")) {
    CELLOQUY_TRY(group, resolve_group(pipeline, *text, arguments.text("by")));
    grouping = group->grouping;
    // The other groups are needed too: a name rests on what a group has and others lack.
    if (group->codes.size() > 1) grouping = in_and_out(*group, nullptr);
  } else if (const auto by = arguments.text("by")) {
    CELLOQUY_TRY(const auto field, resolve_field(pipeline, *by));
    grouping = field.grouping;
  } else {
    CELLOQUY_TRY(grouping, pipeline.cluster_grouping());
  }
  CELLOQUY_TRY(const auto labels, annotation(pipeline, grouping));
  Finding finding;
  auto& values = finding.values;
  CELLOQUY_TRY(Table table, annotation_table(pipeline, grouping, *labels));
  finding.tables.push_back(std::move(table));
  finding.tables.push_back(evidence_table(*data, grouping, *labels));
  if (group) {
    const auto row = static_cast<std::size_t>(group->codes.size() > 1 ? 0 : group->codes.front());
    const auto& label = labels->groups[row];
    const std::string at = "[" + std::to_string(row) + "]";
    say_cluster(finding, row, label, false);
    if (!label.known && !label.reason.empty()) {
      values["reason"] = Value::name(label.reason, NameKind::none);
      finding.statements.push_back({"tools.text", {{"text", "reason"}}});
    }
    if (label.known && label.alternative)
      finding.statements.push_back(
          {"tools.annotate.alternative", {{"alternative", "clusters.alternative" + at}}});
    CELLOQUY_TRY(const auto cells, pipeline.cells());
    finding.selection = selection_of(cells->kept, group->positions());
  } else {
    std::size_t known = 0;
    std::vector<std::string> distinct;
    for (const auto& label : labels->groups) {
      known += label.known;
      if (label.known && std::find(distinct.begin(), distinct.end(), label.id) == distinct.end())
        distinct.push_back(label.id);
    }
    values["n_clusters"] = Value::count(grouping.n_groups(), "clusters");
    values["n_known"] = Value::count(static_cast<double>(known), "clusters");
    values["n_cell_types"] = Value::count(static_cast<double>(distinct.size()), "cell types");
    say(finding.statements, "tools.annotate.summary", {"n_clusters", "n_known", "n_cell_types"});
    for (std::size_t row = 0; row < std::min<std::size_t>(labels->groups.size(), 40); ++row)
      say_cluster(finding, row, labels->groups[row], true);
    if (grouping.kind == Grouping::Kind::clusters) {
      CELLOQUY_TRY(const auto by_label, label_grouping(pipeline));
      CELLOQUY_TRY(const auto layout, pipeline.layout());
      finding.plots.push_back(label_plot(*layout, by_label, message("tools.plot.labels")));
    }
    if (const auto published = cell_type_column(*data);
        published && grouping.kind == Grouping::Kind::clusters) {
      values["published_column"] = Value::name(*published, NameKind::field);
      say(finding.statements, "tools.annotate.published", {"published_column"});
    }
  }
  values["n_genes_used"] = Value::count(labels->n_genes_used, "genes");
  finding.method = message("tools.method.annotate", {{"genes", labels->n_genes_used}});
  if (grouping.kind == Grouping::Kind::clusters)
    finding.method = joined(cluster_method(pipeline), finding.method);
  finding.references = {citation("cell_ontology")};
  add_annotation_caveats(pipeline, *labels, finding);
  say_done_first(pipeline, finding);
  // Its own line would say what this finding says itself.
  std::erase_if(finding.done_first,
                [](const Statement& s) { return s.message == "tools.done_first.labels"; });
  std::string scanpy = "labels = {";
  std::string seurat = "labels <- c(";
  for (std::uint32_t g = 0; g < grouping.n_groups(); ++g) {
    const std::string name = literal(grouping.names[g].en),
                      label = literal(labels->groups[g].label.en);
    scanpy += (g ? ", " : "") + name + ": " + label;
    seurat += (g ? ", " : "") + name + " = " + label;
  }
  scanpy +=
      "}  # names given by celloquy; cluster numbers may differ between programs\n"
      "adata.obs[\"celloquy_label\"] = adata.obs[" +
      literal(scanpy_column(grouping)) + "].astype(str).map(labels)\n";
  seurat +=
      ")  # names given by celloquy; cluster numbers may differ between programs\n"
      "object$celloquy_label <- unname(labels[as.character(object[[" +
      literal(seurat_column(grouping)) + "]][, 1])])\n";
  finding.code =
      whole_code(pipeline, grouping.kind == Grouping::Kind::field ? Needs::cells : Needs::clusters,
                 {scanpy, seurat});
  return finding;
}

}  // namespace

std::unique_ptr<Tool> annotate_tool() {
  using enum ArgumentType;
  return make_tool({"annotate",
                    message("tools.annotate.purpose"),
                    {argument("group", group, "tools.annotate.group"),
                     argument("by", field, "tools.argument.by")},
                    false},
                   run);
}

}  // namespace celloquy::tools
