#include "training/evaluation/measures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.hpp"

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

Reliability& Reliability::operator+=(const Reliability& other) {
  for (std::size_t b = 0; b < bins.size(); ++b) {
    bins[b].count += other.bins[b].count;
    bins[b].stated += other.bins[b].stated;
    bins[b].right += other.bins[b].right;
  }
  return *this;
}

double Reliability::count() const {
  double sum = 0;
  for (const auto& bin : bins) sum += bin.count;
  return sum;
}

Reliability reliability(std::span<const float> probability, std::span<const std::uint8_t> right) {
  Reliability out;
  for (std::size_t i = 0; i < probability.size(); ++i) {
    const double p = static_cast<double>(probability[i]);
    auto& bin = out.bins[std::min<std::size_t>(9, static_cast<std::size_t>(std::max(0.0, p * 10)))];
    bin.count += 1;
    bin.stated += p;
    bin.right += right[i];
  }
  return out;
}

double calibration_error(const Reliability& reliability) {
  const double count = reliability.count();
  double sum = 0;
  for (const auto& bin : reliability.bins) sum += std::abs(bin.stated - bin.right);
  return count > 0 ? sum / count : 0;
}

double calibration_error(std::span<const float> probability, std::span<const std::uint8_t> right) {
  return calibration_error(reliability(probability, right));
}

double mean_reciprocal_rank(std::span<const std::size_t> ranks) {
  double sum = 0;
  for (const auto rank : ranks) sum += 1 / static_cast<double>(rank);
  return ranks.empty() ? 0 : sum / static_cast<double>(ranks.size());
}

std::size_t rank_of(std::span<const float> scores, std::size_t at) {
  std::size_t higher = 0, equal = 0;
  for (const float score : scores) {
    higher += score > scores[at];
    equal += score == scores[at];
  }
  return 1 + higher + (equal - 1) / 2;
}

Estimate estimate(std::size_t n_groups,
                  const std::function<double(std::span<const std::size_t>)>& measure) {
  constexpr std::uint64_t samples = 1000;
  Estimate out;
  std::vector<std::size_t> drawn(n_groups);
  std::iota(drawn.begin(), drawn.end(), std::size_t{0});
  out.n_groups = n_groups;
  out.mean = measure(drawn);
  std::vector<double> means;
  for (std::uint64_t s = 0; s < samples && n_groups > 0; ++s) {
    RandomStream random(0, s);
    for (auto& group : drawn) group = random.below(n_groups);
    const double mean = measure(drawn);
    if (!std::isnan(mean)) means.push_back(mean);
  }
  out.low = out.high = out.mean;
  if (means.empty()) return out;
  std::sort(means.begin(), means.end());
  out.low = means[means.size() / 40];
  out.high = means[means.size() - 1 - means.size() / 40];
  return out;
}

Estimate estimate_mean(std::span<const double> values, std::span<const std::size_t> group,
                       std::size_t n_groups) {
  if (values.empty()) return {};
  std::vector<double> sum(n_groups, 0), count(n_groups, 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum[group[i]] += values[i];
    count[group[i]] += 1;
  }
  auto out = estimate(n_groups, [&](std::span<const std::size_t> drawn) {
    double total = 0, n = 0;
    for (const auto g : drawn) {
      total += sum[g];
      n += count[g];
    }
    return n > 0 ? total / n : std::numeric_limits<double>::quiet_NaN();
  });
  out.n = values.size();
  out.n_groups = static_cast<std::size_t>(
      std::count_if(count.begin(), count.end(), [](double n) { return n > 0; }));
  return out;
}

}  // namespace celloquy::training
