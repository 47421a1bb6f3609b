#pragma once
// The readers behind read_dataset(), one a format. They throw Refusal; what is
// common to all (names, organism, empty cells, notes) is done by settle().

#include <functional>
#include <memory>

#include "io/hdf5/format.hpp"
#include "io/input_file.hpp"
#include "io/packed_rows.hpp"
#include "matrix/dataset.hpp"

namespace celloquy::io {

Dataset read_h5ad(const hdf5::File& file, const Context& context);
/// 10x Genomics HDF5 of Cell Ranger 2 (a group a genome) and 3 (matrix/features).
Dataset read_tenx_h5(const hdf5::File& file, const Context& context);
bool is_tenx_h5(const hdf5::File& file);

/// Any single file, by its content; `fingerprint` and `path` are left empty.
Dataset read_any(std::shared_ptr<const InputFile> input, const Context& context);
/// Turns what a reader throws into an Error; `path` is for the sentences.
Expected<Dataset> guarded_read(const std::function<Dataset()>& read, const std::string& path);

/// Makes the rows the dataset's matrix, detects its state if `states` does not
/// have it yet, and notes repairs. Refuses matrices without cells or genes and
/// with infinite values.
void settle_matrix(Dataset& dataset, PackedRows&& rows, const std::string& where,
                   const Context& context);
/// Drops the features that are not gene expression (antibodies, guides), where
/// var has a column "feature_types", and says so.
void keep_gene_expression(Dataset& dataset, const Context& context);
/// Names, organism, empty cells: the last step of every reader.
void settle_dataset(Dataset& dataset);

}  // namespace celloquy::io
