#include "analysis/gene_set_scores/gene_set_scores.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/statistics/checks.hpp"
#include "analysis/statistics/group_sums.hpp"
#include "base/random.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::gene_set_scores {
namespace {

/// Bins of genes by their rank in mean expression. Scanpy's rule: equal means
/// share the lowest rank, and a rank divided by the size of a bin is its number.
struct Bins {
  std::vector<std::uint32_t> of_gene;
  std::vector<std::vector<std::uint32_t>> genes;  ///< of a bin, ascending
};

Bins make_bins(const std::vector<double>& mean, std::uint32_t n_bins) {
  const std::size_t n = mean.size();
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](auto a, auto b) { return mean[a] != mean[b] ? mean[a] < mean[b] : a < b; });
  const double exact = static_cast<double>(n) / std::max(1.0, n_bins - 1.0);
  // Halves go to the even number, as numpy rounds.
  const auto size = static_cast<std::size_t>(std::max(1.0, std::nearbyint(exact)));
  Bins bins;
  bins.of_gene.resize(n);
  std::size_t rank = 1;
  for (std::size_t i = 0; i < n; ++i) {
    if (i == 0 || mean[order[i]] != mean[order[i - 1]]) rank = i + 1;
    bins.of_gene[order[i]] = static_cast<std::uint32_t>(rank / size);
  }
  bins.genes.resize(n / size + 1);
  for (std::uint32_t gene = 0; gene < n; ++gene) bins.genes[bins.of_gene[gene]].push_back(gene);
  return bins;
}

/// Moves `count` genes, chosen by chance, to the front (Fisher & Yates).
void draw(std::vector<std::uint32_t>& genes, std::size_t count, RandomStream& random) {
  for (std::size_t i = 0; i < count; ++i)
    std::swap(genes[i], genes[i + random.below(genes.size() - i)]);
}

/// A cell's score is the sum of its values times these, a gene and column.
struct Weights {
  std::size_t n_columns;
  std::vector<float> values;
  std::vector<std::uint8_t> used;
  void add(std::size_t column, const std::vector<std::uint32_t>& genes, double sign) {
    const double weight = sign / static_cast<double>(genes.size());
    for (const auto gene : genes) {
      values[gene * n_columns + column] += static_cast<float>(weight);
      used[gene] = 1;
    }
  }
};

std::vector<std::uint32_t> controls_of(const Bins& bins, const std::vector<std::uint32_t>& set,
                                       const std::vector<std::uint8_t>& in_set,
                                       const Options& options, RandomStream& random) {
  std::vector<std::uint8_t> wanted(bins.genes.size(), 0);
  for (const auto gene : set) wanted[bins.of_gene[gene]] = 1;
  std::vector<std::uint32_t> controls;
  for (std::size_t bin = 0; bin < bins.genes.size(); ++bin) {
    if (!wanted[bin]) continue;
    auto genes = bins.genes[bin];
    // Genes of the set may be drawn and are then dropped: as Scanpy does.
    if (options.n_controls > 0 && options.n_controls < genes.size()) {
      draw(genes, options.n_controls, random);
      genes.resize(options.n_controls);
    }
    for (const auto gene : genes)
      if (!in_set[gene]) controls.push_back(gene);
  }
  return controls;
}

/// For each gene of the set another one of its bin.
std::vector<std::uint32_t> matched_set(const Bins& bins, const std::vector<std::uint32_t>& set,
                                       const std::vector<std::uint8_t>& in_set,
                                       RandomStream& random) {
  std::vector<std::uint32_t> out;
  for (const auto gene : set) {
    const auto& peers = bins.genes[bins.of_gene[gene]];
    for (int attempt = 0; attempt < 100; ++attempt) {
      const auto other = peers[random.below(peers.size())];
      if (in_set[other] || std::find(out.begin(), out.end(), other) != out.end()) continue;
      out.push_back(other);
      break;
    }
  }
  return out;
}

