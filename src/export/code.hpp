#pragma once
// The history of a study as code to take away.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace celloquy::exports {

/// One step of the history, oldest first.
struct CodeStep {
  std::string tool;
  nlohmann::json arguments;
  Text summary;        ///< one sentence, becomes a comment
  std::string scanpy;  ///< works on `adata`; empty: nothing to do there
  std::string seurat;  ///< works on `object`
};

/// What the scripts start from.
struct CodeSource {
  std::string path;                ///< of the data file, as the user gave it
  std::string format;              ///< Dataset::format: "h5ad", "10x_h5", "matrix_market", "table"
  std::string matrix_where;        ///< "X", "raw/X", "layers/counts"
  bool cells_are_columns = false;  ///< of a table: genes run down
  std::string title;               ///< first line of the script
};

/// A Python script that runs with the current scanpy: imports, reading, each
/// step. Lines that steps import again are lifted to the top.
std::string scanpy_script(const CodeSource& source, const std::vector<CodeStep>& steps,
                          Language language);
/// An R script for Seurat 4 and 5.
std::string seurat_script(const CodeSource& source, const std::vector<CodeStep>& steps,
                          Language language);
/// A Jupyter notebook (nbformat 4.5): a markdown and a code cell for each step.
nlohmann::json notebook(const CodeSource& source, const std::vector<CodeStep>& steps,
                        Language language);

}  // namespace celloquy::exports
