#include "training/evaluation/measures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace celloquy::training {

double auroc(std::span<const float> score, std::span<const std::uint8_t> positive) {
  std::vector<std::size_t> order(score.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return score[a] < score[b]; });
  double rank_sum = 0, n_positive = 0;
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && score[order[end]] == score[order[i]]) ++end;
    const double rank = (static_cast<double>(i + end) + 1) / 2;
    for (; i < end; ++i)
      if (positive[order[i]]) rank_sum += rank, n_positive += 1;
  }
  const double n_negative = static_cast<double>(score.size()) - n_positive;
  if (n_positive == 0 || n_negative == 0) return std::numeric_limits<double>::quiet_NaN();
  return (rank_sum - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative);
}

double calibration_error(std::span<const float> probability, std::span<const std::uint8_t> right) {
  struct Bin {
    double count = 0, stated = 0, right = 0;
  };
  std::array<Bin, 10> bins;
  for (std::size_t i = 0; i < probability.size(); ++i) {
    const double p = static_cast<double>(probability[i]);
    auto& bin = bins[std::min<std::size_t>(9, static_cast<std::size_t>(std::max(0.0, p * 10)))];
    bin.count += 1;
    bin.stated += p;
    bin.right += right[i];
  }
  double sum = 0;
  for (const auto& bin : bins) sum += std::abs(bin.stated - bin.right);
  return probability.empty() ? 0 : sum / static_cast<double>(probability.size());
}

double mean_reciprocal_rank(std::span<const std::size_t> ranks) {
  double sum = 0;
  for (const auto rank : ranks) sum += 1 / static_cast<double>(rank);
  return ranks.empty() ? 0 : sum / static_cast<double>(ranks.size());
}

}  // namespace celloquy::training
