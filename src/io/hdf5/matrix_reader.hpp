#pragma once
// Matrices of HDF5 files (CSR, CSC, dense) into narrow sparse storage, read by
// all threads with positional reads, one pass over the bytes of the file.

#include <memory>

#include "io/hdf5/chunk_decoder.hpp"
#include "io/packed_rows.hpp"

namespace celloquy::io::hdf5 {

/// A matrix that was found and whose shape and arrays fit together; nothing of
/// its bulk is read yet.
struct MatrixSource {
  enum class Kind { compressed, dense };
  Kind kind = Kind::compressed;
  Order order = Order::cell_major;  ///< what the compressed storage runs along
  std::size_t n_cells = 0, n_genes = 0;
  std::vector<std::uint64_t> offsets;
  std::shared_ptr<DataSource> values, indices;
  std::uint64_t n_values() const { return values->elements(); }
};

/// The group with data, indices, indptr at `group`; `shape` is cells × genes.
/// `order` says which of them indptr runs along.
MatrixSource compressed_source(const File& file, std::uint64_t group, const std::string& path,
                               Order order, std::size_t n_cells, std::size_t n_genes);
/// A two-dimensional dataset, cells × genes.
MatrixSource dense_source(const File& file, std::uint64_t dataset, const std::string& path);

/// Reads everything; `summary` is exact.
PackedRows read_matrix(const MatrixSource& source, const Context& context);

/// A part that shows what the numbers are: about `wanted` values of whole cells
/// (whole genes, if the matrix is compressed by gene) spread over the matrix;
/// everything, if it is small.
PackedRows sample_matrix(const MatrixSource& source, std::uint64_t wanted, const Context& context);

/// The bands of a dense matrix with these numbers, in this order; all for an
/// empty list. Parts of read_matrix() and sample_matrix().
PackedRows read_dense(const MatrixSource& source, std::span<const std::size_t> bands,
                      const Context& context);
/// Rows that are read together: whole chunks where they are small enough.
std::size_t dense_band_rows(const MatrixSource& source);

/// How the elements of a dataset can be read as numbers; refuses texts and such.
NumberKind number_kind(const Dataset& dataset);
/// Widens rare element types to the four that the kernels know. `out` is used
/// only where that is needed; returns where the numbers lie.
const void* as_numbers(const Datatype& type, const std::uint8_t* raw, std::size_t count,
                       std::vector<std::uint8_t>& out);
/// A small dataset as 64-bit integers or doubles.
std::vector<std::int64_t> read_integers(const File& file, const Dataset& dataset);
std::vector<double> read_reals(const File& file, const Dataset& dataset);

}  // namespace celloquy::io::hdf5
