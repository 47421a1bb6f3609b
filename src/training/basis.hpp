#pragma once
// Where the towers begin: the directions in which the sample varies most, and the
// best linear guess of a pair's place in them from its text.

#include <vector>

#include "training/pair_sample.hpp"
#include "training/text_features.hpp"

namespace celloquy::training {

/// The `dimension` leading right singular vectors of the sample's unit vectors, each
/// times the root of its weight: n_genes × dimension, gene by gene, columns
/// orthonormal, in descending order. Randomised subspace iteration (Halko,
/// Martinsson & Tropp 2011). Columns beyond the rank of the sample are random
/// directions orthogonal to the others. Same bits for any number of threads.
Expected<std::vector<float>> leading_basis(const PairSample& sample, std::size_t dimension,
                                           std::uint64_t seed, const Context& context);

/// The sample's unit vectors in the basis: entries × dimension.
std::vector<float> coordinates(const PairSample& sample, const std::vector<float>& basis,
                               std::size_t dimension, const Context& context);

/// text (centred) → coordinates of the pair's unit vector in the basis.
struct TextMap {
  std::vector<float> mean;    ///< of the text vectors
  std::vector<float> weight;  ///< text dimension × dimension
};

/// Weighted ridge regression over all texts of the sample's pairs in the used
/// languages (at most 131,072, evenly spaced), an entry's weight divided among
/// its texts.
Expected<TextMap> fit_text_map(const PairsFolder& pairs, const PairSample& sample,
                               const std::vector<float>& basis, std::size_t dimension,
                               const TextFeatures& features, const Options& options,
                               const Context& context);

}  // namespace celloquy::training
