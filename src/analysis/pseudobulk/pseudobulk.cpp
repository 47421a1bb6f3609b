#include "analysis/pseudobulk/pseudobulk.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/pseudobulk/moderated_t.hpp"
#include "analysis/statistics/checks.hpp"
#include "analysis/statistics/distributions.hpp"
#include "analysis/statistics/group_sums.hpp"

namespace celloquy::pseudobulk {
namespace {

/// Samples that enter: the first condition's, then the second's.
struct Design {
  std::vector<std::uint32_t> samples;
  std::size_t n_first = 0, n_second = 0;
};

Design choose_samples(const statistics::GroupSums& sums, const std::vector<std::int8_t>& condition,
                      const Options& options, Result& out) {
  // A sample without any count has no composition to compare.
  const auto enters = [&](std::uint32_t sample) {
    const double* row = sums.sum.data() + std::size_t{sample} * sums.n_genes;
    return sums.n_cells[sample] >= std::max(1u, options.min_cells) &&
           std::accumulate(row, row + sums.n_genes, 0.0) > 0;
  };
  for (std::uint32_t sample = 0; sample < sums.n_groups; ++sample) {
    if (condition[sample] != 0 && condition[sample] != 1) continue;
    if (!enters(sample)) continue;
    (condition[sample] == 0 ? out.samples_first : out.samples_second).push_back(sample);
  }
  Design design;
  design.samples = out.samples_first;
  design.samples.insert(design.samples.end(), out.samples_second.begin(), out.samples_second.end());
  design.n_first = out.samples_first.size();
  design.n_second = out.samples_second.size();
  return design;
}

/// log2 counts per million with a prior of 2 counts, scaled with the size of the
/// library (Law et al. 2014; McCarthy, Chen & Smyth 2012): samples of the design
/// × chosen genes, gene by gene.
std::vector<double> log_cpm(const statistics::GroupSums& sums, const Design& design,
                            const std::vector<std::uint32_t>& genes) {
  constexpr double prior_count = 2;
  const std::size_t n = design.samples.size();
  std::vector<double> libraries;
  for (const auto sample : design.samples) {
    const double* row = sums.sum.data() + std::size_t{sample} * sums.n_genes;
    libraries.push_back(std::accumulate(row, row + sums.n_genes, 0.0));
  }
  const double mean_library =
      std::accumulate(libraries.begin(), libraries.end(), 0.0) / static_cast<double>(n);
  std::vector<double> out(genes.size() * n);
  for (std::size_t s = 0; s < n; ++s) {
    const double prior = prior_count * libraries[s] / mean_library;
    const double library = (libraries[s] + 2 * prior) / 1e6;
    const double* row = sums.sum.data() + std::size_t{design.samples[s]} * sums.n_genes;
    for (std::size_t i = 0; i < genes.size(); ++i)
      out[i * n + s] = std::log2((row[genes[i]] + prior) / library);
  }
  return out;
}

/// Two means and the pooled variance around them, a gene.
struct Fit {
  std::vector<double> difference, mean, variance;
};

Fit fit_two_means(const std::vector<double>& values, const Design& design, std::size_t n_genes) {
  const std::size_t n = design.samples.size();
  const double freedom = static_cast<double>(n - 2);
  Fit fit;
  for (std::size_t i = 0; i < n_genes; ++i) {
    const double *first = values.data() + i * n, *second = first + design.n_first, *end = first + n;
    const double mean_first =
        std::accumulate(first, second, 0.0) / static_cast<double>(design.n_first);
    const double mean_second =
        std::accumulate(second, end, 0.0) / static_cast<double>(design.n_second);
    double squares = 0;
    for (const double* value = first; value < end; ++value) {
      const double residual = *value - (value < second ? mean_first : mean_second);
      squares += residual * residual;
    }
    fit.difference.push_back(mean_first - mean_second);
    fit.mean.push_back(std::accumulate(first, end, 0.0) / static_cast<double>(n));
    fit.variance.push_back(squares / freedom);
  }
  return fit;
}

void moderate(const Fit& fit, const Design& design, Result& out) {
  const std::size_t n_genes = fit.variance.size();
  const double freedom = static_cast<double>(design.samples.size() - 2);
  const VariancePrior prior = fit_variance_prior(fit.variance, freedom, fit.mean);
  out.prior_degrees_of_freedom = prior.degrees_of_freedom;
  // No more degrees of freedom than all genes' residuals have together.
  const double total =
      std::min(freedom + prior.degrees_of_freedom, freedom * static_cast<double>(n_genes));
  const double per_mean =
      1 / static_cast<double>(design.n_first) + 1 / static_cast<double>(design.n_second);
  for (std::size_t i = 0; i < n_genes; ++i) {
    const double variance =
        std::isinf(prior.degrees_of_freedom)
            ? prior.variance[i]
            : (freedom * fit.variance[i] + prior.degrees_of_freedom * prior.variance[i]) /
                  (freedom + prior.degrees_of_freedom);
    const double deviation = std::sqrt(variance * per_mean);
    const double t = deviation > 0 ? fit.difference[i] / deviation : 0;
    out.t.push_back(static_cast<float>(t));
    out.p_value.push_back(statistics::student_t_two_sided(t, total));
    out.log2_fold_change.push_back(static_cast<float>(fit.difference[i]));
    out.mean_log2_cpm.push_back(static_cast<float>(fit.mean[i]));
  }
  out.p_adjusted = statistics::benjamini_hochberg(out.p_value.data(), n_genes);
}

}  // namespace

Expected<Result> compute(const CountMatrix& counts, const std::vector<std::int32_t>& samples,
                         std::uint32_t n_samples, const std::vector<std::int8_t>& condition,
                         const Options& options, const Context& context) {
  if (condition.size() != n_samples)
    return failure(ErrorCode::internal, "base.internal",
                   {{"what", "one condition a sample is needed"}});
  if (!statistics::non_negative(counts, context))
    return failure(ErrorCode::cannot_answer, "pseudobulk.needs_counts");
  const Normalization identity;
  const ExpressionView view{&counts, &identity};
  CELLOQUY_TRY(const auto sums, statistics::group_sums(view, samples, n_samples, context));

  Result out;
  const Design design = choose_samples(sums, condition, options, out);
  const std::size_t least = std::max(1u, options.min_replicates);
  // Without a second sample in one condition at least there is nothing to measure
  // the variation between samples by.
  if (std::min(design.n_first, design.n_second) < least || design.samples.size() < 3)
    return failure(ErrorCode::cannot_answer, "pseudobulk.few_replicates",
                   {{"first", design.n_first},
                    {"second", design.n_second},
                    {"needed", std::max<std::size_t>(least, 2)},
                    {"cells", options.min_cells}});
  for (std::uint32_t g = 0; g < sums.n_genes; ++g) {
    double total = 0;
    for (const auto sample : design.samples)
      total += sums.sum[std::size_t{sample} * sums.n_genes + g];
    if (total > 0 && total >= options.min_count) out.genes.push_back(g);
  }
  if (out.genes.empty())
    return failure(ErrorCode::cannot_answer, "pseudobulk.no_genes", {{"count", options.min_count}});
  const auto values = log_cpm(sums, design, out.genes);
  moderate(fit_two_means(values, design, out.genes.size()), design, out);
  if (context.cancelled()) return cancelled_error();
  context.report("pseudobulk", 1.0);
  return out;
}

}  // namespace celloquy::pseudobulk
