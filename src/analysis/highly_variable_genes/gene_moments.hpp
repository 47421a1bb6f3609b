#pragma once
// Sums a gene that both flavours need; exact where the values are counts.

#include <vector>

#include "matrix/count_matrix.hpp"

namespace celloquy::highly_variable_genes {

/// One entry a gene, over all cells (zeros included implicitly).
struct GeneMoments {
  std::vector<double> sum, sum_of_squares;
};

/// Of the stored values. 8- and 16-bit counts are summed exactly.
GeneMoments moments_of_counts(const SparseMatrix& by_cell, const Context& context);

/// Of the values before the logarithm: value · scale for normalised views,
/// expm1(value) for views of values that were logged before.
GeneMoments moments_without_log(const ExpressionView& view, const Context& context);

/// Of counts above a limit a gene: how many, their sum and sum of squares.
struct Excess {
  std::vector<double> count, sum, sum_of_squares;
};
Excess excess_above(const SparseMatrix& by_cell, const std::vector<double>& limits,
                    const Context& context);

}  // namespace celloquy::highly_variable_genes
