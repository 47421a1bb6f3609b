#pragma once
// The directions of the gene space that known texts and profiles lie in: short
// vectors for texts and cells alike.

#include <cstdint>
#include <span>
#include <vector>

#include "base/context.hpp"
#include "space/cells/embed.hpp"
#include "space/cells/score.hpp"
#include "space/model/pool.hpp"

namespace celloquy::space {

/// n_genes × `n_dimensions`, columns orthonormal: about the leading directions of
/// the pool's gene vectors, each entry by the root of its family's weight.
/// Randomised subspace iteration (Halko, Martinsson & Tropp 2011) from a fixed
/// seed. The same bits for any number of threads. About 5 seconds on two threads
/// for 256 dimensions. At most most_dimensions and the number of genes.
/// Errors: internal for other numbers of dimensions; cancelled.
Expected<Basis> pool_basis(const Pool& pool, std::size_t n_dimensions, const Context& context);

/// Each text in the basis, of length 1 (0 where it has no part in it): n_texts × n_dimensions.
std::vector<float> texts_in_basis(const TextWeights& texts, const Basis& basis);

}  // namespace celloquy::space
