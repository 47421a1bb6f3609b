#pragma once
// Two groups along a line: weighted points as a mixture of two normal
// distributions of one variance (Pearson 1894; EM of Dempster, Laird & Rubin 1977).

#include <span>

namespace celloquy::space {

/// Some cells that lie together: how much they count, their weighted mean, and
/// their variance about it (0 for a single cell).
struct WeightedPoint {
  double weight, position, variance;
};

struct TwoGroups {
  double low, high;   ///< means
  double variance;    ///< of either group
  double share_high;  ///< between 0.02 and 0.98

  /// Distance of the means in standard deviations.
  double gap() const;
  /// Where both groups are equally likely; halfway where that is not between them.
  double border() const;
};

/// 60 rounds from means one standard deviation either side of `mean`. Weights
/// above 0 and `standard_deviation` > 0. O(points).
TwoGroups two_groups(std::span<const WeightedPoint> points, double mean, double standard_deviation);

/// 1 / (1 + e^−x) for any x, without overflow.
double logistic(double x);

}  // namespace celloquy::space
