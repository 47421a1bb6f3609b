#pragma once
// One entrance for every format. How to add a reader: docs/add_a_reader.md.

#include <string>

#include "matrix/dataset.hpp"

namespace celloquy {

/// Reads `path`: .h5ad, 10x .h5, a Matrix Market folder, .csv/.tsv (.gz), found
/// out from the content, not the name. Chooses the matrix that analysis starts
/// from (counts before anything else), detects what the numbers are and the
/// organism. Errors: unusable_input with what is wrong, where, what to do.
Expected<Dataset> read_dataset(const std::string& path, const Context& context);

}  // namespace celloquy
