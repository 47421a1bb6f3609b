// Written from Smyth, "Linear models and empirical Bayes methods for assessing
// differential expression in microarray experiments" (2004), section 6.2, and
// the natural spline basis of Hastie, Tibshirani & Friedman (2009), eq. 5.4–5.5.
#include "analysis/pseudobulk/moderated_t.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/statistics/distributions.hpp"
#include "analysis/statistics/linear_algebra.hpp"

namespace celloquy::pseudobulk {
namespace {

/// Distinct knots: the ends and equally spaced quantiles between (interpolated).
std::vector<double> choose_knots(std::vector<double> x, std::size_t n_knots) {
  std::sort(x.begin(), x.end());
  std::vector<double> knots;
  for (std::size_t k = 0; k < n_knots; ++k) {
    const double at = static_cast<double>(k) * static_cast<double>(x.size() - 1) /
                      static_cast<double>(std::max<std::size_t>(1, n_knots - 1));
    const auto below = static_cast<std::size_t>(at);
    const auto above = std::min(below + 1, x.size() - 1);
    const double knot = x[below] + (at - static_cast<double>(below)) * (x[above] - x[below]);
    if (knots.empty() || knot > knots.back()) knots.push_back(knot);
  }
  return knots;
}

double cubed_above(double x, double knot) { return x > knot ? std::pow(x - knot, 3) : 0; }

/// 1, x, and the K − 2 curves that are cubic between the knots and straight beyond; column by
/// column.
std::vector<double> natural_basis(const std::vector<double>& x, const std::vector<double>& knots) {
  const std::size_t n = x.size(), n_columns = knots.size();
  std::vector<double> basis(n * n_columns, 1.0);
  if (n_columns < 2) return basis;
  std::copy(x.begin(), x.end(), basis.begin() + static_cast<std::ptrdiff_t>(n));
  const double last = knots.back();
  const auto d = [&](double value, std::size_t k) {
    return (cubed_above(value, knots[k]) - cubed_above(value, last)) / (last - knots[k]);
  };
  for (std::size_t k = 0; k + 2 < n_columns; ++k)
    for (std::size_t i = 0; i < n; ++i)
      basis[(k + 2) * n + i] = d(x[i], k) - d(x[i], n_columns - 2);
  return basis;
}

/// How flexible a trend the number of genes supports.
std::size_t trend_knots(std::size_t n_genes) { return n_genes < 10 ? 1 : n_genes < 30 ? 2 : 4; }

}  // namespace

std::vector<double> fit_natural_spline(const std::vector<double>& x, const std::vector<double>& y,
                                       std::size_t n_knots) {
  const std::size_t n = x.size();
  if (n == 0) return {};
  // The unit interval keeps the cubes of the basis comparable with its line.
  const auto [low, high] = std::minmax_element(x.begin(), x.end());
  const double width = *high > *low ? *high - *low : 1;
  std::vector<double> unit(n);
  for (std::size_t i = 0; i < n; ++i) unit[i] = (x[i] - *low) / width;
  const auto knots = choose_knots(unit, std::clamp<std::size_t>(n_knots, 1, n));
  auto basis = natural_basis(unit, knots);
  statistics::orthonormalize(basis.data(), n, knots.size());
  std::vector<double> fitted(n, 0.0);
  for (std::size_t k = 0; k < knots.size(); ++k) {
    const double* column = basis.data() + k * n;
    double projection = 0;
    for (std::size_t i = 0; i < n; ++i) projection += column[i] * y[i];
    for (std::size_t i = 0; i < n; ++i) fitted[i] += projection * column[i];
  }
  return fitted;
}

VariancePrior fit_variance_prior(const std::vector<double>& variances, double degrees_of_freedom,
                                 const std::vector<double>& covariate) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  // A variance of zero has no logarithm; such genes do not speak, but get the trend.
  double largest = 0, smallest = infinity;
  for (const double variance : variances)
    if (variance > 0) {
      largest = std::max(largest, variance);
      smallest = std::min(smallest, variance);
    }
  if (largest == 0) return {std::vector<double>(variances.size(), 0.0), infinity};
  const double half = degrees_of_freedom / 2;
  const double bias = statistics::digamma(half) - std::log(half);  // E ln s² − ln σ²
  std::vector<double> log_variance(variances.size());
  std::size_t n_speaking = 0;
  for (std::size_t i = 0; i < variances.size(); ++i) {
    n_speaking += variances[i] > 0;
    log_variance[i] = std::log(variances[i] > 0 ? variances[i] : smallest) - bias;
  }
  const std::size_t n_knots = trend_knots(n_speaking);
  const auto trend = fit_natural_spline(covariate, log_variance, n_knots);
  double squares = 0;
  for (std::size_t i = 0; i < variances.size(); ++i)
    squares += (log_variance[i] - trend[i]) * (log_variance[i] - trend[i]);
  const double freedom = static_cast<double>(variances.size()) - static_cast<double>(n_knots);
  // What the genes vary beyond the sampling of a variance is ψ′(d0/2).
  const double excess = freedom > 0 ? squares / freedom - statistics::trigamma(half) : 0.0;
  VariancePrior prior;
  prior.degrees_of_freedom = excess > 0 ? 2 * statistics::trigamma_inverse(excess) : infinity;
  const double half_prior = prior.degrees_of_freedom / 2;
  const double shift = excess > 0 ? statistics::digamma(half_prior) - std::log(half_prior) : 0.0;
  prior.variance.reserve(trend.size());
  for (const double value : trend) prior.variance.push_back(std::exp(value + shift));
  return prior;
}

}  // namespace celloquy::pseudobulk
