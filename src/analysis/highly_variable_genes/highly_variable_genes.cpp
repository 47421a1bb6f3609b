#include "analysis/highly_variable_genes/highly_variable_genes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/highly_variable_genes/gene_moments.hpp"
#include "analysis/highly_variable_genes/loess.hpp"
#include "analysis/statistics/checks.hpp"

namespace celloquy::highly_variable_genes {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

bool usable(const std::vector<std::uint8_t>& flags, std::size_t gene) {
  return flags.empty() || flags[gene];
}

/// Mean and sample variance a gene.
void set_mean_and_variance(Result& out, const GeneMoments& moments, std::size_t n_cells) {
  const double n = static_cast<double>(n_cells);
  const std::size_t n_genes = moments.sum.size();
  out.means.resize(n_genes);
  out.variances.resize(n_genes);
  for (std::size_t g = 0; g < n_genes; ++g) {
    out.means[g] = moments.sum[g] / n;
    // n·Σx² − (Σx)² is exact for counts while below 2^53: a gene without
    // variation gets exactly 0.
    const double spread = n * moments.sum_of_squares[g] - moments.sum[g] * moments.sum[g];
    out.variances[g] = n_cells > 1 ? std::max(0.0, spread / n / (n - 1)) : 0;
  }
}

/// Seurat v3: score = variance of the standardised, clipped counts.
Status score_seurat_v3(const CountMatrix& matrix, const std::vector<std::uint8_t>& flags,
                       const Options& options, const Context& context, Result& out) {
  const std::size_t n_genes = matrix.n_genes();
  const double n = static_cast<double>(matrix.n_cells());
  const GeneMoments moments = moments_of_counts(matrix.by_cell(), context);
  if (context.cancelled()) return cancelled_error();
  set_mean_and_variance(out, moments, matrix.n_cells());

  std::vector<std::size_t> fitted_genes;
  std::vector<double> log_means, log_variances;
  for (std::size_t g = 0; g < n_genes; ++g) {
    if (!usable(flags, g) || !(out.variances[g] > 0)) continue;
    fitted_genes.push_back(g);
    log_means.push_back(std::log10(out.means[g]));
    log_variances.push_back(std::log10(out.variances[g]));
  }
  const auto fit = loess(log_means, log_variances, options.span);
  context.report("highly_variable_genes", 0.5);

  std::vector<double> expected(n_genes, 1.0), clip(n_genes);
  for (std::size_t i = 0; i < fitted_genes.size(); ++i)
    expected[fitted_genes[i]] = std::pow(10.0, fit[i]);
  for (std::size_t g = 0; g < n_genes; ++g)
    clip[g] = std::sqrt(expected[g]) * std::sqrt(n) + out.means[g];
  const Excess excess = excess_above(matrix.by_cell(), clip, context);
  if (context.cancelled()) return cancelled_error();
  for (const auto g : fitted_genes) {
    const double sum = moments.sum[g] - excess.sum[g] + excess.count[g] * clip[g];
    const double squares =
        moments.sum_of_squares[g] - excess.sum_of_squares[g] + excess.count[g] * clip[g] * clip[g];
    out.score[g] = (n * out.means[g] * out.means[g] + squares - 2 * sum * out.means[g]) /
                   ((n - 1) * expected[g]);
  }
  return {};
}

/// Bins of equal width over the log means, closed on the right, as pandas.cut.
std::vector<int> bins_of(const std::vector<double>& means, int n_bins) {
  const auto [smallest, largest] = std::minmax_element(means.begin(), means.end());
  double low = *smallest, high = *largest;
  if (low == high) {
    const double room = low != 0 ? 0.001 * std::abs(low) : 0.001;
    low -= room;
    high += room;
  }
  std::vector<double> edges;
  for (int b = 0; b <= n_bins; ++b) edges.push_back(low + (high - low) * b / n_bins);
  edges.back() = high;
  std::vector<int> bins;
  for (const double mean : means) {
    const auto edge = std::lower_bound(edges.begin() + 1, edges.end() - 1, mean);
    bins.push_back(static_cast<int>(edge - edges.begin()) - 1);
  }
  return bins;
}

/// Seurat: score = (dispersion − mean of its bin) / standard deviation of its bin.
Status score_seurat(const ExpressionView& view, const std::vector<std::uint8_t>& flags,
                    const Context& context, Result& out) {
  const GeneMoments moments = moments_without_log(view, context);
  if (context.cancelled()) return cancelled_error();
  set_mean_and_variance(out, moments, view.n_cells());
  std::vector<std::size_t> genes;
  std::vector<double> log_means, dispersions;
  for (std::size_t g = 0; g < view.n_genes(); ++g) {
    if (!usable(flags, g)) continue;
    const double mean = out.means[g] == 0 ? 1e-12 : out.means[g];
    const double dispersion = out.variances[g] / mean;
    genes.push_back(g);
    log_means.push_back(std::log1p(mean));
    dispersions.push_back(dispersion > 0 ? std::log(dispersion) : nan);
  }
  if (genes.empty()) return {};
  constexpr int n_bins = 20;
  const auto bins = bins_of(log_means, n_bins);
  struct Bin {
    double count = 0, sum = 0, squares = 0, mean = 0, deviation = 0;
  } stats[n_bins];
  const auto each = [&](auto&& visit) {
    for (std::size_t i = 0; i < genes.size(); ++i)
      if (!std::isnan(dispersions[i])) visit(stats[bins[i]], dispersions[i]);
  };
  each([](Bin& bin, double value) { bin.count += 1, bin.sum += value; });
  for (Bin& bin : stats) bin.mean = bin.count > 0 ? bin.sum / bin.count : 0;
  each([](Bin& bin, double value) { bin.squares += (value - bin.mean) * (value - bin.mean); });
  for (Bin& bin : stats) {
    bin.deviation = bin.count > 1 ? std::sqrt(bin.squares / (bin.count - 1)) : nan;
    // A gene alone in its bin gets the score 1.
    if (bin.count == 1) bin.deviation = bin.mean, bin.mean = 0;
  }
  for (std::size_t i = 0; i < genes.size(); ++i) {
    const double score = (dispersions[i] - stats[bins[i]].mean) / stats[bins[i]].deviation;
    out.score[genes[i]] = std::isfinite(score) ? score : nan;
  }
  return {};
}

/// The n genes of the highest score; of equal ones the first.
void choose(Result& out, const Options& options) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t g = 0; g < out.score.size(); ++g) {
    const bool scored =
        options.flavor == Flavor::seurat_v3 ? out.score[g] > 0 : !std::isnan(out.score[g]);
    if (scored) order.push_back(g);
  }
  const std::size_t n = std::min<std::size_t>(options.n_top_genes, order.size());
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return out.score[a] > out.score[b]; });
  order.resize(n);
  out.rank.assign(out.score.size(), -1);
  for (std::size_t i = 0; i < n; ++i) out.rank[order[i]] = static_cast<std::int32_t>(i);
  out.genes = std::move(order);
  std::sort(out.genes.begin(), out.genes.end());
}

}  // namespace

