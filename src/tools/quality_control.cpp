// How good the cells are, and what the data-driven limits would remove. Changes nothing.

#include <cmath>

#include "plots/plots.hpp"
#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/code_pieces.hpp"
#include "tools/methods.hpp"
#include "tools/quality_limits.hpp"

namespace celloquy::tools {
namespace {

/// Limits as lines of the histograms; with several batches they would be a thicket.
Plot histogram(const quality_control::Metrics& metrics, const QualityLimits& limits) {
  const bool one = limits.result.limits.size() == 1;
  const auto& first = limits.result.limits.front();
  const auto counts = metrics.total_counts;
  const auto genes = as_doubles(metrics.n_genes);
  const auto share = as_doubles(metrics.pct_mitochondrial);
  std::vector<plots::HistogramPanel> panels;
  panels.push_back({message("tools.title.counts_per_cell"), counts,
                    one ? std::vector{first.counts_low, first.counts_high} : std::vector<double>(),
                    true});
  panels.push_back({message("tools.title.genes_per_cell"), genes,
                    one ? std::vector{first.genes_low, first.genes_high} : std::vector<double>(),
                    true});
  if (has_mitochondrial_genes(metrics))
    panels.push_back({message("tools.title.mitochondrial_percent"), share,
                      one ? std::vector{first.mitochondrial_high} : std::vector<double>(), false});
  const Text title = message("tools.plot.quality");
  return {title, plots::histograms(title, panels, message("tools.title.n_cells"))};
}

Expected<Finding> run(Pipeline& pipeline, const Arguments&) {
  CELLOQUY_TRY(const auto metrics, pipeline.quality());
  CELLOQUY_TRY(const auto limits, quality_limits(pipeline, {}));
  CELLOQUY_TRY(const auto cells, pipeline.cells());
  const double total = static_cast<double>(cells->kept.size());
  const double outside = total - static_cast<double>(limits.result.kept.size());

  Finding finding;
  auto& values = finding.values;
  values["n_cells"] = Value::count(total, "cells");
  values["median_counts"] = Value::number(median(metrics->total_counts), "counts");
  values["median_genes"] = Value::number(median(as_doubles(metrics->n_genes)), "genes");
  values["median_mitochondrial"] =
      Value::number(median(as_doubles(metrics->pct_mitochondrial)), "%");
  values["median_ribosomal"] = Value::number(median(as_doubles(metrics->pct_ribosomal)), "%");
  values["median_hemoglobin"] = Value::number(median(as_doubles(metrics->pct_hemoglobin)), "%");
  values["n_outside"] = Value::count(outside, "cells");
  values["percent_outside"] = Value::number(percent(outside, total), "%");
  finding.tables.push_back(limits_table(limits));
  finding.tables.push_back(reasons_table(limits.result.reason));
  values["n_mitochondrial"] = finding.tables.back().columns[1].cells[4];

  say(finding.statements, "tools.quality.medians", {"n_cells", "median_counts", "median_genes"});
  if (has_mitochondrial_genes(*metrics))
    say(finding.statements, "tools.quality.mitochondrial", {"median_mitochondrial"});
  else
    say(finding.caveats, "tools.quality.no_mitochondrial");
  if (outside == 0)
    say(finding.statements, "tools.quality.none_outside");
  else
    say(finding.statements, plural(outside, "tools.quality.one_outside", "tools.quality.outside"),
        {"n_outside", "percent_outside", "n_mitochondrial"});
  if (limits.batch) {
    values["batch_column"] = Value::name(*limits.batch, NameKind::field);
    say(finding.statements, "tools.quality.per_batch", {"batch_column"});
  }
  say(finding.caveats, "tools.quality.caveat_types");
  std::vector<std::uint32_t> selected;
  for (std::size_t i = 0; i < limits.result.reason.size(); ++i)
    if (limits.result.reason[i]) selected.push_back(cells->kept[i]);
  if (!selected.empty())
    finding.selection = Selection{std::move(selected), "celloquy_outside_limits"};
  finding.plots.push_back(histogram(*metrics, limits));
  finding.method = limits_method(limits);
  finding.references = {citation("mad")};
  finding.code = whole_code(
      pipeline, Needs::cells,
      {"import scanpy as sc\n"
       "adata.var[\"mt\"] = adata.var_names.str.upper().str.startswith(\"MT-\")\n"
       "sc.pp.calculate_qc_metrics(adata, qc_vars=[\"mt\"], inplace=True, percent_top=None)\n"
       "print(adata.obs[[\"n_genes_by_counts\", \"total_counts\", \"pct_counts_mt\"]].median())\n",
       "object[[\"percent.mt\"]] <- PercentageFeatureSet(object, pattern = \"^(MT|mt)-\")\n"
       "print(apply(object[[c(\"nFeature_RNA\", \"nCount_RNA\", \"percent.mt\")]], 2, median))\n"});
  return finding;
}

}  // namespace

std::unique_ptr<Tool> quality_control_tool() {
  return make_tool({"quality_control", message("tools.quality_control.purpose"), {}, false}, run);
}

}  // namespace celloquy::tools
