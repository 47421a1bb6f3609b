#include "analysis/highly_variable_genes/loess.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace celloquy::highly_variable_genes {
namespace {

/// Points in ascending order of x.
struct Points {
  std::vector<double> x, y;
};

struct LocalFit {
  double value = 0, slope = 0;
};

/// Solves the weighted least squares of a parabola around `at` through its
/// normal equations. Distances are scaled by the bandwidth, so the moments lie
/// between 0 and n and the system is well conditioned; directions in which the
/// points do not spread (one or two distinct x) are left out, lowest power first kept.
LocalFit solve(const double moments[5], const double right[3], double bandwidth) {
  double a[3][4] = {{moments[0], moments[1], moments[2], right[0]},
                    {moments[1], moments[2], moments[3], right[1]},
                    {moments[2], moments[3], moments[4], right[2]}};
  bool used[3] = {true, true, true};
  // Cholesky-like elimination without pivoting: the matrix is positive semi-definite.
  for (int i = 0; i < 3; ++i) {
    if (!(a[i][i] > 1e-12 * moments[0])) {
      used[i] = false;
      continue;
    }
    for (int j = i + 1; j < 3; ++j) {
      const double factor = a[j][i] / a[i][i];
      for (int k = i; k < 4; ++k) a[j][k] -= factor * a[i][k];
    }
  }
  double beta[3] = {0, 0, 0};
  for (int i = 2; i >= 0; --i) {
    if (!used[i]) continue;
    double rest = a[i][3];
    for (int j = i + 1; j < 3; ++j) rest -= a[i][j] * beta[j];
    beta[i] = rest / a[i][i];
  }
  return {beta[0], beta[1] / bandwidth};
}

/// The local parabola at `at`, tricube weights over the q nearest points.
LocalFit fit_at(const Points& points, double at, std::size_t q, double span) {
  const std::size_t n = points.x.size();
  // The window of the q nearest points slides until the next point on the right
  // is farther than the first on the left.
  std::size_t first = static_cast<std::size_t>(
      std::lower_bound(points.x.begin(), points.x.end(), at) - points.x.begin());
  first = first > q ? first - q : 0;
  while (first + q < n && points.x[first + q] - at < at - points.x[first]) ++first;
  double bandwidth = std::max(at - points.x[first], points.x[first + q - 1] - at);
  bandwidth *= std::max(1.0, span);
  if (!(bandwidth > 0)) bandwidth = 1;
  // If the nearest are all at one distance (many equal x) none would have weight.
  double nearest = bandwidth;
  for (std::size_t i = first; i < first + q; ++i)
    nearest = std::min(nearest, std::abs(points.x[i] - at));
  if (nearest >= 0.999 * bandwidth) bandwidth *= 1.5;
  // Points at exactly the distance of the q-th, or within a span above 1, count too.
  while (first > 0 && at - points.x[first - 1] <= bandwidth) --first;
  double moments[5] = {0, 0, 0, 0, 0}, right[3] = {0, 0, 0};
  for (std::size_t i = first; i < n; ++i) {
    const double u = (points.x[i] - at) / bandwidth, distance = std::abs(u);
    if (distance >= 0.999) {
      if (u > 0) break;
      continue;
    }
    const double cube = 1 - distance * distance * distance;
    const double weight = distance <= 0.001 ? 1 : cube * cube * cube;
    double power = weight;
    for (int m = 0; m < 5; ++m, power *= u) {
      moments[m] += power;
      if (m < 3) right[m] += power * points.y[i];
    }
  }
  return solve(moments, right, bandwidth);
}

/// The place nearest to the middle (the right one first) where a point differs
/// from the next, so that equal points stay together.
std::size_t split_place(const Points& points, std::size_t first, std::size_t last) {
  const std::size_t middle = (first + last) / 2;
  for (std::size_t offset = 0;; ++offset) {
    if (middle + offset >= last) return middle;
    if (points.x[middle + offset] != points.x[middle + offset + 1]) return middle + offset;
    if (offset == 0) continue;
    if (middle < first + offset) return middle;
    if (points.x[middle - offset] != points.x[middle - offset + 1]) return middle - offset;
  }
}

/// Cuts [first, last] of the sorted points at their median points until no cell
/// holds more than `most` of them; adds the cuts. A cell whose median lies on
/// its border stays whole.
void cut_cells(const Points& points, std::size_t first, std::size_t last, std::size_t most,
               double lower, double upper, std::vector<double>& cuts) {
  if (last + 1 - first <= most) return;
  const std::size_t place = split_place(points, first, last);
  const double cut = points.x[place];
  if (cut == lower || cut == upper) return;
  cuts.push_back(cut);
  cut_cells(points, first, place, most, lower, cut, cuts);
  cut_cells(points, place + 1, last, most, cut, upper, cuts);
}

}  // namespace

std::vector<double> loess(const std::vector<double>& x, const std::vector<double>& y, double span) {
  const std::size_t n = x.size();
  if (n == 0) return {};
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
  Points points;
  for (const auto i : order) {
    points.x.push_back(x[i]);
    points.y.push_back(y[i]);
  }
  const double real_q = std::floor(static_cast<double>(n) * std::min(span, 1.0) + 1e-5);
  const std::size_t q = std::clamp<std::size_t>(static_cast<std::size_t>(real_q), 1, n);
  constexpr double cell = 0.2;  // share of the span that one cell of the tree may hold
  const auto most = static_cast<std::size_t>(std::floor(static_cast<double>(n) * span * cell));

  // A little room beyond the outermost points, as the original has.
  const double low = points.x.front(), high = points.x.back();
  const double range =
      std::max(high - low, std::max(std::abs(low), std::abs(high)) * 1e-10 + 1e-30);
  const double margin = 0.005 * range;
  std::vector<double> knots = {low - margin, high + margin};
  cut_cells(points, 0, n - 1, std::max<std::size_t>(most, 1), knots[0], knots[1], knots);
  std::sort(knots.begin(), knots.end());
  std::vector<LocalFit> fits;
  for (const double knot : knots) fits.push_back(fit_at(points, knot, q, span));

  std::vector<double> fitted(n);
  std::size_t piece = 0;
  for (std::size_t i = 0; i < n; ++i) {
    while (piece + 2 < knots.size() && points.x[i] > knots[piece + 1]) ++piece;
    const double width = knots[piece + 1] - knots[piece];
    const double t = (points.x[i] - knots[piece]) / width, s = 1 - t;
    const LocalFit &left = fits[piece], &right = fits[piece + 1];
    fitted[order[i]] = s * s * (1 + 2 * t) * left.value + t * t * (1 + 2 * s) * right.value +
                       width * t * s * (s * left.slope - t * right.slope);
  }
  return fitted;
}

}  // namespace celloquy::highly_variable_genes
