#pragma once
// Counting fewer molecules: what a profile looks like at the depth of a cell.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.hpp"

namespace celloquy::training {

/// A Poisson number: inversion below a mean of 10, above it the transformed
/// rejection of Hörmann (1993, PTRS). mean ≥ 0.
std::uint64_t poisson(double mean, RandomStream& random);

/// Depths at which centres are known; between them they are interpolated. The
/// first is the profile as it is, without counting.
inline constexpr std::size_t depth_levels = 7;
/// log10 of the counts of level 1 … depth_levels − 1, evenly from `least` to `most`.
double level_depth(std::size_t level, double least, double most);

/// The mean of log1p(counts per 10,000) of a gene when its counts are Poisson,
/// for one depth. Not log1p of the mean: at low depth most counts are 0.
class ThinnedMean {
 public:
  explicit ThinnedMean(double depth);
  /// `share`: of the gene among all counts, 0 … 1. Error below 0.001.
  double operator()(double share) const;

 private:
  static constexpr std::size_t knots = 2048;
  static constexpr double most_mean = 1024;  // beyond, the second-order expansion is exact enough
  double depth_, scale_;
  std::array<float, knots + 1> table_;  // at means (i/knots)² · most_mean
};

}  // namespace celloquy::training
