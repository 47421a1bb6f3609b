// Rank sums of every group at once: a gene's non-zeros are sorted once, its
// zeros are one run of ties that needs no sorting.

#include <limits>
#include <type_traits>

#include "analysis/markers/rank_sums.hpp"
#include "analysis/markers/tests.hpp"
#include "analysis/statistics/distributions.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::markers {
namespace {

struct Scratch {
  std::vector<std::uint64_t> words, spare;
  std::vector<std::uint32_t> zeros;
  RankSums ranks;
  PairwiseSums pairs;
};

/// The gene's compared non-zeros as words key << 32 | group; zeros counted.
template <class View>
std::span<std::uint64_t> gather(const View& by_gene, std::size_t gene,
                                const std::vector<CellFacts>& cells,
                                const std::vector<std::uint32_t>& sizes, Scratch& scratch) {
  const std::size_t most = by_gene.offsets[gene + 1] - by_gene.offsets[gene];
  if (scratch.words.size() < most + 1) scratch.words.resize(most + 1);
  std::uint64_t* words = scratch.words.data();
  std::size_t count = 0;
  KeyedValues::each(by_gene, gene, cells.data(), [&](float value, std::uint32_t group) {
    // Written always, kept if compared and not zero.
    words[count] = std::uint64_t{KeyedValues::key_of(value)} << 32 | group;
    count += group != dropped_cell && value != 0;
  });
  scratch.zeros = sizes;
  for (std::size_t i = 0; i < count; ++i) --scratch.zeros[static_cast<std::uint32_t>(words[i])];
  return {words, count};
}

struct Comparison {
  double n_in, n_out;  ///< cells
  double u;            ///< Mann–Whitney: pairs with in > out, ties half
  double tie_term;
};

void store(const Comparison& c, std::size_t at, Result& out) {
  out.score[at] = 0;
  out.p_value[at] = 1;
  out.auc[at] = std::numeric_limits<float>::quiet_NaN();
  const double pairs = c.n_in * c.n_out;
  if (!(pairs > 0)) return;
  out.auc[at] = static_cast<float>(c.u / pairs);
  const double n = c.n_in + c.n_out;
  const double correction = 1 - c.tie_term / (n * n * n - n);
  const double deviation = std::sqrt(correction * pairs * (n + 1) / 12);
  if (!(deviation > 0)) return;  // all values are equal
  const double z = (c.u - pairs / 2) / deviation;
  out.score[at] = static_cast<float>(z);
  out.p_value[at] = statistics::normal_two_sided(z);
}

}  // namespace

void wilcoxon(const SparseMatrix& by_gene, const std::vector<CellFacts>& cells,
              const Options& options, Result& out, const Context& context) {
  std::uint64_t n_compared = 0;
  for (const auto size : out.group_sizes) n_compared += size;
  const double n = static_cast<double>(n_compared);
  std::vector<Scratch> workers(worker_count(context));
  constexpr std::size_t block_size = 16;
  const std::size_t n_blocks = block_count(out.n_genes, block_size);
  by_gene.visit([&](const auto& view) {
    parallel_for_blocks(context, out.n_genes, block_size, [&](const Block& block) {
      Scratch& scratch = workers[block.worker];
      for (std::size_t gene = block.begin; gene < block.end; ++gene) {
        const auto words = gather(view, gene, cells, out.group_sizes, scratch);
        const auto sorted = sort_by_key(words, scratch.spare);
        if (options.reference < 0)
          sum_ranks(sorted, scratch.zeros, KeyedValues::zero_key, scratch.ranks);
        else
          sum_pairwise(sorted, scratch.zeros, KeyedValues::zero_key,
                       static_cast<std::uint32_t>(options.reference), scratch.pairs);
        for (std::uint32_t g = 0; g < out.n_groups; ++g) {
          const double size = out.group_sizes[g];
          Comparison c{size, n - size, 0, scratch.ranks.tie_term};
          if (options.reference < 0) {
            c.u = static_cast<double>(scratch.ranks.twice[g]) / 2 - size * (size + 1) / 2;
          } else {
            c.n_out = out.group_sizes[static_cast<std::size_t>(options.reference)];
            c.u = static_cast<double>(scratch.pairs.twice_u[g]) / 2;
            c.tie_term = scratch.pairs.tie_term[g];
          }
          const std::size_t at = std::size_t{g} * out.n_genes + gene;
          store(c, at, out);
          if (static_cast<std::int32_t>(g) == options.reference) {
            // A group against itself is no comparison.
            out.score[at] = 0, out.p_value[at] = 1, out.auc[at] = 0.5f;
          }
        }
      }
      if (block.worker == 0)
        context.report("markers", static_cast<double>(block.index) / static_cast<double>(n_blocks));
    });
  });
}

}  // namespace celloquy::markers
