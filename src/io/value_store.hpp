#pragma once
// Collects the values of a sparse matrix block by block in the narrowest type
// that holds them, without a second copy of full width.

#include <vector>

#include "io/narrow.hpp"
#include "matrix/sparse_matrix.hpp"

namespace celloquy::io {

/// Storage in order of width; each holds all values of those before it (to
/// 2^24 exactly in the case of real).
enum class Width : std::uint8_t { bits8, bits16, bits32, real };

/// Element types of the files, after rare ones were widened.
enum class NumberKind : std::uint8_t { f32, f64, i32, i64 };

/// Facts about all values of a matrix, summed over its blocks.
struct ValueSummary {
  std::uint64_t values = 0, zeros = 0, nan = 0, infinite = 0, negative = 0;
  double smallest = 0, largest = 0;
  bool whole = true, nearly_whole = true;
  double noise = 0;
  void add(const NumberScan& scan, std::uint64_t count);
  /// Whole numbers, 0 or more, perhaps after rounding noise away.
  bool counts() const {
    return nearly_whole && negative == 0 && nan == 0 && infinite == 0 && (whole || largest >= 0.5);
  }
};

NumberScan scan_numbers(const void* in, NumberKind kind, std::size_t count);
/// The narrowest storage for a block with these facts.
Width width_needed(const NumberScan& scan);
/// Writes `count` numbers into typed storage at `position`; whole-number
/// storage takes the nearest whole number.
void store_numbers(const void* in, NumberKind kind, std::size_t count, bool exact,
                   SparseMatrix::Values& out, std::size_t position);
SparseMatrix::Values make_values(Width width, std::size_t count);
Width width_of(const SparseMatrix::Values& values);

}  // namespace celloquy::io
