#include "space/labels/mixture.hpp"

#include <algorithm>
#include <cmath>

namespace celloquy::space {

double logistic(double x) {
  const double small = std::exp(-std::abs(x));  // at most 1
  return (x < 0 ? small : 1.0) / (1.0 + small);
}

double TwoGroups::gap() const { return (high - low) / std::sqrt(variance); }

double TwoGroups::border() const {
  const double middle = (low + high) / 2;
  const double at =
      middle - variance / std::max(high - low, 1e-9) * std::log(share_high / (1 - share_high));
  return low <= at && at <= high ? at : middle;
}

TwoGroups two_groups(std::span<const WeightedPoint> points, double mean,
                     double standard_deviation) {
  constexpr int rounds = 60;
  struct Sums {
    double weight = 0, first = 0, second = 0;
    void add(double w, double x, double variance) {
      weight += w;
      first += w * x;
      second += w * (x * x + variance);
    }
    double mean() const { return first / std::max(weight, 1e-9); }
    double squares_about(double m) const { return second - 2 * m * first + m * m * weight; }
  };
  // Positions are taken from the mean, so that squares do not cancel.
  TwoGroups groups{-standard_deviation, standard_deviation,
                   0.36 * standard_deviation * standard_deviation, 0.5};
  for (int round = 0; round < rounds; ++round) {
    const double middle = (groups.low + groups.high) / 2;
    const double slope = (groups.high - groups.low) / groups.variance;
    const double prior = std::log(groups.share_high / (1 - groups.share_high));
    Sums low, high;
    for (const auto& point : points) {
      const double x = point.position - mean;
      const double is_high = point.weight * logistic(prior + slope * (x - middle));
      high.add(is_high, x, point.variance);
      low.add(point.weight - is_high, x, point.variance);
    }
    const double total = low.weight + high.weight;
    groups.low = low.mean();
    groups.high = high.mean();
    groups.share_high = std::clamp(high.weight / total, 0.02, 0.98);
    groups.variance =
        std::max((low.squares_about(groups.low) + high.squares_about(groups.high)) / total, 1e-10);
  }
  groups.low += mean;
  groups.high += mean;
  return groups;
}

}  // namespace celloquy::space
