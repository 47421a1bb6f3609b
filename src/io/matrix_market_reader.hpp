#pragma once
// Matrix Market: matrix.mtx with barcodes and genes or features beside it.

#include <optional>

#include "io/readers.hpp"

namespace celloquy::io {

/// Names of the regular files in a folder, sorted.
std::vector<std::string> files_in(const std::string& folder);
/// Path of the one matrix.mtx[.gz] (also with a prefix) in a folder, if there
/// is one. Refuses more than one.
std::optional<std::string> matrix_market_in(const std::string& folder,
                                            const std::vector<std::string>& names);

/// Reads the matrix at the file's path and its companions in the same folder.
Dataset read_matrix_market(std::shared_ptr<const InputFile> file, const Context& context);

/// Rows and columns that the file announces.
std::pair<std::uint64_t, std::uint64_t> market_shape(const InputFile& text);
/// The matrix alone, compressed by column. Its announced shape is believed:
/// compare it with the number of names first.
PackedRows read_market_matrix(const InputFile& text, const Context& context);

}  // namespace celloquy::io
