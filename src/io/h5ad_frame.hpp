#pragma once
// obs and var of an .h5ad, as any anndata from 0.6 on wrote them.

#include "io/hdf5/matrix_reader.hpp"
#include "matrix/data_frame.hpp"

namespace celloquy::io {

/// Reads the table at `object` (group or compound dataset). Columns that
/// cannot be read are left out with a note. Refuses a missing index or one
/// whose length differs from `rows` (SIZE_MAX: any).
DataFrame read_frame(const hdf5::File& file, std::uint64_t object, const std::string& path,
                     std::size_t rows, std::vector<Text>& notes);

/// Any dataset of texts: fixed length or in the global heap.
std::vector<std::string> read_texts(const hdf5::File& file, const hdf5::Dataset& dataset);

}  // namespace celloquy::io
