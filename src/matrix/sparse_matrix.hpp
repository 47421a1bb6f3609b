#pragma once
// Compressed sparse storage: narrow integers, one order. The building block of CountMatrix.

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "base/buffer.hpp"
#include "base/context.hpp"

namespace celloquy {

/// What runs along the rows of the compressed storage.
enum class Order { cell_major, gene_major };

/// A typed, borrowed look at a SparseMatrix. The non-zeros of major item i are
/// [offsets[i], offsets[i+1]), minor indices ascending within it.
template <class Index, class Value>
struct SparseView {
  using index_type = Index;
  using value_type = Value;
  std::size_t n_major, n_minor;
  const std::uint64_t* offsets;  ///< n_major + 1
  const Index* indices;
  const Value* values;
};

/// One row decoded into the common types; see RowDecoder.
struct SparseRow {
  std::span<const std::uint32_t> indices;
  std::span<const float> values;
};

/// Index storage: 16 bits where the minor dimension allows. Value storage: the
/// narrowest of 8, 16, 32 bits that holds every count, or float for values
/// that are not counts. 3 bytes a non-zero for most data.
class SparseMatrix {
 public:
  using Indices = std::variant<Buffer<std::uint16_t>, Buffer<std::uint32_t>>;
  using Values = std::variant<Buffer<std::uint8_t>, Buffer<std::uint16_t>, Buffer<std::uint32_t>,
                              Buffer<float>>;

  SparseMatrix() : offsets_(1, 0) {}
  /// Takes ownership. `offsets` has n_major + 1 entries; all arrays are trusted
  /// (readers check them; see valid()).
  SparseMatrix(Order order, std::size_t n_major, std::size_t n_minor,
               std::vector<std::uint64_t> offsets, Indices indices, Values values);

  Order order() const { return order_; }
  std::size_t n_major() const { return n_major_; }
  std::size_t n_minor() const { return n_minor_; }
  std::size_t n_cells() const { return order_ == Order::cell_major ? n_major_ : n_minor_; }
  std::size_t n_genes() const { return order_ == Order::cell_major ? n_minor_ : n_major_; }
  std::uint64_t n_nonzeros() const { return offsets_.back(); }
  bool counts() const { return !std::holds_alternative<Buffer<float>>(values_); }
  std::size_t bytes() const;
  std::span<const std::uint64_t> offsets() const { return offsets_; }

  /// f(SparseView<Index, Value>) with the types that are stored.
  template <class F>
  decltype(auto) visit(F&& f) const {
    return std::visit(
        [&](const auto& indices, const auto& values) -> decltype(auto) {
          using Index = std::remove_cvref_t<decltype(indices[0])>;
          using Value = std::remove_cvref_t<decltype(values[0])>;
          return f(SparseView<Index, Value>{n_major_, n_minor_, offsets_.data(), indices.data(),
                                            values.data()});
        },
        indices_, values_);
  }

  /// Offsets ascending and within the arrays, indices ascending and in range.
  /// O(non-zeros); for readers and tests.
  bool valid() const;

 private:
  Order order_ = Order::cell_major;
  std::size_t n_major_ = 0, n_minor_ = 0;
  std::vector<std::uint64_t> offsets_;
  Indices indices_ = Buffer<std::uint16_t>();
  Values values_ = Buffer<std::uint8_t>();
};

/// Decodes rows (major items) into 32-bit indices and floats, one at a time
/// into its own scratch memory; costs about 0.3 ns a non-zero. For loops where
/// a copy of the code for each storage type does not pay. One a thread.
class RowDecoder {
 public:
  explicit RowDecoder(const SparseMatrix& matrix) : matrix_(&matrix) {}
  /// Valid until the next call.
  SparseRow row(std::size_t major);

 private:
  const SparseMatrix* matrix_;
  std::vector<std::uint32_t> indices_;
  std::vector<float> values_;
};

/// The same matrix compressed along the other axis. Two passes over the
/// non-zeros by blocks of major items; same bits for any number of threads.
Expected<SparseMatrix> transposed(const SparseMatrix& matrix, const Context& context);

/// The rows and columns that are kept, in the given (ascending) order, as a new
/// matrix; an empty `minor` keeps all columns. O(non-zeros of the kept rows).
Expected<SparseMatrix> subset(const SparseMatrix& matrix, std::span<const std::uint32_t> major,
                              std::span<const std::uint32_t> minor, const Context& context);

}  // namespace celloquy
