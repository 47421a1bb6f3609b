#pragma once
// Matrices as .npy files (NumPy format 1.0): numpy.load reads them.

#include <functional>
#include <span>
#include <string>

#include "base/expected.hpp"

namespace celloquy::exports {

/// rows × columns of float32, row by row. `fill(begin, end, values)` writes the
/// rows [begin, end); it is called for 4,096 rows at a time, so that no more of
/// the matrix is in memory. Atomic. Errors: the folder cannot be written.
Status write_npy(
    const std::string& path, std::size_t n_rows, std::size_t n_columns,
    const std::function<void(std::size_t begin, std::size_t end, std::span<float> values)>& fill);

}  // namespace celloquy::exports
