#pragma once
// How good scores and probabilities are. All are plain functions of numbers.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace celloquy::training {

/// Area under the ROC curve: the chance that a positive has a higher score than
/// a negative, ties by half. NaN when one of the kinds is missing. O(n log n).
double auroc(std::span<const float> score, std::span<const std::uint8_t> positive);

/// Stated probabilities against what came true, in ten bins of equal width.
struct Reliability {
  struct Bin {
    double count = 0;   ///< answers whose probability lies in the bin
    double stated = 0;  ///< sum of their probabilities
    double right = 0;   ///< how many of them are right
  };
  std::array<Bin, 10> bins;
  Reliability& operator+=(const Reliability& other);
  double count() const;
};
Reliability reliability(std::span<const float> probability, std::span<const std::uint8_t> right);

/// Expected calibration error: in these bins the mean distance of stated
/// probability and share that is right, weighted by size (Guo et al. 2017); 0 of nothing.
double calibration_error(const Reliability& reliability);
double calibration_error(std::span<const float> probability, std::span<const std::uint8_t> right);

/// Mean of 1 / rank, ranks from 1.
double mean_reciprocal_rank(std::span<const std::size_t> ranks);

/// Rank of scores[at] from 1; of equal scores all have the mean of their ranks, rounded
/// down, so that a constant score is not rewarded.
std::size_t rank_of(std::span<const float> scores, std::size_t at);

/// A mean and where 95 % of 1,000 bootstrap samples lie. Whole groups (atlases,
/// studies) are drawn, since values of one group are not independent.
struct Estimate {
  double mean = 0, low = 0, high = 0;
  std::size_t n = 0;         ///< values
  std::size_t n_groups = 0;  ///< that have a value
};
/// `group`: of each value, below `n_groups`. All 0 without values.
Estimate estimate_mean(std::span<const double> values, std::span<const std::size_t> group,
                       std::size_t n_groups);
/// The same for any measure of some drawn groups (their numbers; one may stand there
/// several times). Samples for which it is NaN do not count.
Estimate estimate(std::size_t n_groups,
                  const std::function<double(std::span<const std::size_t>)>& measure);

}  // namespace celloquy::training
