// celloquy eval: how good the joint space is, on labelled data.

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/space.hpp"
#include "training/evaluation/cells.hpp"
#include "training/evaluation/profiles.hpp"

namespace celloquy::cli {
namespace {

/// Measures that do not exist (one label has no ROC curve) are a dash.
std::string shown(double value) { return std::isnan(value) ? "–" : fmt::format("{:.3f}", value); }

nlohmann::json measures_json(const training::CellTask& task, const training::CellMeasures& m) {
  return {{"name", task.name},   {"role", task.role},
          {"cells", m.n_cells},  {"labels", m.n_labels},
          {"top1", m.top1},      {"balanced", m.balanced},
          {"auroc", m.auroc},    {"calibration_error", m.calibration_error},
          {"seconds", m.seconds}};
}

}  // namespace

int eval_cells(const EvalCellsCommand& command, const Settings& settings) {
  Session session(settings);
  const auto tasks = training::read_cell_tasks(command.tasks);
  if (!tasks) return report_error(tasks.error(), settings);
  space::LabelOptions options;
  if (command.spread_low > 0) options.decode.spread_low = command.spread_low;
  if (command.spread_high > 0) options.decode.spread_high = command.spread_high;
  if (command.gap_low > 0) options.decode.gap_low = command.gap_low;
  if (command.gap_high > 0) options.decode.gap_high = command.gap_high;
  if (command.offset_weight > 0) options.decode.offset_weight = command.offset_weight;
  if (command.contrast >= 0) options.contrast = command.contrast;
  nlohmann::json all = nlohmann::json::array();
  if (!settings.json)
    fmt::print(
        "| cells | role | n | top-1 | balanced | AUROC | ECE |\n|---|---|---|---|---|---|---|\n");
  for (const auto& task : *tasks) {
    const auto found = training::evaluate_cells(task, command.folder, options, session.context());
    if (!found) return report_error(found.error(), settings);
    all.push_back(measures_json(task, *found));
    if (!settings.json)
      fmt::print("| {} | {} | {} | {:.3f} | {:.3f} | {} | {:.3f} |\n", task.name, task.role,
                 found->n_cells, found->top1, found->balanced, shown(found->auroc),
                 found->calibration_error);
  }
  if (settings.json) print_json(all);
  return 0;
}

int eval_profiles(const EvalProfilesCommand& command, const Settings& settings) {
  Session session(settings);
  const auto& context = session.context();
  const auto measured = [&]() -> Expected<training::ProfileMeasures> {
    const std::filesystem::path folder = command.pairs;
    CELLOQUY_TRY(const auto studies, training::read_studies(command.studies));
    CELLOQUY_TRY(const auto pairs, training::PairsFolder::open(folder, context));
    CELLOQUY_TRY(auto encoder, language::open_text_encoder(language::EncoderKind::mini_lm));
    const training::ProfileOptions options;
    CELLOQUY_TRY(const auto features,
                 training::TextFeatures::prepare(
                     pairs, training::texts_in(pairs, options.pool.language), *encoder,
                     folder / "features" / "mini_lm.features", context));
    return training::evaluate_profiles(pairs, folder, features, studies, options, context);
  }();
  if (!measured) return report_error(measured.error(), settings);
  nlohmann::json out = nlohmann::json::object();
  for (const auto& [name, m] : *measured)
    out[name] = {{"mean", m.mean}, {"low", m.low}, {"high", m.high}, {"n", m.n}};
  if (settings.json) {
    print_json(out);
    return 0;
  }
  fmt::print("| measure | mean | 95 % interval | n |\n|---|---|---|---|\n");
  for (const auto& [name, m] : *measured)
    fmt::print("| {} | {:.3f} | {:.3f} to {:.3f} | {} |\n", name, m.mean, m.low, m.high, m.n);
  return 0;
}

}  // namespace celloquy::cli