Expected<Result> compute(const ExpressionView& view, const std::vector<std::uint8_t>& usable_genes,
                         const Options& options, const Context& context) {
  const CountMatrix& matrix = *view.matrix;
  CELLOQUY_CHECK(statistics::require_usable(matrix, context));
  if (!usable_genes.empty() && usable_genes.size() != matrix.n_genes())
    return failure(ErrorCode::internal, "base.internal", {{"what", "one flag a gene is needed"}});
  if (matrix.n_cells() < 2)
    return failure(ErrorCode::cannot_answer, "highly_variable_genes.one_cell");
  const bool identity = view.normalization->kind == Normalization::Kind::identity;
  Result out;
  out.score.assign(matrix.n_genes(), nan);
  if (options.flavor == Flavor::seurat_v3) {
    if (!identity || !statistics::non_negative(matrix, context))
      return failure(ErrorCode::cannot_answer, "highly_variable_genes.needs_counts");
    CELLOQUY_CHECK(score_seurat_v3(matrix, usable_genes, options, context, out));
  } else {
    if ((identity && matrix.counts()) || !statistics::non_negative(matrix, context))
      return failure(ErrorCode::cannot_answer, "highly_variable_genes.needs_logs");
    CELLOQUY_CHECK(score_seurat(view, usable_genes, context, out));
  }
  choose(out, options);
  if (out.genes.empty())
    return failure(ErrorCode::cannot_answer, "highly_variable_genes.no_variation");
  context.report("highly_variable_genes", 1.0);
  return out;
}

}  // namespace celloquy::highly_variable_genes
