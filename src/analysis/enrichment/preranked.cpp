#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/enrichment/enrichment.hpp"
#include "analysis/statistics/distributions.hpp"
#include "base/random.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::enrichment {
namespace {

struct Extreme {
  double score = 0;
  std::size_t hit = 0;  ///< index of the set's gene at which it is reached
};

/// The running sum only turns at the set's genes: it is lowest just before one and
/// highest at one. `ranks` ascending.
Extreme extreme_of(const std::vector<std::uint32_t>& ranks, const std::vector<double>& weights) {
  double all = 0;
  for (const auto rank : ranks) all += weights[rank];
  const double hits = static_cast<double>(ranks.size());
  const double misses = static_cast<double>(weights.size()) - hits;
  double sum = 0;
  Extreme highest, lowest;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const double missed = (static_cast<double>(ranks[i]) - static_cast<double>(i)) / misses;
    if (sum - missed < lowest.score) lowest = {sum - missed, i};
    // Where no gene has weight, all count the same.
    sum += all > 0 ? weights[ranks[i]] / all : 1 / hits;
    if (sum - missed > highest.score) highest = {sum - missed, i};
  }
  return highest.score >= -lowest.score ? highest : lowest;
}

/// Scores of random sets of one size, of each sign.
struct Chance {
  std::vector<double> positive, negative;
};

Chance chance_of(std::size_t size, const std::vector<double>& weights, std::uint32_t n,
                 std::uint64_t seed) {
  RandomStream random(seed, size);
  Chance out;
  std::vector<std::uint32_t> genes(weights.size());
  std::iota(genes.begin(), genes.end(), 0u);
  std::vector<std::uint32_t> ranks(size);
  for (std::uint32_t i = 0; i < n; ++i) {
    // Fisher & Yates; any order of the rest is as good as another for the next draw.
    for (std::size_t k = 0; k < size; ++k)
      std::swap(genes[k], genes[k + random.below(genes.size() - k)]);
    std::copy(genes.begin(), genes.begin() + static_cast<std::ptrdiff_t>(size), ranks.begin());
    std::sort(ranks.begin(), ranks.end());
    const double score = extreme_of(ranks, weights).score;
    (score >= 0 ? out.positive : out.negative).push_back(std::abs(score));
  }
  return out;
}

}  // namespace

Expected<Preranked> preranked(const std::vector<double>& statistic, const GeneSets& sets,
                              const Options& options, const Context& context) {
  for (const double value : statistic)
    if (!std::isfinite(value)) return failure(ErrorCode::cannot_answer, "enrichment.not_finite");
  const std::size_t n = statistic.size();
  std::vector<std::uint32_t> order(n), rank(n);
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return statistic[a] > statistic[b]; });
  std::vector<double> weights(n);
  for (std::uint32_t i = 0; i < n; ++i) {
    rank[order[i]] = i;
    weights[i] = std::pow(std::abs(statistic[order[i]]), options.weight);
  }
  Preranked out;
  std::vector<std::size_t> sizes;
  for (std::uint32_t s = 0; s < sets.size(); ++s) {
    const std::size_t size = sets[s].size();
    if (size < options.least_size || size > options.most_size || size == 0 || size >= n) continue;
    out.set.push_back(s);
    out.size.push_back(static_cast<std::uint32_t>(size));
    sizes.push_back(size);
  }
  if (out.set.empty())
    return failure(ErrorCode::cannot_answer, "enrichment.no_sets",
                   {{"least", options.least_size}, {"most", options.most_size}});
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  std::vector<Chance> chance(sizes.size());
  parallel_for_blocks(context, sizes.size(), 1, [&](const Block& block) {
    chance[block.index] =
        chance_of(sizes[block.begin], weights, options.n_permutations, context.seed);
    if (block.worker == 0)
      context.report("enrichment",
                     static_cast<double>(block.end) / static_cast<double>(sizes.size()));
  });
  if (context.cancelled()) return cancelled_error();
  for (std::size_t i = 0; i < out.set.size(); ++i) {
    std::vector<std::uint32_t> ranks;
    for (const auto gene : sets[out.set[i]]) ranks.push_back(rank.at(gene));
    std::sort(ranks.begin(), ranks.end());
    const Extreme extreme = extreme_of(ranks, weights);
    const bool positive = extreme.score >= 0;
    const auto at = std::lower_bound(sizes.begin(), sizes.end(), out.size[i]) - sizes.begin();
    const auto& same = positive ? chance[static_cast<std::size_t>(at)].positive
                                : chance[static_cast<std::size_t>(at)].negative;
    const double size = std::abs(extreme.score);
    const auto beyond =
        std::count_if(same.begin(), same.end(), [&](double x) { return x >= size; });
    const double mean = same.empty() ? 0
                                     : std::accumulate(same.begin(), same.end(), 0.0) /
                                           static_cast<double>(same.size());
    out.score.push_back(extreme.score);
    out.normalized_score.push_back(mean > 0 ? extreme.score / mean : 0);
    out.p_value.push_back((1.0 + static_cast<double>(beyond)) /
                          (1.0 + static_cast<double>(same.size())));
    std::vector<std::uint32_t> edge;
    for (std::size_t k = positive ? 0 : extreme.hit;
         k < (positive ? extreme.hit + 1 : ranks.size()); ++k)
      edge.push_back(order[ranks[k]]);
    out.leading_edge.push_back(std::move(edge));
  }
  out.p_adjusted = statistics::benjamini_hochberg(out.p_value.data(), out.p_value.size());
  context.report("enrichment", 1.0);
  return out;
}

}  // namespace celloquy::enrichment
