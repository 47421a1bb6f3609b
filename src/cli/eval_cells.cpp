// celloquy eval cells: labels of cells against an expert's.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "cli/eval.hpp"
#include "training/evaluation/cells.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::cli {
namespace {

using training::CellAnswers;
using training::CellTask;

space::LabelOptions label_options(const EvalCommand& command) {
  space::LabelOptions options;
  if (command.spread_low > 0) options.decode.spread_low = command.spread_low;
  if (command.spread_high > 0) options.decode.spread_high = command.spread_high;
  if (command.gap_low > 0) options.decode.gap_low = command.gap_low;
  if (command.gap_high > 0) options.decode.gap_high = command.gap_high;
  if (command.offset_weight > 0) options.decode.offset_weight = command.offset_weight;
  if (command.contrast >= 0) options.contrast = command.contrast;
  return options;
}

Expected<std::vector<CellTask>> tasks_of(const EvalCommand& command) {
  if (command.column.empty()) return training::read_cell_tasks(command.tasks);
  CellTask task;
  task.name = std::filesystem::path(command.tasks).filename().string();
  task.file = command.tasks;
  task.column = command.column;
  task.role = "test";
  return std::vector<CellTask>{task};
}

nlohmann::json bins_json(const training::Reliability& reliability) {
  nlohmann::json bins = nlohmann::json::array();
  for (const auto& bin : reliability.bins)
    bins.push_back({{"count", bin.count},
                    {"stated", bin.count > 0 ? nlohmann::json(bin.stated / bin.count) : nullptr},
                    {"right", bin.count > 0 ? nlohmann::json(bin.right / bin.count) : nullptr}});
  return bins;
}

nlohmann::json measures_json(const CellTask& task, const training::CellMeasures& m) {
  return {{"name", task.name},
          {"file", task.file},
          {"role", task.role},
          {"cells", m.n_cells},
          {"labels", m.n_labels},
          {"top1", m.top1},
          {"balanced", m.balanced},
          {"auroc", to_json(m.auroc)},
          {"calibration_error", m.calibration_error},
          {"clusters", m.n_clusters},
          {"cluster_top1", to_json(m.cluster_top1)},
          {"clusters_right", to_json(m.clusters_right)},
          {"reliability", bins_json(m.reliability)},
          {"seconds", m.seconds}};
}

/// "pbmc3k, T cells only" → "pbmc3k_T_cells_only"
std::string file_name(std::string name) {
  std::string out;
  for (const char c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '-')
      out += c;
    else if (!out.empty() && out.back() != '_')
      out += '_';
  return out;
}

Status write_cells(const std::filesystem::path& folder, const CellTask& task,
                   const CellAnswers& answers) {
  workspace::make_folders(folder.string());
  std::string table = "row\ttruth\tlabel\tprobability\tcluster\n";
  for (const auto& cell : answers.cells)
    table += fmt::format("{}\t{}\t{}\t{:.4f}\t{}\n", cell.row, answers.texts[cell.truth],
                         answers.texts[cell.label], cell.probability, cell.cluster);
  return workspace::write_file_atomically((folder / (file_name(task.name) + ".tsv")).string(),
                                          table);
}

std::string reliability_table(std::span<const CellAnswers> answers) {
  training::Reliability all;
  for (const auto& set : answers) all += set.measures.reliability;
  std::string out = "\n| stated probability | cells | mean stated | right |\n|---|---|---|---|\n";
  for (std::size_t b = 0; b < all.bins.size(); ++b) {
    const auto& bin = all.bins[b];
    if (bin.count == 0) continue;
    out += fmt::format("| {:.1f} to {:.1f} | {} | {:.3f} | {:.3f} |\n", static_cast<double>(b) / 10,
                       static_cast<double>(b + 1) / 10, bin.count, bin.stated / bin.count,
                       bin.right / bin.count);
  }
  return out;
}

}  // namespace

Expected<EvalReport> eval_cells(const EvalCommand& command, const Context& context) {
  CELLOQUY_TRY(const auto tasks, tasks_of(command));
  const auto options = label_options(command);
  EvalReport report{"cells", {}, {{"tasks", nlohmann::json::array()}}};
  report.markdown =
      "| cells | role | n | top-1 | balanced | AUROC | ECE | clusters | top-1 by cluster | "
      "clusters right |\n|---|---|---|---|---|---|---|---|---|---|\n";
  std::vector<CellAnswers> answers;
  for (const auto& task : tasks) {
    context.report("sets of cells",
                   static_cast<double>(answers.size()) / static_cast<double>(tasks.size()));
    CELLOQUY_TRY(auto found, training::evaluate_cells(task, command.folder, options, context));
    const auto& m = found.measures;
    report.data["tasks"].push_back(measures_json(task, m));
    report.markdown +=
        fmt::format("| {} | {} | {} | {:.3f} | {:.3f} | {} | {:.3f} | {} | {} | {} |\n", task.name,
                    task.role, m.n_cells, m.top1, m.balanced, shown(m.auroc), m.calibration_error,
                    m.n_clusters, shown(m.cluster_top1), shown(m.clusters_right));
    if (!command.cells_out.empty()) CELLOQUY_CHECK(write_cells(command.cells_out, task, found));
    answers.push_back(std::move(found));
  }
  const auto calibration = training::calibration_over_sets(tasks, answers);
  report.data["calibration_error"] = to_json(calibration);
  report.markdown += reliability_table(answers);
  report.markdown += fmt::format(
      "\nCalibration error over {} files, each counted alike: {} (bootstrap over files).\n",
      calibration.n_groups, shown(calibration));
  return report;
}

}  // namespace celloquy::cli
