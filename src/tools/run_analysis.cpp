// The standard analysis to clusters, layout, markers and labels.

#include "tools/standard_run.hpp"

#include <algorithm>

#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/cluster_tables.hpp"
#include "tools/code_pieces.hpp"
#include "tools/gene_tables.hpp"
#include "tools/group_resolution.hpp"
#include "tools/methods.hpp"
#include "tools/quality_limits.hpp"

namespace celloquy::tools {
namespace {

/// Cells outside the data-driven limits stay in; the reader should know of them.
Status add_quality_caveat(Pipeline& pipeline, Finding& finding) {
  CELLOQUY_TRY(const auto values, pipeline.values());
  if (values != Values::counts) return {};
  CELLOQUY_TRY(const auto limits, quality_limits(pipeline, {}));
  const auto outside = static_cast<double>(limits.result.reason.size() - limits.result.kept.size());
  finding.values["n_outside"] = Value::count(outside, "cells");
  if (outside > 0)
    say(finding.caveats,
        plural(outside, "tools.run.caveat_outside_one", "tools.run.caveat_outside"), {"n_outside"});
  return {};
}

Table steps_table(const Pipeline& pipeline) {
  Table table{"steps", message("tools.title.steps"), {}};
  auto step = table_column("step", "tools.title.step", "", NameKind::method);
  auto seconds = table_column("seconds", "tools.title.seconds", "s");
  auto cached = table_column("cached", "tools.title.cached");
  for (const auto& done : pipeline.steps()) {
    step.cells.push_back(Value::name(done.step, NameKind::method));
    seconds.cells.push_back(Value::number(done.seconds, "s"));
    cached.cells.push_back(
        Value::name(message(done.cached ? "tools.yes" : "tools.no"), NameKind::none));
  }
  table.columns = {std::move(step), std::move(seconds), std::move(cached)};
  return table;
}

/// The best three markers of each cluster as another column of its table.
Status add_best_markers(Pipeline& pipeline, Finding& finding, const Grouping& clusters) {
  if (clusters.n_groups() < 2) return {};
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(const auto result, pipeline.markers(clusters, markers::Test::wilcoxon));
  auto column = table_column("markers", "tools.title.best_markers", "", NameKind::gene);
  for (std::uint32_t g = 0; g < clusters.n_groups(); ++g) {
    auto rows = significant_markers(*result, g, true);
    std::string genes;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, rows.size()); ++i)
      genes += (i ? ", " : "") + data->var.index[rows[i]];
    column.cells.push_back(genes.empty() ? Value::name(message("tools.none"), NameKind::none)
                                         : Value::name(genes, NameKind::gene));
  }
  finding.tables.front().columns.push_back(std::move(column));
  return {};
}

/// Everything that the standard analysis consists of, into the pipeline's memory.
Status compute_all(Pipeline& pipeline) {
  CELLOQUY_TRY(const Grouping clusters, pipeline.cluster_grouping());
  CELLOQUY_TRY(const auto layout, pipeline.layout());
  (void)layout;
  // Labels are a help, not a condition: their failure is said where they are shown.
  const auto labels = annotation(pipeline, clusters);
  if (!labels && labels.error().code == ErrorCode::cancelled)
    return tl::make_unexpected(labels.error());
  if (clusters.n_groups() < 2) return {};
  CELLOQUY_TRY(const auto found, pipeline.markers(clusters, markers::Test::wilcoxon));
  (void)found;
  return {};
}

Status move_on(Pipeline& pipeline, const Text& summary) {
  CELLOQUY_TRY(const auto slots, cluster_slots(pipeline, pipeline.resolution()));
  CELLOQUY_CHECK(pipeline.flush());
  const auto& now = pipeline.study().state().slots;
  const auto held = now.find("clusters");
  if (held != now.end() && held->second == slots.at("clusters")) return {};
  return pipeline.study().advance("run_analysis", nlohmann::json::object(), summary, slots);
}

Expected<Finding> analyse(Pipeline& pipeline) {
  CELLOQUY_TRY(const auto values, pipeline.values());
  (void)values;
  CELLOQUY_CHECK(compute_all(pipeline));
  Finding finding;
  CELLOQUY_CHECK(add_clusters(pipeline, finding));
  CELLOQUY_TRY(const Grouping clusters, pipeline.cluster_grouping());
  CELLOQUY_CHECK(add_best_markers(pipeline, finding, clusters));
  const Table& table = finding.tables.front();
  say(finding.statements, plural(clusters.n_groups(), "tools.run.done_one", "tools.run.done"),
      {"n_clusters", "n_cells"});
  if (const auto* label = table.find("label")) {
    // Each name once, the largest group first.
    std::vector<std::string> known;
    auto types = table_column("cell_type", "tools.title.cell_type", "", NameKind::cell_type);
    for (const auto& cell : label->cells) {
      const auto& name = std::get<Text>(cell.content).en;
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      known.push_back(name);
      types.cells.push_back(cell);
    }
    finding.statements.push_back(
        {std::string(
             plural(static_cast<double>(known.size()), "tools.run.type", "tools.run.types")),
         {{"types", rows_of("cell_types.cell_type", std::min<std::size_t>(known.size(), 12))}}});
    finding.tables.push_back({"cell_types", message("tools.title.cell_types"), {std::move(types)}});
  }
  CELLOQUY_CHECK(add_quality_caveat(pipeline, finding));
  const Text summary = sentence(finding, finding.statements.front());
  CELLOQUY_CHECK(move_on(pipeline, summary));
  CELLOQUY_TRY(auto plot, cluster_plot(pipeline));
  finding.plots.push_back(std::move(plot));
  finding.tables.push_back(steps_table(pipeline));
  finding.method = joined(cluster_method(pipeline), message("tools.method.layout_and_markers"));
  finding.references = cluster_references();
  finding.references.push_back(citation("wilcoxon"));
  say(finding.caveats, "tools.caveat.clusters_choice");
  say(finding.caveats, "tools.caveat.layout");
  add_input_caveats(pipeline, finding);
  finding.code =
      whole_code(pipeline, Needs::layout,
                 {"import scanpy as sc\n"
                  "sc.tl.rank_genes_groups(adata, \"leiden\", method=\"wilcoxon\", "
                  "tie_correct=True, pts=True)\n"
                  "sc.pl.umap(adata, color=\"leiden\")\n",
                  "markers <- FindAllMarkers(object, only.pos = TRUE)\nprint(DimPlot(object))\n"});
  return finding;
}

}  // namespace

std::unique_ptr<Tool> run_analysis_tool() {
  return make_tool({"run_analysis", message("tools.run_analysis.purpose"), {}, true},
                   [](Pipeline& pipeline, const Arguments&) { return analyse(pipeline); });
}

Expected<StandardRun> standard_run(workspace::Study& study, const Context& context) {
  const double begin = clock_seconds();
  StandardRun run;
  Pipeline pipeline(study, context);
  CELLOQUY_TRY(run.finding, analyse(pipeline));
  run.finding.tool = "run_analysis";
  run.finding.arguments = nlohmann::json::object();
  run.finding.cached = pipeline.all_cached();
  CELLOQUY_CHECK(pipeline.flush());
  run.steps = pipeline.steps();
  run.seconds = run.finding.seconds = clock_seconds() - begin;
  double inside = 0;
  for (const auto& step : run.steps) inside += step.seconds;
  run.other_seconds = std::max(0.0, run.seconds - inside);
  return run;
}

}  // namespace celloquy::tools
