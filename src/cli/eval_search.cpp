// celloquy eval search: are there such cells, and which are they.

#include <fmt/format.h>

#include "cli/eval.hpp"
#include "training/evaluation/search.hpp"

namespace celloquy::cli {

Expected<EvalReport> eval_search(const EvalCommand& command, const Context& context) {
  CELLOQUY_TRY(const auto task, training::read_search_task(command.tasks));
  CELLOQUY_TRY(const auto rows, training::evaluate_search(task, command.folder, context));
  EvalReport report{"search", {}, nlohmann::json::array()};
  report.markdown =
      "| cells | half | language | present | absent | AUROC | found, of present | found, of absent "
      "| precision | recall | ECE |\n|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (const auto& m : rows) {
    report.data.push_back({{"data", m.data},
                           {"half", m.half},
                           {"language", m.language},
                           {"present", m.n_present},
                           {"absent", m.n_absent},
                           {"presence_auroc", to_json(m.presence_auroc)},
                           {"found", to_json(m.found)},
                           {"false_found", to_json(m.false_found)},
                           {"precision", to_json(m.precision)},
                           {"recall", to_json(m.recall)},
                           {"calibration_error", to_json(m.calibration_error)}});
    report.markdown += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
                                   m.data, m.half, m.language, m.n_present, m.n_absent,
                                   shown(m.presence_auroc), shown(m.found), shown(m.false_found),
                                   shown(m.precision), shown(m.recall), shown(m.calibration_error));
  }
  return report;
}

}  // namespace celloquy::cli
