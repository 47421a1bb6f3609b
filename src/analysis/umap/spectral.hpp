#pragma once
// Kernel of the spectral layout.

#include <cstdint>

#include "base/instruction_set.hpp"

namespace celloquy::umap {

/// A symmetric matrix by rows.
struct SymmetricRows {
  const std::uint64_t* offsets;
  const std::uint32_t* targets;
  const float* weights;
};

// combine_rows: rows [begin, end) of out = a·(S x) + b·x + c·before, for tables
// of `width` columns (a multiple of 8). `before` may be `out`.
CELLOQUY_DECLARE_KERNELS(void combine_rows(const SymmetricRows& s, std::uint64_t begin,
                                           std::uint64_t end, std::uint32_t width, float a, float b,
                                           float c, const float* x, const float* before,
                                           float* out);)

}  // namespace celloquy::umap
