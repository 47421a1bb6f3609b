#include "space/model/pool_basis.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/statistics/linear_algebra.hpp"
#include "base/random.hpp"
#include "base/thread_pool.hpp"
#include "space/text/attention.hpp"

namespace celloquy::space {
namespace {

constexpr std::size_t rounds = 4;
constexpr std::uint64_t seed = 1;

float weight_of(const Pool& pool, const PoolEntry& entry, std::size_t e) {
  return std::sqrt(pool.families[entry.family].weight) * pool.gene_scale[e];
}

/// W·Q: entries × k from genes × k.
void onto_entries(const Pool& pool, std::span<const float> genes, std::size_t k,
                  std::vector<float>& entries, const Context& context) {
  entries.assign(pool.entries.size() * k, 0.0f);
  parallel_for_blocks(context, pool.entries.size(), 64, [&](const Block& block) {
    for (std::size_t e = block.begin; e < block.end; ++e) {
      const auto& entry = pool.entries[e];
      float* out = entries.data() + e * k;
      const float factor = weight_of(pool, entry, e);
      for (auto i = entry.first_gene; i < entry.last_gene; ++i) {
        const float w = factor * static_cast<float>(pool.gene_weight[i]);
        const float* in = genes.data() + std::size_t{pool.gene[i]} * k;
        for (std::size_t d = 0; d < k; ++d) out[d] += w * in[d];
      }
    }
  });
}

/// Wᵀ·Y: genes × k, column by column; sums over entries in their order, whoever adds them.
void onto_genes(const Pool& pool, std::span<const float> entries, std::size_t k,
                std::vector<double>& genes, const Context& context) {
  genes.assign(pool.n_genes * k, 0.0);
  constexpr std::size_t columns_a_block = 8;
  parallel_for_blocks(context, k, columns_a_block, [&](const Block& block) {
    std::vector<float> part(pool.n_genes * columns_a_block, 0.0f);
    for (std::size_t e = 0; e < pool.entries.size(); ++e) {
      const auto& entry = pool.entries[e];
      const float factor = weight_of(pool, entry, e);
      const float* in = entries.data() + e * k + block.begin;
      for (auto i = entry.first_gene; i < entry.last_gene; ++i) {
        const float w = factor * static_cast<float>(pool.gene_weight[i]);
        float* out = part.data() + std::size_t{pool.gene[i]} * columns_a_block;
        for (std::size_t d = 0; d < block.size(); ++d) out[d] += w * in[d];
      }
    }
    for (std::size_t d = 0; d < block.size(); ++d)
      for (std::size_t g = 0; g < pool.n_genes; ++g)
        genes[(block.begin + d) * pool.n_genes + g] =
            static_cast<double>(part[g * columns_a_block + d]);
  });
}

}  // namespace

Expected<Basis> pool_basis(const Pool& pool, std::size_t n_dimensions, const Context& context) {
  if (n_dimensions == 0 || n_dimensions > std::min(most_dimensions, pool.n_genes))
    return failure(ErrorCode::internal, "base.internal",
                   {{"what", "no basis has so many dimensions"}});
  const std::size_t k = n_dimensions;
  Basis basis{pool.n_genes, k, {}};
  basis.values.resize(pool.n_genes * k);
  for (std::size_t g = 0; g < pool.n_genes; ++g) {
    RandomStream random(seed, g);
    for (std::size_t d = 0; d < k; ++d)
      basis.values[g * k + d] = static_cast<float>(random.normal());
  }
  std::vector<float> entries;
  std::vector<double> columns;
  for (std::size_t round = 0; round < rounds; ++round) {
    onto_entries(pool, basis.values, k, entries, context);
    onto_genes(pool, entries, k, columns, context);
    if (context.cancelled()) return cancelled_error();
    statistics::orthonormalize(columns.data(), pool.n_genes, k);
    for (std::size_t g = 0; g < pool.n_genes; ++g)
      for (std::size_t d = 0; d < k; ++d)
        basis.values[g * k + d] = static_cast<float>(columns[d * pool.n_genes + g]);
    context.report("pool_basis", static_cast<double>(round + 1) / static_cast<double>(rounds));
  }
  return basis;
}

std::vector<float> texts_in_basis(const TextWeights& texts, const Basis& basis) {
  const std::size_t k = basis.n_dimensions;
  std::vector<float> out(texts.n_texts * k, 0.0f);
  for (std::size_t t = 0; t < texts.n_texts; ++t) {
    const std::span row(out.data() + t * k, k);
    for (std::size_t g = 0; g < texts.n_genes; ++g) {
      const float w = texts.values[t * texts.n_genes + g];
      if (w == 0) continue;
      for (std::size_t d = 0; d < k; ++d) row[d] += w * basis.values[g * k + d];
    }
    to_unit(row);
  }
  return out;
}

}  // namespace celloquy::space
