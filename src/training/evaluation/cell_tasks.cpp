#include "training/evaluation/cell_tasks.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/choose_cells.hpp"
#include "training/evaluation/task_file.hpp"

namespace celloquy::training {
namespace {

Expected<CellTask> read_task(const nlohmann::json& object, const std::vector<CellTask>& before,
                             const std::filesystem::path& path) {
  CellTask task;
  try {
    if (const auto like = object.find("like"); like != object.end()) {
      const auto found = std::find_if(before.begin(), before.end(),
                                      [&](const auto& other) { return other.name == *like; });
      if (found == before.end()) return unusable_task(path, like->dump());
      task = *found;
    }
    task.name = object.at("name").get<std::string>();
    task.file = object.value("file", task.file);
    task.column = object.value("column", task.column);
    task.role = object.value("role", task.role);
    task.labels = object.value("labels", task.labels);
    task.only = object.value("only", std::vector<std::string>{});
    task.without = object.value("without", std::vector<std::string>{});
    task.take = object.value("take", std::map<std::string, std::size_t>{});
  } catch (const nlohmann::json::exception& error) {
    return unusable_task(path, error.what());
  }
  if (task.file.empty() || task.column.empty()) return unusable_task(path, task.name);
  return task;
}

bool among(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What files write where a cell has no label.
bool no_label(const std::string& name) {
  return name.empty() || name == "nan" || name == "NA" || name == "None" || name == "unknown" ||
         name == "Unknown";
}

}  // namespace

TaskCells::TaskCells() : work_(std::make_unique<TemporaryFolder>()) {}
TaskCells::TaskCells(TaskCells&&) noexcept = default;
TaskCells::~TaskCells() = default;

Expected<std::vector<CellTask>> read_cell_tasks(const std::filesystem::path& path) {
  CELLOQUY_TRY(const auto document, read_task_file(path, nlohmann::json::value_t::array));
  std::vector<CellTask> tasks;
  for (const auto& object : document) {
    CELLOQUY_TRY(auto task, read_task(object, tasks, path));
    tasks.push_back(std::move(task));
  }
  return tasks;
}

Expected<TaskCells> TaskCells::open(const CellTask& task, const std::filesystem::path& folder,
                                    const Context& context) {
  TaskCells out;
  const std::string file = task.file == "demo" ? task.file : (folder / task.file).string();
  CELLOQUY_TRY(out.study_,
               workspace::Study::open(file, {out.work_->path(), "default", true}, context));
  out.pipeline_ = std::make_unique<tools::Pipeline>(*out.study_, context);
  CELLOQUY_TRY(const auto column, out.pipeline_->column(task.column));
  auto labels = task.labels;
  if (labels.empty())
    for (std::uint32_t cell = 0; cell < length(column); ++cell)
      if (auto name = value_text(column, cell); !no_label(name)) labels.emplace(name, name);
  for (const auto& [name, text] : labels)
    if (!among(out.texts_, text)) out.texts_.push_back(text);
  tools::CellList cells;
  auto left = task.take;
  for (std::uint32_t cell = 0; cell < length(column); ++cell) {
    const auto name = value_text(column, cell);
    const auto label = labels.find(name);
    if (label == labels.end() || among(task.without, name)) continue;
    if (!task.only.empty() && !among(task.only, name)) continue;
    if (!task.take.empty()) {
      auto more = left.find(name);
      if (more == left.end() || more->second == 0) continue;
      --more->second;
    }
    cells.kept.push_back(cell);
    out.truth_.push_back(static_cast<std::size_t>(
        std::find(out.texts_.begin(), out.texts_.end(), label->second) - out.texts_.begin()));
  }
  if (cells.kept.empty())
    return failure(ErrorCode::unusable_input, "training.no_labelled_cells",
                   {{"task", task.name}, {"column", task.column}, {"file", file}});
  out.rows_ = cells.kept;
  CELLOQUY_CHECK(tools::choose_cells(*out.pipeline_, "eval", nlohmann::json::object(), Text{},
                                     std::move(cells), false));
  return out;
}

}  // namespace celloquy::training
