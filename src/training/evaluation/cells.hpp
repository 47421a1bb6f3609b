#pragma once
// Zero-shot labels of cells against an expert's: whole sets, and parts of them
// that are one-sided, with one default for all.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "space/labels/label_cells.hpp"

namespace celloquy::training {

/// One line of bench/eval/cells.json, parts of other sets filled in.
struct CellTask {
  std::string name, file, column;
  std::string role;                           ///< "tune" or "test"
  std::map<std::string, std::string> labels;  ///< the file's label → the text for it
  std::vector<std::string> only;              ///< the file's labels; empty: all
  std::map<std::string, std::size_t> take;    ///< the first so many cells of these; empty: all
};
/// Error (unusable_input): not JSON, or a field is missing.
Expected<std::vector<CellTask>> read_cell_tasks(const std::filesystem::path& path);

struct CellMeasures {
  std::size_t n_cells = 0, n_labels = 0;
  double top1 = 0;               ///< share of cells whose most probable label is right
  double balanced = 0;           ///< the same, mean over labels
  double auroc = 0;              ///< of the probabilities, mean over labels; NaN for one label
  double calibration_error = 0;  ///< of the most probable label
  double seconds = 0;            ///< scoring and decoding, not reading
};
/// `folder`: where relative files are. Uses a workspace in a temporary folder.
Expected<CellMeasures> evaluate_cells(const CellTask& task, const std::filesystem::path& folder,
                                      const space::LabelOptions& options, const Context& context);

}  // namespace celloquy::training
