#pragma once
// Made-up doublets as points among the cells.

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/pca/pca.hpp"
#include "matrix/count_matrix.hpp"

namespace celloquy::doublets {

/// `count` doublets of random pairs of `cells`: rows of components.n_components floats.
std::vector<float> simulated_points(const ExpressionView& view, const pca::Result& components,
                                    const std::vector<std::uint32_t>& genes,
                                    std::span<const std::uint32_t> cells, std::size_t count,
                                    std::uint64_t seed, const Context& context);

}  // namespace celloquy::doublets
