#pragma once
// The expression of one gene at a time, from a file that is mapped, not read:
// what colouring by a gene needs, without the matrix in memory.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "matrix/dataset.hpp"

namespace celloquy::server {

/// Gene-major copy of a study's matrix with the cells' scale factors. About
/// 5 bytes a non-zero on disk; a column costs the time to read its non-zeros
/// (1 ns each) and to clear one float a cell.
class GeneColumns {
 public:
  /// Opens the file, or nothing when it is missing, damaged or of other data.
  static std::shared_ptr<const GeneColumns> open(const std::string& path, const Dataset& data);
  /// Writes it: atomic. `scale` as in Normalization, one a cell, empty for identity.
  static Status write(const std::string& path, const SparseMatrix& by_gene,
                      const Normalization& normalization);
  ~GeneColumns();
  GeneColumns(const GeneColumns&) = delete;
  GeneColumns& operator=(const GeneColumns&) = delete;

  std::size_t n_cells() const { return n_cells_; }
  std::size_t n_genes() const { return n_genes_; }
  /// Values of all cells of the file. `gene` must be below n_genes().
  std::vector<float> values(std::size_t gene) const;

 private:
  GeneColumns() = default;
  struct Header;
  bool map(const std::string& path);
  template <class Index>
  void read(std::size_t gene, const Index* indices, std::vector<float>& out) const;

  const unsigned char* base_ = nullptr;
  std::size_t size_ = 0, n_cells_ = 0, n_genes_ = 0;
  std::uint32_t index_bytes_ = 0, value_kind_ = 0, normalization_ = 0;
  const std::uint64_t* offsets_ = nullptr;
  const float* scale_ = nullptr;
  const unsigned char* indices_ = nullptr;
  const unsigned char* values_ = nullptr;
};

}  // namespace celloquy::server
