#include "training/thinning.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace celloquy::training {
namespace {

/// Counts of each value against the probabilities, by chi-square.
TEST(Poisson, HasTheProbabilitiesOfThePoissonDistribution) {
  for (const double mean : {0.0, 1e-3, 0.3, 2.0, 9.9, 10.0, 10.7, 35.0, 400.0, 2e4}) {
    RandomStream random(7, static_cast<std::uint64_t>(mean * 1000));
    constexpr int draws = 200'000;
    // Bins that hold about a twentieth each.
    const double width = std::max(1.0, std::floor(std::sqrt(mean) / 5));
    const double low = std::max(0.0, std::floor(mean - 5 * std::sqrt(mean)));
    std::vector<double> expected(64), found(64);
    double sum = 0, square = 0;
    const auto bin = [&](double k) {
      return static_cast<std::size_t>(std::min(63.0, std::max(0.0, std::floor((k - low) / width))));
    };
    for (double k = 0; k < mean + 20 * std::sqrt(mean) + 20; ++k)
      expected[bin(k)] +=
          draws * std::exp(k * std::log(std::max(mean, 1e-300)) - mean - std::lgamma(k + 1));
    for (int i = 0; i < draws; ++i) {
      const auto k = static_cast<double>(poisson(mean, random));
      ++found[bin(k)];
      sum += k;
      square += k * k;
    }
    double chi = 0;
    int bins = 0;
    for (std::size_t b = 0; b < 64; ++b) {
      if (expected[b] < 20) continue;
      chi += (found[b] - expected[b]) * (found[b] - expected[b]) / expected[b];
      ++bins;
    }
    EXPECT_LT(chi, bins + 5 * std::sqrt(2.0 * bins) + 2) << "mean " << mean;
    const double error = std::sqrt(mean / draws);
    EXPECT_NEAR(sum / draws, mean, 5 * error + 1e-12) << mean;
    EXPECT_NEAR(square / draws - sum / draws * (sum / draws), mean,
                5 * std::sqrt((2 * mean * mean + mean) / draws) + 1e-12)
        << mean;
  }
}

TEST(ThinnedMean, IsTheMeanOfThinnedValues) {
  for (const double depth : {630.0, 5000.0, 1e5}) {
    const ThinnedMean expected(depth);
    for (const double share : {0.0, 1e-7, 3e-6, 1e-4, 2e-3, 0.03, 0.4}) {
      RandomStream random(3, static_cast<std::uint64_t>(depth + share * 1e9));
      constexpr int draws = 100'000;
      double sum = 0, square = 0;
      for (int i = 0; i < draws; ++i) {
        const double value =
            std::log1p(static_cast<double>(poisson(share * depth, random)) * 1e4 / depth);
        sum += value;
        square += value * value;
      }
      const double mean = sum / draws, sd = std::sqrt(square / draws - mean * mean);
      EXPECT_NEAR(expected(share), mean, 5 * sd / std::sqrt(draws) + 1e-3)
          << "depth " << depth << ", share " << share;
    }
  }
}

TEST(ThinnedMean, IsBelowTheLogarithmOfTheMeanAndNearsItWithDepth) {
  double before = 10;
  for (const double depth : {1e3, 1e4, 1e5, 1e6, 1e7}) {
    const double gap = std::log1p(1e-4 * 1e4) - ThinnedMean(depth)(1e-4);
    EXPECT_GT(gap, 0);
    EXPECT_LT(gap, before);
    before = gap;
  }
  EXPECT_LT(before, 1e-3);
}

TEST(LevelDepth, GoesFromLeastToMost) {
  EXPECT_DOUBLE_EQ(level_depth(1, 2.8, 5), 2.8);
  EXPECT_DOUBLE_EQ(level_depth(depth_levels - 1, 2.8, 5), 5);
}

}  // namespace
}  // namespace celloquy::training
