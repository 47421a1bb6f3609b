#pragma once
// Labelled cells to judge the joint space by: a file, its column of labels, and
// what each label is called in words.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "tools/pipeline/pipeline.hpp"
#include "training/evaluation/temporary_folder.hpp"

namespace celloquy::training {

/// One line of bench/eval/cells.json, parts of other sets filled in.
struct CellTask {
  std::string name, file, column;
  std::string role;  ///< "tune" or "test"
  /// The file's label → the text for it; empty: each label is its own text.
  std::map<std::string, std::string> labels;
  std::vector<std::string> only;            ///< the file's labels; empty: all
  std::vector<std::string> without;         ///< the file's labels whose cells are taken out
  std::map<std::string, std::size_t> take;  ///< the first so many cells of these; empty: all
};
/// Error (unusable_input): not JSON, a field is missing, or `like` names no task before it.
Expected<std::vector<CellTask>> read_cell_tasks(const std::filesystem::path& path);

/// The cells of a task, opened in a workspace of their own that is gone afterwards.
class TaskCells {
 public:
  /// `folder`: where relative files are. Errors: those of reading; usage without such a
  /// column; unusable_input when no cell has one of the labels.
  static Expected<TaskCells> open(const CellTask& task, const std::filesystem::path& folder,
                                  const Context& context);
  TaskCells(TaskCells&&) noexcept;
  ~TaskCells();

  tools::Pipeline& pipeline() { return *pipeline_; }
  const std::vector<std::string>& texts() const { return texts_; }  ///< each once
  /// By cell: its row in the file, and its text (row of texts()).
  const std::vector<std::uint32_t>& rows() const { return rows_; }
  const std::vector<std::size_t>& truth() const { return truth_; }

 private:
  TaskCells();

  std::unique_ptr<TemporaryFolder> work_;
  std::unique_ptr<workspace::Study> study_;
  std::unique_ptr<tools::Pipeline> pipeline_;
  std::vector<std::string> texts_;
  std::vector<std::uint32_t> rows_;
  std::vector<std::size_t> truth_;
};

}  // namespace celloquy::training
