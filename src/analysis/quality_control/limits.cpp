// Limits by the median absolute deviation, a batch at a time.

#include <algorithm>
#include <cassert>
#include <cmath>

#include "analysis/quality_control/quality_control.hpp"

namespace celloquy::quality_control {
namespace {

/// A median of fewer cells than this is too shaky to throw cells away by it.
constexpr std::size_t least_cells = 30;
/// A cell of a panel of n genes must show this share of them, at most `min_genes`.
constexpr double least_share_of_panel = 0.02;
/// Makes the median absolute deviation of a normal sample its standard deviation.
constexpr double mad_to_sd = 1.4826;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

struct Spread {
  double center = 0, mad = 0;
};
Spread spread(const std::vector<double>& values) {
  Spread out;
  out.center = median(values);
  std::vector<double> deviations;
  deviations.reserve(values.size());
  for (const double value : values) deviations.push_back(std::abs(value - out.center));
  out.mad = mad_to_sd * median(std::move(deviations));
  return out;
}

template <class Values>
std::vector<double> pick(const Values& values, const std::vector<std::uint32_t>& cells) {
  std::vector<double> out;
  out.reserve(cells.size());
  for (const auto cell : cells) out.push_back(static_cast<double>(values[cell]));
  return out;
}

struct Interval {
  double low, high;
};
/// centre ± mads·MAD of log1p(value), back on the scale of the values. Without
/// spread (half of the cells share one value) it is no measure of an outlier,
/// and the interval holds every cell.
Interval interval_of_logs(std::vector<double> values, double mads) {
  const double largest = *std::max_element(values.begin(), values.end());
  for (double& value : values) value = std::log1p(std::max(0.0, value));
  const Spread logs = spread(values);
  if (!(logs.mad > 0)) return {0, largest};
  return {std::max(0.0, std::expm1(logs.center - mads * logs.mad)),
          std::expm1(logs.center + mads * logs.mad)};
}

double mitochondrial_limit(const std::vector<double>& percents, const FilterOptions& options) {
  // No mitochondrial gene in the panel, or none seen: nothing to judge by.
  if (*std::max_element(percents.begin(), percents.end()) <= 0) return 100;
  const Spread shares = spread(percents);
  const double limit = shares.center + options.mads_mitochondrial * shares.mad;
  return std::min(100.0, std::max(limit, options.least_mitochondrial_limit));
}

Limits limits_of(const Metrics& metrics, const std::vector<std::uint32_t>& cells,
                 const FilterOptions& options) {
  Limits out;
  const auto counts = pick(metrics.total_counts, cells);
  const auto genes = pick(metrics.n_genes, cells);
  if (cells.size() < least_cells) {
    if (cells.empty()) return out;
    out.counts_high = *std::max_element(counts.begin(), counts.end());
    out.genes_high = *std::max_element(genes.begin(), genes.end());
    return out;
  }
  const Interval count_limits = interval_of_logs(counts, options.mads);
  const Interval gene_limits = interval_of_logs(genes, options.mads);
  out.counts_low = count_limits.low;
  out.counts_high = count_limits.high;
  out.genes_low = gene_limits.low;
  out.genes_high = gene_limits.high;
  out.mitochondrial_high = mitochondrial_limit(pick(metrics.pct_mitochondrial, cells), options);
  return out;
}

std::uint8_t reason_of(const Metrics& metrics, std::uint32_t cell, const Limits& limits,
                       std::uint32_t min_genes) {
  std::uint8_t reason = 0;
  const double counts = metrics.total_counts[cell], genes = metrics.n_genes[cell];
  // The limits went through a logarithm and back: equal means inside.
  constexpr double slack = 1e-9;
  if (counts < limits.counts_low * (1 - slack)) reason |= 1;
  if (counts > limits.counts_high * (1 + slack)) reason |= 2;
  if (genes < limits.genes_low * (1 - slack)) reason |= 4;
  if (genes > limits.genes_high * (1 + slack)) reason |= 8;
  if (metrics.pct_mitochondrial[cell] > limits.mitochondrial_high) reason |= 16;
  if (metrics.n_genes[cell] < min_genes) reason |= 32;
  return reason;
}

std::string name_of(const std::vector<std::string>& names, std::size_t code) {
  return code < names.size() ? names[code] : std::string();
}

}  // namespace

std::uint32_t least_genes(std::size_t n_genes, const FilterOptions& options) {
  const double of_panel = std::ceil(least_share_of_panel * static_cast<double>(n_genes));
  return std::min(options.min_genes, static_cast<std::uint32_t>(of_panel));
}

FilterResult find_limits(const Metrics& metrics, const std::vector<std::int32_t>& batch_codes,
                         const std::vector<std::string>& batch_names,
                         const FilterOptions& options) {
  const auto n_cells = static_cast<std::uint32_t>(metrics.total_counts.size());
  assert(batch_codes.empty() || batch_codes.size() == n_cells);
  std::size_t n_batches = batch_names.size();
  for (const auto code : batch_codes)
    if (code >= 0) n_batches = std::max(n_batches, static_cast<std::size_t>(code) + 1);
  // Cells of no batch come last and are judged with all cells.
  std::vector<std::vector<std::uint32_t>> batches(batch_codes.empty() ? 1 : n_batches + 1);
  for (std::uint32_t cell = 0; cell < n_cells; ++cell) {
    const std::int32_t code = batch_codes.empty() ? -1 : batch_codes[cell];
    batches[code < 0 ? batches.size() - 1 : static_cast<std::size_t>(code)].push_back(cell);
  }
  std::vector<std::uint32_t> all(n_cells);
  for (std::uint32_t cell = 0; cell < n_cells; ++cell) all[cell] = cell;
  const Limits together = limits_of(metrics, all, options);
  const std::uint32_t min_genes = least_genes(metrics.n_cells.size(), options);

  FilterResult out;
  out.reason.assign(n_cells, 0);
  for (std::size_t b = 0; b < batches.size(); ++b) {
    const auto& cells = batches[b];
    const bool no_batch = b + 1 == batches.size();
    if (cells.empty() && !(no_batch && batch_codes.empty())) continue;
    Limits limits =
        no_batch || cells.size() < least_cells ? together : limits_of(metrics, cells, options);
    limits.batch = no_batch ? std::string() : name_of(batch_names, b);
    limits.n_cells = static_cast<std::uint32_t>(cells.size());
    limits.min_genes = min_genes;
    for (const auto cell : cells) {
      out.reason[cell] = reason_of(metrics, cell, limits, min_genes);
      limits.n_kept += out.reason[cell] == 0;
    }
    out.limits.push_back(std::move(limits));
  }
  for (std::uint32_t cell = 0; cell < n_cells; ++cell)
    if (out.reason[cell] == 0) out.kept.push_back(cell);
  return out;
}

}  // namespace celloquy::quality_control
