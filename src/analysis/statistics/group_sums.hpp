#pragma once
// Sums of a gene's values over the cells of each group: the base of group
// summaries, markers and pseudobulk.

#include <cstdint>
#include <vector>

#include "matrix/count_matrix.hpp"

namespace celloquy::statistics {

/// Arrays are n_groups × n_genes, group by group.
struct GroupSums {
  std::uint32_t n_groups = 0, n_genes = 0;
  std::vector<std::uint32_t> n_cells;  ///< a group
  std::vector<double> sum;             ///< of the view's values
  std::vector<std::uint32_t> n_above;  ///< cells with a value above zero
};

/// One pass over the cells, group by group, about 1 ns a non-zero on one
/// thread. `groups`: a code a cell, −1 leaves it out. Counts: exact; log1p of
/// counts: each value rounded to 2^-32. Same bits for any number of threads.
Expected<GroupSums> group_sums(const ExpressionView& view, const std::vector<std::int32_t>& groups,
                               std::uint32_t n_groups, const Context& context);

}  // namespace celloquy::statistics
