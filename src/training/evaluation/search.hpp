#pragma once
// Free texts against labelled cells: are there such cells, and which are they.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "base/expected.hpp"

namespace celloquy::training {

/// bench/eval/search.json. A kind is a word for a cell type that texts and
/// labels share ("plasma", "cd8").
struct SearchData {
  std::string name, file, column;
  std::map<std::string, std::vector<std::string>> kinds;  ///< label of the file → kinds in it
};
struct SearchQuery {
  std::string english, chinese;
  std::vector<std::string> kinds;   ///< that the text means; empty: none of any blood cell
  std::vector<std::string> unsure;  ///< that it may mean: such cells are not counted
  std::string half;                 ///< "choose": constants were chosen on it; "report"
};
struct SearchTask {
  std::vector<SearchData> data;
  std::vector<SearchQuery> queries;
};
/// Error (unusable_input): not JSON, or a field is missing.
Expected<SearchTask> read_search_task(const std::filesystem::path& path);

/// Of one half in one language on one data set; NaN where nothing was to be measured.
struct SearchMeasures {
  std::string data, half, language;
  std::size_t n_present = 0, n_absent = 0;
  double presence_auroc = 0;  ///< of the mean of the ten highest probabilities
  double found = 0;           ///< of texts whose cells are there: share with a cell at ≥ 0.5
  double false_found = 0;     ///< of texts whose cells are not there
  double precision = 0, recall = 0;  ///< of cells at ≥ 0.5; mean over texts
  double calibration_error = 0;      ///< of all cells and texts
};
/// `folder`: where relative files are. Uses a workspace in a temporary folder.
Expected<std::vector<SearchMeasures>> evaluate_search(const SearchTask& task,
                                                      const std::filesystem::path& folder,
                                                      const Context& context);

}  // namespace celloquy::training
