#include "analysis/statistics/distributions.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

namespace celloquy::statistics {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// ln Γ(x) minus Stirling's (x − ½) ln x − x + ½ ln 2π, x ≥ 10.
double stirling_rest(double x) {
  const double r = 1 / (x * x);
  return (1.0 / 12 +
          r * (-1.0 / 360 +
               r * (1.0 / 1260 + r * (-1.0 / 1680 + r * (1.0 / 1188 + r * (-691.0 / 360360)))))) /
         x;
}

/// ln of x^a y^b / B(a, b). For large a and b the terms of size a ln a cancel,
/// so they are never formed: each is written around the mean a/(a + b).
double log_beta_power(double a, double b, double x, double y) {
  const double sum = a + b;
  // Near 1 the distance from 1 is what is known exactly.
  const double log_x = y < 0.5 ? std::log1p(-y) : std::log(x);
  const double log_y = x < 0.5 ? std::log1p(-x) : std::log(y);
  if (a >= 10 && b >= 10) {
    // a ln(x·sum/a) + b ln(y·sum/b), both small near the mean.
    const auto part = [](double weight, double value, double mean) {
      const double difference = (value - mean) / mean;
      return weight *
             (std::abs(difference) < 0.5 ? std::log1p(difference) : std::log(value / mean));
    };
    return part(a, x, a / sum) + part(b, y, b / sum) + 0.5 * std::log(a / sum * b) -
           0.5 * std::log(2 * M_PI) + stirling_rest(sum) - stirling_rest(a) - stirling_rest(b);
  }
  if (std::max(a, b) < 10)
    return a * log_x + b * log_y - (std::lgamma(a) + std::lgamma(b) - std::lgamma(sum));
  // One large: ln Γ(sum) − ln Γ(large) without its large terms.
  const double large = std::max(a, b), little = std::min(a, b);
  const double ratio = (large - 0.5) * std::log1p(little / large) + little * std::log(sum) -
                       little + stirling_rest(sum) - stirling_rest(large);
  return a * log_x + b * log_y + ratio - std::lgamma(little);
}

/// The continued fraction of I_x(a, b)·a·B/(x^a y^b); converges fast for
/// x < (a + 1)/(a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double tiny = 1e-300;
  const auto not_zero = [](double value) { return std::abs(value) < tiny ? tiny : value; };
  double c = 1, d = 1 / not_zero(1 - (a + b) * x / (a + 1)), value = d;
  for (int m = 1; m < 100'000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / not_zero(1 + even * d);
    c = not_zero(1 + even / c);
    value *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / not_zero(1 + odd * d);
    c = not_zero(1 + odd / c);
    const double change = d * c;
    value *= change;
    if (std::abs(change - 1) < 1e-15) break;
  }
  return value;
}

}  // namespace

double normal_two_sided(double z) { return std::erfc(std::abs(z) * M_SQRT1_2); }

double incomplete_beta(double a, double b, double x, double y) {
  if (!(x > 0)) return 0;
  if (!(y > 0)) return 1;
  const double power = std::exp(log_beta_power(a, b, x, y));
  if (x < (a + 1) / (a + b + 2)) return power * beta_fraction(a, b, x) / a;
  return 1 - power * beta_fraction(b, a, y) / b;
}

double student_t_two_sided(double t, double degrees_of_freedom) {
  if (std::isnan(t) || !(degrees_of_freedom > 0)) return std::numeric_limits<double>::quiet_NaN();
  if (std::isinf(t)) return 0;
  if (std::isinf(degrees_of_freedom)) return normal_two_sided(t);
  const double square = t * t, sum = degrees_of_freedom + square;
  return incomplete_beta(degrees_of_freedom / 2, 0.5, degrees_of_freedom / sum, square / sum);
}

double digamma(double x) {
  double shift = 0;
  for (; x < 10; x += 1) shift -= 1 / x;
  const double r = 1 / (x * x);
  return shift + std::log(x) - 0.5 / x -
         r * (1.0 / 12 -
              r * (1.0 / 120 -
                   r * (1.0 / 252 - r * (1.0 / 240 - r * (1.0 / 132 - r * 691.0 / 32760)))));
}

double trigamma(double x) {
  double shift = 0;
  for (; x < 10; x += 1) shift += 1 / (x * x);
  const double r = 1 / (x * x);
  return shift + 1 / x + r / 2 +
         r / x *
             (1.0 / 6 -
              r * (1.0 / 30 - r * (1.0 / 42 - r * (1.0 / 30 - r * (5.0 / 66 - r * 691.0 / 2730)))));
}

namespace {
/// Derivative of trigamma.
double tetragamma(double x) {
  double shift = 0;
  for (; x < 10; x += 1) shift -= 2 / (x * x * x);
  const double r = 1 / (x * x);
  return shift - r * (1 + 1 / x + r * (0.5 - r * (1.0 / 6 - r * (1.0 / 6 - r * 0.3))));
}
}  // namespace

double trigamma_inverse(double x) {
  // Newton's method on 1/ψ′, which is convex and nearly a line for large y, so
  // that the steps from this start converge (Smyth 2004, appendix).
  double y = 0.5 + 1 / x;
  for (int step = 0; step < 100; ++step) {
    const double value = trigamma(y);
    const double change = value * (1 - value / x) / tetragamma(y);
    y += change;
    if (std::abs(change) <= 1e-13 * y) break;
  }
  return y;
}

double hypergeometric_upper(std::uint32_t hits, std::uint32_t marked, std::uint32_t drawn,
                            std::uint32_t all) {
  const std::uint32_t most = std::min(marked, drawn);
  const std::uint32_t least = marked + drawn > all ? marked + drawn - all : 0;
  if (hits <= least) return 1;
  if (hits > most) return 0;
  const auto choose = [](double n, double k) {
    return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
  };
  const double m = marked, d = drawn, n = all;
  double k = hits;
  // From the first term on, each by its ratio to the one before: all are positive.
  double term = 1, sum = 1;
  for (; k < most; k += 1) {
    term *= (m - k) * (d - k) / ((k + 1) * (n - m - d + k + 1));
    sum += term;
    if (term < 1e-17 * sum) break;
  }
  const double first = choose(m, hits) + choose(n - m, d - hits) - choose(n, d);
  return std::min(1.0, std::exp(first + std::log(sum)));
}

std::vector<double> benjamini_hochberg(const double* p_values, std::size_t count) {
  std::vector<double> adjusted(count);
  std::vector<std::pair<double, std::uint32_t>> sorted(count);
  for (std::size_t i = 0; i < count; ++i)
    sorted[i] = {std::isnan(p_values[i]) ? 1.0 : p_values[i], static_cast<std::uint32_t>(i)};
  std::sort(sorted.begin(), sorted.end());
  double smallest = 1;
  for (std::size_t i = count; i-- > 0;) {
    const double share = static_cast<double>(i + 1) / static_cast<double>(count);
    smallest = std::min(smallest, sorted[i].first / share);
    adjusted[sorted[i].second] = smallest;
  }
  return adjusted;
}

}  // namespace celloquy::statistics
