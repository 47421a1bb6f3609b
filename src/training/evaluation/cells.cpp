#include "training/evaluation/cells.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/choose_cells.hpp"
#include "tools/space/cell_view.hpp"
#include "training/evaluation/measures.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::training {
namespace {

/// A folder that is gone afterwards.
class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(std::filesystem::temp_directory_path() /
              ("celloquy-eval-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

Expected<CellTask> read_task(const nlohmann::json& object, const std::vector<CellTask>& before,
                             const std::filesystem::path& path) {
  CellTask task;
  if (const auto like = object.find("like"); like != object.end()) {
    const auto found = std::find_if(before.begin(), before.end(),
                                    [&](const auto& other) { return other.name == *like; });
    if (found != before.end()) task = *found;
  }
  try {
    task.name = object.at("name").get<std::string>();
    task.file = object.value("file", task.file);
    task.column = object.value("column", task.column);
    task.role = object.value("role", task.role);
    task.labels = object.value("labels", task.labels);
    task.only = object.value("only", std::vector<std::string>{});
    task.take = object.value("take", std::map<std::string, std::size_t>{});
  } catch (const nlohmann::json::exception& error) {
    return failure(ErrorCode::unusable_input, "training.task_unusable",
                   {{"file", path.string()}, {"reason", error.what()}});
  }
  if (task.file.empty() || task.column.empty() || task.labels.empty())
    return failure(ErrorCode::unusable_input, "training.task_unusable",
                   {{"file", path.string()}, {"reason", task.name}});
  return task;
}

/// The cells of the task: indices in the file, and the code of each one's label.
struct Chosen {
  tools::CellList cells;
  std::vector<std::size_t> label;
};

Chosen choose(const CellTask& task, const Column& column, std::span<const std::string> texts) {
  Chosen chosen;
  auto left = task.take;
  for (std::uint32_t cell = 0; cell < length(column); ++cell) {
    const auto name = value_text(column, cell);
    const auto label = task.labels.find(name);
    if (label == task.labels.end()) continue;
    if (!task.only.empty() &&
        std::find(task.only.begin(), task.only.end(), name) == task.only.end())
      continue;
    if (!task.take.empty()) {
      auto more = left.find(name);
      if (more == left.end() || more->second == 0) continue;
      --more->second;
    }
    chosen.cells.kept.push_back(cell);
    chosen.label.push_back(static_cast<std::size_t>(
        std::find(texts.begin(), texts.end(), label->second) - texts.begin()));
  }
  return chosen;
}

CellMeasures measure(const space::Decoding& decoded, std::span<const std::size_t> label) {
  CellMeasures out;
  out.n_cells = decoded.n_cells;
  out.n_labels = decoded.n_labels;
  std::vector<double> right_of(decoded.n_labels, 0), count(decoded.n_labels, 0);
  std::vector<float> stated;
  std::vector<std::uint8_t> right;
  for (std::size_t i = 0; i < decoded.n_cells; ++i) {
    const auto row = std::span(decoded.probability).subspan(i * decoded.n_labels, decoded.n_labels);
    const auto top =
        static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
    stated.push_back(row[top]);
    right.push_back(top == label[i]);
    right_of[label[i]] += right.back();
    count[label[i]] += 1;
  }
  double labels = 0, curves = 0, n_curves = 0;
  for (std::size_t l = 0; l < decoded.n_labels; ++l) {
    if (count[l] == 0) continue;
    out.balanced += right_of[l] / count[l];
    labels += 1;
    std::vector<float> score(decoded.n_cells);
    std::vector<std::uint8_t> positive(decoded.n_cells);
    for (std::size_t i = 0; i < decoded.n_cells; ++i) {
      score[i] = decoded.probability[i * decoded.n_labels + l];
      positive[i] = label[i] == l;
    }
    const double area = auroc(score, positive);
    if (!std::isnan(area)) curves += area, n_curves += 1;
  }
  out.balanced /= std::max(labels, 1.0);
  out.auroc = curves / n_curves;
  out.top1 = static_cast<double>(std::count(right.begin(), right.end(), 1)) /
             std::max<double>(1, static_cast<double>(right.size()));
  out.calibration_error = calibration_error(stated, right);
  return out;
}

}  // namespace

Expected<std::vector<CellTask>> read_cell_tasks(const std::filesystem::path& path) {
  const auto text = workspace::read_file(path.string());
  const auto document =
      text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json(nullptr);
  if (!document.is_array())
    return failure(ErrorCode::unusable_input, "training.task_unusable",
                   {{"file", path.string()}, {"reason", "JSON"}});
  std::vector<CellTask> tasks;
  for (const auto& object : document) {
    CELLOQUY_TRY(auto task, read_task(object, tasks, path));
    tasks.push_back(std::move(task));
  }
  return tasks;
}

Expected<CellMeasures> evaluate_cells(const CellTask& task, const std::filesystem::path& folder,
                                      const space::LabelOptions& options, const Context& context) {
  const TemporaryFolder work;
  const std::string file = task.file == "demo" ? task.file : (folder / task.file).string();
  CELLOQUY_TRY(auto study, workspace::Study::open(file, {work.path(), "default", true}, context));
  tools::Pipeline pipeline(*study, context);
  CELLOQUY_TRY(const auto column, pipeline.column(task.column));
  std::vector<std::string> texts;
  for (const auto& [name, text] : task.labels)
    if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
  auto chosen = choose(task, column, texts);
  CELLOQUY_CHECK(
      tools::choose_cells(pipeline, "eval", nlohmann::json::object(), Text{}, chosen.cells, false));
  CELLOQUY_TRY(auto* tower, tools::text_tower());
  CELLOQUY_TRY(const auto labels, tower->encode(texts, space::TextUse::labels, context));
  const double begin = tools::clock_seconds();
  CELLOQUY_TRY(const auto decoded, tools::label_kept_cells(pipeline, labels, options));
  auto measures = measure(decoded, chosen.label);
  measures.seconds = tools::clock_seconds() - begin;
  return measures;
}

}  // namespace celloquy::training
