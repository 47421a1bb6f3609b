#pragma once
// Conditions that several steps ask of their input.

#include "matrix/count_matrix.hpp"

namespace celloquy::statistics {

/// cannot_answer for a matrix without cells or without genes; unusable_input
/// for one with values that are not numbers. O(1) for counts, O(non-zeros) for
/// real values.
Status require_usable(const CountMatrix& matrix, const Context& context);

/// True if no stored value is below zero. O(1) for counts.
bool non_negative(const CountMatrix& matrix, const Context& context);

/// internal error unless there is one code a cell, each below `n_groups`.
Status require_codes(const std::vector<std::int32_t>& codes, std::size_t n_cells,
                     std::uint32_t n_groups);

}  // namespace celloquy::statistics
