#pragma once
// Cells as rows, genes as columns; never changed after it was made.

#include <memory>
#include <mutex>

#include "matrix/sparse_matrix.hpp"

namespace celloquy {

/// Holds the values once by cell; the copy by gene is made when a step first
/// asks for it. Cheap to copy (shared).
class CountMatrix {
 public:
  CountMatrix() : CountMatrix(SparseMatrix{}) {}
  explicit CountMatrix(SparseMatrix by_cell);

  std::size_t n_cells() const { return shared_->by_cell.n_cells(); }
  std::size_t n_genes() const { return shared_->by_cell.n_genes(); }
  std::uint64_t n_nonzeros() const { return shared_->by_cell.n_nonzeros(); }
  /// True where the values are whole numbers ≥ 0.
  bool counts() const { return shared_->by_cell.counts(); }

  const SparseMatrix& by_cell() const { return shared_->by_cell; }
  /// Transposes at the first call (about 10 ns a non-zero on one thread).
  Expected<std::shared_ptr<const SparseMatrix>> by_gene(const Context& context) const;
  /// Lets the copy by gene go; it is freed when nobody holds it any more.
  void release_by_gene() const;

 private:
  struct Shared {
    SparseMatrix by_cell;
    std::mutex mutex;
    std::shared_ptr<const SparseMatrix> by_gene;
  };
  std::shared_ptr<Shared> shared_;
};

/// How a stored value becomes the value that a step works with:
///   identity     value
///   normalized   value · scale[cell]
///   log1p        ln(1 + value · scale[cell])
/// Scanpy's normalize_total(target_sum) is scale = target_sum / total counts.
struct Normalization {
  enum class Kind { identity, normalized, log1p };
  Kind kind = Kind::identity;
  std::vector<float> scale;  ///< one a cell; empty for identity
};

/// Expression values of a CountMatrix, computed when they are read. Borrows
/// both. Zero stays zero in every kind, so the view is as sparse as the matrix.
struct ExpressionView {
  const CountMatrix* matrix;
  const Normalization* normalization;

  std::size_t n_cells() const { return matrix->n_cells(); }
  std::size_t n_genes() const { return matrix->n_genes(); }
};

/// Decodes one cell or gene at a time into floats, normalised. One a thread.
class ExpressionDecoder {
 public:
  /// `matrix` is view.matrix's by_cell() or by_gene().
  ExpressionDecoder(const ExpressionView& view, const SparseMatrix& matrix)
      : normalization_(view.normalization), matrix_(&matrix), decoder_(matrix) {}
  /// Valid until the next call.
  SparseRow row(std::size_t major);

 private:
  const Normalization* normalization_;
  const SparseMatrix* matrix_;
  RowDecoder decoder_;
  std::vector<float> values_;
};

}  // namespace celloquy
