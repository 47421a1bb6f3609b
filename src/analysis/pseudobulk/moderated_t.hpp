#pragma once
// Empirical Bayes variances with a trend, and the moderated t they give.

#include <vector>

namespace celloquy::pseudobulk {

/// The prior of the genes' variances: s²_g ~ s0²_g · F(d, d0) (Smyth 2004), where
/// ln s0² may follow the mean expression as a natural cubic spline (the trend of
/// Sartor et al. 2006 and Law et al. 2014).
struct VariancePrior {
  std::vector<double> variance;   ///< s0², a gene
  double degrees_of_freedom = 0;  ///< d0; infinity when the genes do not differ
};

/// `variances`: residual variances, a gene, `degrees_of_freedom` > 0 each.
/// `covariate`: mean log expression, a gene.
VariancePrior fit_variance_prior(const std::vector<double>& variances, double degrees_of_freedom,
                                 const std::vector<double>& covariate);

/// Fitted values of the least-squares natural cubic spline with `n_knots` knots:
/// the two ends and equally spaced quantiles between. One knot: the mean; two:
/// a line.
std::vector<double> fit_natural_spline(const std::vector<double>& x, const std::vector<double>& y,
                                       std::size_t n_knots);

}  // namespace celloquy::pseudobulk
