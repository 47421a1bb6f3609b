#include "space/text/attention.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace celloquy::space {
namespace {

constexpr float silent = -9;

/// How near an entry's nearest text is.
struct Nearness {
  float likeness = silent;  ///< cosine, and words in common
  float cosine = silent;
};
std::vector<Nearness> entry_nearness(const Pool& pool, const TextQuery& query,
                                     std::span<const std::uint8_t> left_out,
                                     const AttentionOptions& options, const Context& context) {
  const auto cosines = search(pool.text_vectors, query.vector, context);
  std::vector<Nearness> best(pool.entries.size());
  if (cosines.empty()) return best;
  const float worth = query.words.empty() ? 0 : static_cast<float>(options.words);
  for (std::size_t e = 0; e < best.size(); ++e) {
    const auto& entry = pool.entries[e];
    if (!left_out.empty() && left_out[e]) continue;
    for (auto t = entry.first_text; t < entry.last_text; ++t) {
      const auto text = pool.text[t];
      const float words = worth > 0 ? worth * query.words[text] : 0;
      best[e].likeness = std::max(best[e].likeness, cosines[text] + words);
      best[e].cosine = std::max(best[e].cosine, cosines[text]);
    }
    if (!query.cell_ontology_id.empty() && entry.cell_ontology_id == query.cell_ontology_id)
      best[e] = {1 + worth, 1};
  }
  return best;
}

}  // namespace

std::vector<EntryShare> attend(const Pool& pool, const TextQuery& query,
                               std::span<const std::uint8_t> left_out,
                               const AttentionOptions& options, const Context& context) {
  const auto near = entry_nearness(pool, query, left_out, options, context);
  std::vector<float> family_best(pool.families.size(), silent);
  for (std::size_t e = 0; e < near.size(); ++e) {
    auto& best = family_best[pool.entries[e].family];
    best = std::max(best, near[e].likeness);
  }
  const float best = *std::max_element(family_best.begin(), family_best.end());
  std::vector<EntryShare> shares;
  if (best <= silent) return shares;
  std::vector<double> sum(pool.families.size(), 0), factor(pool.families.size(), 0);
  const auto softened = [&](std::size_t e) {
    return std::exp(options.sharpness *
                    (static_cast<double>(near[e].likeness) - family_best[pool.entries[e].family]));
  };
  for (std::size_t e = 0; e < near.size(); ++e)
    if (near[e].likeness > silent) sum[pool.entries[e].family] += softened(e);
  for (std::size_t f = 0; f < factor.size(); ++f)
    if (sum[f] > 0)
      factor[f] = pool.families[f].weight *
                  std::exp(options.family_gap * (static_cast<double>(family_best[f]) - best));
  double total = 0;
  for (std::size_t e = 0; e < near.size(); ++e) {
    if (near[e].likeness <= silent) continue;
    const auto f = pool.entries[e].family;
    const double within = softened(e) / sum[f];
    if (within < options.least_share || factor[f] == 0) continue;
    shares.push_back({static_cast<std::uint32_t>(e), within * factor[f], near[e].cosine});
    total += shares.back().share;
  }
  for (auto& share : shares) share.share /= total;
  return shares;
}

std::vector<EntryShare> attend_to_genes(const Pool& pool, std::span<const float> genes,
                                        std::span<const std::uint8_t> left_out) {
  std::vector<EntryShare> shares;
  double best = 0;
  for (std::size_t e = 0; e < pool.entries.size(); ++e) {
    const auto& entry = pool.entries[e];
    if (pool.families[entry.family].name != "markers") continue;
    if (!left_out.empty() && left_out[e]) continue;
    double product = 0, square = 0;
    for (auto i = entry.first_gene; i < entry.last_gene; ++i) {
      const double weight = pool.gene_weight[i];
      product += weight * genes[pool.gene[i]];
      square += weight * weight;
    }
    if (!(product > 0)) continue;
    const double cosine = product / std::sqrt(square);
    shares.push_back({static_cast<std::uint32_t>(e), cosine, static_cast<float>(cosine)});
    best = std::max(best, cosine);
  }
  double total = 0;
  for (auto& one : shares) total += one.share = std::exp(sharpness_of_genes * (one.share - best));
  for (auto& one : shares) one.share /= total;
  std::erase_if(shares, [](const auto& one) { return one.share < AttentionOptions{}.least_share; });
  total = 0;
  for (const auto& one : shares) total += one.share;
  for (auto& one : shares) one.share /= total;
  return shares;
}

std::vector<float> weights_of(const Pool& pool, std::span<const EntryShare> shares) {
  std::vector<float> weights(pool.n_genes, 0);
  for (const auto& one : shares) {
    const auto& entry = pool.entries[one.entry];
    const auto factor = static_cast<float>(one.share) * pool.gene_scale[one.entry];
    for (auto i = entry.first_gene; i < entry.last_gene; ++i)
      weights[pool.gene[i]] += factor * static_cast<float>(pool.gene_weight[i]);
  }
  return weights;
}

std::vector<float> regress(const Pool& pool, std::span<const float> text_vector) {
  const auto& regression = pool.regression;
  const std::size_t n = text_vector.size();
  std::vector<float> centred(n), weights(pool.n_genes);
  for (std::size_t d = 0; d < n; ++d) centred[d] = text_vector[d] - regression.mean[d];
  for (std::size_t g = 0; g < pool.n_genes; ++g) {
    const std::int8_t* row = regression.values.data() + g * n;
    float sum = 0;
    for (std::size_t d = 0; d < n; ++d) sum += centred[d] * static_cast<float>(row[d]);
    weights[g] = sum * regression.scale[g];
  }
  to_unit(weights);
  return weights;
}

double to_unit(std::span<float> values) {
  double square = 0;
  for (const float v : values) square += static_cast<double>(v) * v;
  const double length = std::sqrt(square);
  if (length > 0)
    for (auto& v : values) v = static_cast<float>(v / length);
  return length;
}

}  // namespace celloquy::space
