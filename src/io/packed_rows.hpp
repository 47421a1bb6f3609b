#pragma once
// A sparse matrix under construction: checked and repaired before it becomes a
// SparseMatrix, which trusts its arrays.

#include <vector>

#include "io/value_store.hpp"
#include "matrix/sparse_matrix.hpp"

namespace celloquy::io {

struct PackedRows {
  Order order = Order::cell_major;
  std::size_t n_major = 0, n_minor = 0;
  std::vector<std::uint64_t> offsets;
  SparseMatrix::Indices indices;
  SparseMatrix::Values values;
  ValueSummary summary;
  bool ascending = true;  ///< minor indices ascend strictly within each major item

  // What was repaired, for the notes.
  std::uint64_t sorted_rows = 0, merged_values = 0, dropped_zeros = 0;
};

/// The non-zeros of some consecutive rows, kept as narrow as they can be until
/// all bands are known.
struct RowBand {
  std::vector<std::uint32_t> counts;  ///< non-zeros of each row
  SparseMatrix::Indices indices;
  SparseMatrix::Values values;
  NumberScan scan;
  Width needed = Width::bits8;
  std::size_t size() const;
};
RowBand make_band(std::vector<std::uint32_t> counts, const std::vector<std::uint32_t>& columns,
                  const void* numbers, NumberKind kind, std::size_t n_minor);

/// Puts bands one behind the other and frees each as it is copied.
PackedRows join_bands(std::vector<RowBand>& bands, Order order, std::size_t n_minor,
                      const Context& context);

/// Sorts the minor indices within each major item and adds up entries that
/// occur twice.
void sort_and_merge(PackedRows& rows, const Context& context);

/// Removes stored zeros and, in real-valued storage, NaN.
void drop_zeros(PackedRows& rows, const Context& context);

/// Repairs what needs it and gives the cell-major matrix; transposes gene-major rows.
SparseMatrix finish(PackedRows&& rows, const Context& context);

}  // namespace celloquy::io
