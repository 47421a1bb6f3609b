// celloquy eval absent: are types that are absent told from those that are there?

#include <fmt/format.h>

#include "cli/eval.hpp"
#include "training/evaluation/presence.hpp"

namespace celloquy::cli {

Expected<EvalReport> eval_presence(const EvalCommand& command, const Context& context) {
  CELLOQUY_TRY(const auto tasks, training::read_cell_tasks(command.tasks));
  CELLOQUY_TRY(const auto sets, training::read_presence_tasks(command.absent, tasks));
  std::vector<training::PresenceAnswer> answers;
  for (std::size_t s = 0; s < sets.size(); ++s) {
    context.report("sets of cells", static_cast<double>(s) / static_cast<double>(sets.size()));
    CELLOQUY_TRY(auto found, training::ask_presence(sets[s], s, command.folder, context));
    answers.insert(answers.end(), found.begin(), found.end());
  }
  const auto measures = training::measure_presence(answers, sets.size());
  EvalReport report{"absent types",
                    "| asked for | questions | answered \"there are some\" | AUROC against present "
                    "(highest probability) | AUROC (matching cells) |\n|---|---|---|---|---|\n",
                    {{"kinds", nlohmann::json::object()}, {"answers", nlohmann::json::array()}}};
  for (std::size_t k = 0; k < training::n_presences; ++k) {
    const std::string kind(training::name(static_cast<training::Presence>(k)));
    const auto& found = measures.found[k];
    report.data["kinds"][kind] = {{"found", to_json(found)},
                                  {"auroc", to_json(measures.auroc[k])},
                                  {"auroc_matches", to_json(measures.auroc_matches[k])}};
    report.markdown += fmt::format("| {} | {} | {} | {} | {} |\n", kind, found.n, shown(found),
                                   shown(measures.auroc[k]), shown(measures.auroc_matches[k]));
  }
  report.markdown += "\n| cells | asked for | truth | its cells | matching cells | highest |\n";
  report.markdown += "|---|---|---|---|---|---|\n";
  for (const auto& answer : answers) {
    const auto& set = sets[answer.set].cells.name;
    const std::string kind(training::name(answer.truth));
    report.data["answers"].push_back({{"set", set},
                                      {"text", answer.text},
                                      {"truth", kind},
                                      {"cells", answer.n_cells},
                                      {"matches", answer.matches},
                                      {"highest", answer.highest}});
    // Only what went wrong: the others are in the JSON.
    if ((answer.truth == training::Presence::present) == (answer.matches > 0)) continue;
    report.markdown += fmt::format("| {} | {} | {} | {} | {} | {:.3f} |\n", set, answer.text, kind,
                                   answer.n_cells, answer.matches, answer.highest);
  }
  return report;
}

}  // namespace celloquy::cli
