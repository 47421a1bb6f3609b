#pragma once
// How a Seurat script reads the data.

#include <string>

#include "export/code.hpp"

namespace celloquy::exports {

/// R code that makes `object` from the file. AnnData files are read with
/// hdf5r, which Seurat's own reader of 10x files needs too: no Python, and
/// nothing that a distribution with Seurat lacks.
std::string seurat_reading(const CodeSource& source);

/// Python and R quote texts this way.
std::string quoted(const std::string& text);

}  // namespace celloquy::exports
