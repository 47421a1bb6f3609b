#pragma once
// Unit vectors of whole numbers: rounding them, and products with one query.

#include <cstddef>
#include <cstdint>

#include "base/instruction_set.hpp"

namespace celloquy::space {

// round_vectors: each of `n_cells` vectors of floats (`stride` apart) is scaled to a
// largest coordinate of 127 and rounded; scale = 1 / length, 0 for a vector of
// zeros or one that is not finite.
// dot_products: out[cell] = factor · scale[cell] · Σ values · query, in whole numbers.
CELLOQUY_DECLARE_KERNELS(void round_vectors(const float* vectors, std::size_t n_cells,
                                            std::size_t stride, std::size_t n_dimensions,
                                            std::int8_t* values, float* scale);
                         void dot_products(const std::int8_t* values, const float* scale,
                                           std::size_t n_cells, std::size_t n_dimensions,
                                           const std::int16_t* query, float factor, float* out);)

}  // namespace celloquy::space