/// n_columns × n_cells, column by column.
std::vector<float> scores_of(const ExpressionView& view, const Weights& weights,
                             const Context& context) {
  const std::size_t n = view.n_cells(), k = weights.n_columns;
  std::vector<float> out(n * k, 0.0f);
  parallel_for_blocks(context, n, 1024, [&](const Block& block) {
    ExpressionDecoder decoder(view, view.matrix->by_cell());
    std::vector<double> sums(k);
    for (std::size_t cell = block.begin; cell < block.end; ++cell) {
      std::fill(sums.begin(), sums.end(), 0.0);
      const auto row = decoder.row(cell);
      for (std::size_t i = 0; i < row.indices.size(); ++i) {
        if (!weights.used[row.indices[i]]) continue;
        const float* weight = weights.values.data() + row.indices[i] * k;
        const double value = row.values[i];
        for (std::size_t c = 0; c < k; ++c) sums[c] += value * static_cast<double>(weight[c]);
      }
      for (std::size_t c = 0; c < k; ++c) out[c * n + cell] = static_cast<float>(sums[c]);
    }
    if (block.worker == 0)
      context.report("gene_set_scores", static_cast<double>(block.end) / static_cast<double>(n));
  });
  return out;
}

float upper_quantile(std::vector<float> values, double share) {
  const auto rank = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size()));
  const auto place = values.end() - 1 - std::min<std::ptrdiff_t>(rank, std::ssize(values) - 1);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

}  // namespace

Expected<Result> compute(const ExpressionView& view,
                         const std::vector<std::vector<std::uint32_t>>& sets,
                         const Options& options, const Context& context) {
  CELLOQUY_CHECK(statistics::require_usable(*view.matrix, context));
  const std::size_t n = view.n_cells(), g = view.n_genes();
  for (const auto& set : sets) {
    if (set.empty()) return failure(ErrorCode::cannot_answer, "gene_set_scores.no_genes");
    if (*std::max_element(set.begin(), set.end()) >= g)
      return failure(ErrorCode::internal, "base.internal", {{"what", "a gene does not exist"}});
  }
  CELLOQUY_TRY(const auto sums,
               statistics::group_sums(view, std::vector<std::int32_t>(n, 0), 1, context));
  std::vector<double> mean(sums.sum);
  for (double& value : mean) value /= static_cast<double>(n);
  const Bins bins = make_bins(mean, options.n_bins);

  Result out;
  out.n_cells = static_cast<std::uint32_t>(n);
  out.n_sets = static_cast<std::uint32_t>(sets.size());
  const std::size_t a_set = 1 + options.n_random_sets;
  Weights weights{sets.size() * a_set, {}, std::vector<std::uint8_t>(g, 0)};
  weights.values.assign(g * weights.n_columns, 0.0f);
  for (std::size_t s = 0; s < sets.size(); ++s) {
    std::vector<std::uint8_t> in_set(g, 0);
    for (const auto gene : sets[s]) in_set[gene] = 1;
    RandomStream random(context.seed, s);
    const auto controls = controls_of(bins, sets[s], in_set, options, random);
    if (controls.empty()) return failure(ErrorCode::cannot_answer, "gene_set_scores.no_controls");
    out.n_controls.push_back(static_cast<std::uint32_t>(controls.size()));
    weights.add(s * a_set, sets[s], 1);
    weights.add(s * a_set, controls, -1);
    for (std::size_t r = 1; r < a_set; ++r) {
      const auto set = matched_set(bins, sets[s], in_set, random);
      if (!set.empty()) weights.add(s * a_set + r, set, 1);
      weights.add(s * a_set + r, controls, -1);
    }
  }
  const auto scores = scores_of(view, weights, context);
  if (context.cancelled()) return cancelled_error();
  for (std::size_t s = 0; s < sets.size(); ++s) {
    const auto column = [&](std::size_t c) {
      const auto begin = scores.begin() + static_cast<std::ptrdiff_t>((s * a_set + c) * n);
      return std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(n));
    };
    const auto own = column(0);
    out.score.insert(out.score.end(), own.begin(), own.end());
    // The largest: half of the random sets exceed the median one, and any set may be like them.
    float limit = std::numeric_limits<float>::quiet_NaN();
    for (std::size_t r = 1; r < a_set; ++r) {
      const float one = upper_quantile(column(r), options.random_share);
      if (!(limit >= one)) limit = one;
    }
    out.chance_limit.push_back(limit);
  }
  context.report("gene_set_scores", 1.0);
  return out;
}

}  // namespace celloquy::gene_set_scores
