#pragma once
// How good scores and probabilities are. All are plain functions of numbers.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace celloquy::training {

/// Area under the ROC curve: the chance that a positive has a higher score than
/// a negative, ties by half. NaN when one of the kinds is missing. O(n log n).
double auroc(std::span<const float> score, std::span<const std::uint8_t> positive);

/// Expected calibration error: in ten bins of equal width the mean distance of
/// stated probability and share that is right, weighted by size (Guo et al. 2017).
double calibration_error(std::span<const float> probability, std::span<const std::uint8_t> right);

/// Mean of 1 / rank, ranks from 1.
double mean_reciprocal_rank(std::span<const std::size_t> ranks);

}  // namespace celloquy::training
