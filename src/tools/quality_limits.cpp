#include "tools/quality_limits.hpp"

#include <algorithm>
#include <cmath>

#include "tools/build.hpp"
#include "tools/design_columns.hpp"

namespace celloquy::tools {

Expected<QualityLimits> quality_limits(Pipeline& pipeline,
                                       const quality_control::FilterOptions& options) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(const auto metrics, pipeline.quality());
  QualityLimits limits;
  limits.options = options;
  // A small panel measures fewer genes than the usual least number.
  limits.options.min_genes =
      std::min<std::uint32_t>(options.min_genes, static_cast<std::uint32_t>(data->n_genes() / 20));
  limits.batch = batch_column(*data);
  std::vector<std::int32_t> codes;
  std::vector<std::string> names;
  if (limits.batch) {
    CELLOQUY_TRY(Grouping grouping, pipeline.field_grouping(*limits.batch));
    codes = std::move(grouping.codes);
    for (const auto& name : grouping.names) names.push_back(name.en);
  }
  limits.result = quality_control::find_limits(*metrics, codes, names, limits.options);
  return limits;
}

Table limits_table(const QualityLimits& limits) {
  Table table{"limits", message("tools.title.limits"), {}};
  auto batch = table_column("batch", "tools.title.batch", "", NameKind::sample);
  auto cells = table_column("n_cells", "tools.title.n_cells", "cells");
  auto kept = table_column("n_kept", "tools.title.n_kept", "cells");
  auto counts_low = table_column("counts_low", "tools.title.counts_low", "counts");
  auto counts_high = table_column("counts_high", "tools.title.counts_high", "counts");
  auto genes_low = table_column("genes_low", "tools.title.genes_low", "genes");
  auto genes_high = table_column("genes_high", "tools.title.genes_high", "genes");
  auto mt_high = table_column("mitochondrial_high", "tools.title.mitochondrial_high", "%");
  for (const auto& one : limits.result.limits) {
    batch.cells.push_back(one.batch.empty()
                              ? Value::name(message("tools.all_cells"), NameKind::none)
                              : Value::name(one.batch, NameKind::sample));
    cells.cells.push_back(Value::count(one.n_cells, "cells"));
    kept.cells.push_back(Value::count(one.n_kept, "cells"));
    counts_low.cells.push_back(Value::number(one.counts_low, "counts"));
    counts_high.cells.push_back(Value::number(one.counts_high, "counts"));
    genes_low.cells.push_back(Value::number(one.genes_low, "genes"));
    genes_high.cells.push_back(Value::number(one.genes_high, "genes"));
    mt_high.cells.push_back(Value::number(one.mitochondrial_high, "%"));
  }
  table.columns = {std::move(batch),      std::move(cells),       std::move(kept),
                   std::move(counts_low), std::move(counts_high), std::move(genes_low),
                   std::move(genes_high), std::move(mt_high)};
  return table;
}

Text limits_method(const QualityLimits& limits) {
  return message("tools.method.quality", {{"mads", limits.options.mads},
                                          {"mads_mitochondrial", limits.options.mads_mitochondrial},
                                          {"least", limits.options.least_mitochondrial_limit},
                                          {"min_genes", limits.options.min_genes}});
}

Table reasons_table(const std::vector<std::uint8_t>& reasons) {
  static constexpr const char* names[] = {"tools.reason.few_counts",    "tools.reason.many_counts",
                                          "tools.reason.few_genes",     "tools.reason.many_genes",
                                          "tools.reason.mitochondrial", "tools.reason.min_genes"};
  Table table{"reasons", message("tools.title.reasons"), {}};
  auto reason = table_column("reason", "tools.title.reason");
  auto cells = table_column("n_cells", "tools.title.n_cells", "cells");
  for (unsigned bit = 0; bit < std::size(names); ++bit) {
    const auto n = std::count_if(reasons.begin(), reasons.end(),
                                 [&](std::uint8_t bits) { return bits & (1u << bit); });
    reason.cells.push_back(Value::name(message(names[bit]), NameKind::none));
    cells.cells.push_back(Value::count(static_cast<double>(n), "cells"));
  }
  table.columns = {std::move(reason), std::move(cells)};
  return table;
}

bool has_mitochondrial_genes(const quality_control::Metrics& metrics) {
  return std::any_of(metrics.pct_mitochondrial.begin(), metrics.pct_mitochondrial.end(),
                     [](float share) { return share > 0; });
}

double median(std::vector<double> values) {
  if (values.empty()) return std::nan("");
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

}  // namespace celloquy::tools
