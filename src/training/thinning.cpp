#include "training/thinning.hpp"

#include <cmath>

namespace celloquy::training {
namespace {

double log_factorial(double k) {
  constexpr double small[] = {0,
                              0,
                              0.6931471805599453,
                              1.791759469228055,
                              3.1780538303479458,
                              4.787491742782046,
                              6.579251212010101,
                              8.525161361065415,
                              10.60460290274525,
                              12.801827480081469};
  if (k < 10) return small[static_cast<std::size_t>(k)];
  // Stirling's series; std::lgamma would write a global.
  const double x = k + 1, r = 1 / x, r2 = r * r;
  return (x - 0.5) * std::log(x) - x + 0.9189385332046727 +
         r * (1.0 / 12 - r2 * (1.0 / 360 - r2 / 1260));
}

std::uint64_t poisson_by_inversion(double mean, RandomStream& random) {
  double probability = std::exp(-mean), left = random.uniform();
  std::uint64_t k = 0;
  while (left >= probability && k < 1000) {
    left -= probability;
    ++k;
    probability *= mean / static_cast<double>(k);
  }
  return k;
}

}  // namespace

std::uint64_t poisson(double mean, RandomStream& random) {
  if (mean < 10) return poisson_by_inversion(mean, random);
  const double log_mean = std::log(mean), b = 0.931 + 2.53 * std::sqrt(mean),
               a = -0.059 + 0.02483 * b, inverse_alpha = 1.1239 + 1.1328 / (b - 3.4),
               v_r = 0.9277 - 3.6224 / (b - 2);
  while (true) {
    const double u = random.uniform() - 0.5, v = random.uniform(), us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= v_r) return static_cast<std::uint64_t>(k);
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v * inverse_alpha / (a / (us * us) + b)) <= k * log_mean - mean - log_factorial(k))
      return static_cast<std::uint64_t>(k);
  }
}

double level_depth(std::size_t level, double least, double most) {
  return least +
         (most - least) * static_cast<double>(level - 1) / static_cast<double>(depth_levels - 2);
}

ThinnedMean::ThinnedMean(double depth) : depth_(depth), scale_(1e4 / depth) {
  for (std::size_t i = 0; i <= knots; ++i) {
    const double root = static_cast<double>(i) / knots, mean = root * root * most_mean;
    // Outward from the mode, until what is left cannot matter.
    const auto mode = static_cast<std::int64_t>(mean);
    const auto term = [&](std::int64_t k) {
      const double count = static_cast<double>(k);
      return mean > 0 ? std::exp(count * std::log(mean) - mean - log_factorial(count))
                      : (k == 0 ? 1.0 : 0.0);
    };
    double sum = 0;
    for (std::int64_t k = mode; k >= 0; --k) {
      const double p = term(k);
      sum += p * std::log1p(scale_ * static_cast<double>(k));
      if (p < 1e-12) break;
    }
    for (std::int64_t k = mode + 1;; ++k) {
      const double p = term(k);
      sum += p * std::log1p(scale_ * static_cast<double>(k));
      if (p < 1e-12) break;
    }
    table_[i] = static_cast<float>(sum);
  }
}

double ThinnedMean::operator()(double share) const {
  const double mean = share * depth_;
  if (mean >= most_mean) {
    const double y = 1 + scale_ * mean;
    return std::log(y) - scale_ * scale_ * mean / (2 * y * y);
  }
  const double at = std::sqrt(mean / most_mean) * knots;
  const auto below = static_cast<std::size_t>(at);
  const double part = at - static_cast<double>(below);
  return table_[below] + part * (table_[below + 1] - table_[below]);
}

}  // namespace celloquy::training
