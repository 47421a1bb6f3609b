#pragma once
// Kernels of UMAP's fuzzy simplicial set.

#include <cstdint>

#include "base/instruction_set.hpp"

namespace celloquy::neighbor_graph {

// strengths: from the ascending distances of one point to its k neighbours,
// how strongly it holds each: exp(−(d − ρ)/σ), where ρ is the distance of the
// nearest one that is not a duplicate, and σ is such that the strengths sum to
// log2(k + 1). `smallest_scale` = 0.001 × the mean of all distances of the
// data, a lower bound of σ where every neighbour is a duplicate.
CELLOQUY_DECLARE_KERNELS(void strengths(const float* distances, std::uint32_t k,
                                        double smallest_scale, float* result);)

}  // namespace celloquy::neighbor_graph
