#pragma once
// Means and shares of expressing cells, a group and a gene.

#include <cstdint>
#include <vector>

#include "matrix/count_matrix.hpp"

namespace celloquy::group_summary {

/// Arrays are n_groups × n_genes, group by group.
struct Result {
  std::uint32_t n_groups = 0, n_genes = 0;
  std::vector<std::uint32_t> n_cells;
  std::vector<float> mean;      ///< of the view's values
  std::vector<float> fraction;  ///< share of cells with a value above zero
};

/// One pass over the cells. `groups`: a code a cell, −1 leaves it out.
Expected<Result> compute(const ExpressionView& view, const std::vector<std::int32_t>& groups,
                         std::uint32_t n_groups, const Context& context);

/// One gene only: values of every cell, in cell order (zeros included).
Expected<std::vector<float>> gene_values(const ExpressionView& view, std::uint32_t gene,
                                         const Context& context);

}  // namespace celloquy::group_summary
