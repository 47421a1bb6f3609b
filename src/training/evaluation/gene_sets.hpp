#pragma once
// Names of gene sets against gene sets that the pool does not have.

#include "training/build_pool.hpp"
#include "training/evaluation/profiles.hpp"

namespace celloquy::training {

struct GeneSetOptions {
  PoolOptions pool;
  std::size_t n_sets = 300;  ///< that are left out together, and told from each other
  std::size_t rounds = 3;    ///< with other sets each
};

/// "set to name MRR", "name to set MRR", both also as "R@1": of each set among those that were
/// left out with it, by the cosine of its genes with what its name is read as. Sets that share
/// their name with one that is left out are left out as well. `n` counts sets; intervals are
/// bootstraps over sets.
Expected<ProfileMeasures> evaluate_gene_sets(const PairsFolder& pairs,
                                             const std::filesystem::path& folder,
                                             const TextFeatures& features,
                                             const GeneSetOptions& options, const Context& context);

/// Rank of the right one for each row (`by_row`) or column of a square of scores.
std::vector<std::size_t> diagonal_ranks(std::span<const float> scores, std::size_t n, bool by_row);

}  // namespace celloquy::training
