#pragma once
// Memberships of cells in soft clusters.

#include <cstddef>

#include "base/instruction_set.hpp"

namespace celloquy::harmony {

// Each of the `n` rows of `k` cosines becomes softmax(scale · cosine + bias).
// Adds the memberships to `column_sums` (k) and the logarithm of each row's
// denominator to `log_sum`.
CELLOQUY_DECLARE_KERNELS(void soft_assign(float* rows, std::size_t n, std::size_t k, float scale,
                                          const float* bias, float* column_sums, double* log_sum);)

}  // namespace celloquy::harmony
