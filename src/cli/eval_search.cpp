// celloquy eval search: are there such cells, and which are they.

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/space.hpp"
#include "training/evaluation/search.hpp"

namespace celloquy::cli {
namespace {

std::string shown(double value) { return std::isnan(value) ? "–" : fmt::format("{:.3f}", value); }

}  // namespace

int eval_search(const EvalCellsCommand& command, const Settings& settings) {
  Session session(settings);
  const auto task = training::read_search_task(command.tasks);
  if (!task) return report_error(task.error(), settings);
  const auto rows = training::evaluate_search(*task, command.folder, session.context());
  if (!rows) return report_error(rows.error(), settings);
  nlohmann::json all = nlohmann::json::array();
  if (!settings.json)
    fmt::print(
        "| cells | half | language | present | absent | AUROC | found, of present | found, of "
        "absent | precision | recall | ECE |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
  for (const auto& m : *rows) {
    all.push_back({{"data", m.data},
                   {"half", m.half},
                   {"language", m.language},
                   {"present", m.n_present},
                   {"absent", m.n_absent},
                   {"presence_auroc", m.presence_auroc},
                   {"found", m.found},
                   {"false_found", m.false_found},
                   {"precision", m.precision},
                   {"recall", m.recall},
                   {"calibration_error", m.calibration_error}});
    if (!settings.json)
      fmt::print("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", m.data, m.half,
                 m.language, m.n_present, m.n_absent, shown(m.presence_auroc), shown(m.found),
                 shown(m.false_found), shown(m.precision), shown(m.recall),
                 shown(m.calibration_error));
  }
  if (settings.json) print_json(all);
  return 0;
}

}  // namespace celloquy::cli
