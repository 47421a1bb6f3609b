#pragma once
// Which sets of genes a result speaks of: over-representation of a list, and
// the running sum over a ranking.

#include <cstdint>
#include <vector>

#include "base/context.hpp"
#include "base/expected.hpp"

namespace celloquy::enrichment {

/// Genes are numbered 0 … n_genes − 1: those that were tested, the background.
using GeneSets = std::vector<std::vector<std::uint32_t>>;

struct Options {
  /// Sets with fewer or more genes of the background are left out: small ones
  /// have no power, large ones say little.
  std::uint32_t least_size = 10, most_size = 500;
  std::uint32_t n_permutations = 1000;  ///< of a ranking; the smallest p is 1 / (this + 1)
  double weight = 1;  ///< of a ranking: power of the statistic; 0: Kolmogorov–Smirnov
};

/// One entry a set that was tested, in the order of the sets.
struct OverRepresentation {
  std::vector<std::uint32_t> set;           ///< its number
  std::vector<std::uint32_t> size;          ///< genes of it in the background
  std::vector<std::uint32_t> hits;          ///< of these in the list
  std::vector<double> fold;                 ///< hits over those expected
  std::vector<double> p_value, p_adjusted;  ///< hypergeometric, one-sided; Benjamini–Hochberg
};

/// `list`: the genes found, ascending without repetition; all `n_genes` are the
/// background. cannot_answer when the list is empty or is the whole background,
/// or when no set has a size within the limits. O(genes in sets).
/// Parity: gseapy.enrich with the same background (Fisher's exact test).
Expected<OverRepresentation> over_representation(const std::vector<std::uint32_t>& list,
                                                 std::uint32_t n_genes, const GeneSets& sets,
                                                 const Options& options, const Context& context);

struct Preranked {
  std::vector<std::uint32_t> set, size;
  std::vector<double> score;             ///< enrichment score, −1 to 1
  std::vector<double> normalized_score;  ///< over the mean of random sets of the same sign
  std::vector<double> p_value;  ///< (1 + random sets as extreme) / (1 + random sets of that sign)
  std::vector<double> p_adjusted;  ///< Benjamini–Hochberg
  /// The genes before (behind, where the score is negative) the extreme, by rank.
  std::vector<std::vector<std::uint32_t>> leading_edge;
};

/// Gene set enrichment analysis of a ranking (Subramanian et al. 2005): `statistic`
/// a gene, high first; equal ones keep their order. Random sets of the same size
/// stand for chance; they depend on context.seed and the size alone. cannot_answer
/// for values that are no numbers or without sets within the limits.
/// O(sizes · permutations · size). Parity: gseapy.prerank (scores exact; normalised
/// scores and p within the luck of the permutations).
Expected<Preranked> preranked(const std::vector<double>& statistic, const GeneSets& sets,
                              const Options& options, const Context& context);

}  // namespace celloquy::enrichment
