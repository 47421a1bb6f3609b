#pragma once
// What one session of a study shows at one moment; never changed. Everything
// that only reads works on it, also while an analysis runs.

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "tools/pipeline/pipeline.hpp"

namespace celloquy::server {

struct Snapshot {
  std::shared_ptr<const Dataset> data;
  std::string state, branch, cells_key;
  bool can_undo = false, can_redo = false, all_cells = true;
  tools::Shared<tools::CellList> cells;  ///< kept ones, by their numbers in the file

  /// Those that exist already; null otherwise.
  tools::Shared<umap::Result> layout;
  std::string layout_key;
  std::shared_ptr<const tools::Grouping> clusters, labels;

  struct Named {
    std::string key;
    tools::Shared<tools::OwnField> values;  ///< of the cells of the file
  };
  std::map<std::string, Named> own_fields;  ///< that people made or edited, by name

  std::vector<std::pair<std::string, std::string>> branches;  ///< name, state
  std::shared_ptr<const std::vector<workspace::Turn>> turns;

  struct Selected {
    std::string key;
    tools::Shared<tools::CellList> cells;  ///< of the file
  };
  std::map<std::string, Selected> selections;  ///< "": the present one

  std::size_t n_kept() const { return cells->kept.size(); }
};

/// Reads the file when it has not been read. Computes nothing.
Expected<std::shared_ptr<const Snapshot>> take_snapshot(workspace::Study& study,
                                                        const Context& context);

/// Of the kept cells, those that are in a list of cells of the file: a bit for each.
std::string bitmap_of(const Snapshot& snapshot, const std::vector<std::uint32_t>& file_cells);
/// Nothing when the bitmap has another length or bits beyond the last cell.
std::optional<tools::CellList> cells_of_bitmap(const Snapshot& snapshot, const std::string& bitmap);
std::size_t n_kept_of(const Snapshot& snapshot, const std::vector<std::uint32_t>& file_cells);

}  // namespace celloquy::server
