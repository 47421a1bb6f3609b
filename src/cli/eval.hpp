#pragma once
// celloquy eval …: how good the joint space is, on labelled data. Each protocol
// makes a report; `eval all` puts those together for which there are data.

#include <CLI/CLI.hpp>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "training/evaluation/measures.hpp"

namespace celloquy::cli {

struct EvalCommand {
  std::string tasks;   ///< list of cell tasks, or the data file itself when `column` is given
  std::string folder;  ///< where the tasks' files are
  std::string column, cells_out;
  std::string absent, pairs, studies, bulk, out;
  std::vector<std::string> towers;  ///< folders of trained towers
  double spread_low = 0, spread_high = 0, gap_low = 0, gap_high = 0, offset_weight = 0;
  double contrast = -1;  ///< as given: the defaults
};

/// A protocol's figures, for programs and as Markdown for people.
struct EvalReport {
  std::string name, markdown;
  nlohmann::json data;
};
using EvalProtocol = Expected<EvalReport> (*)(const EvalCommand&, const Context&);

Expected<EvalReport> eval_cells(const EvalCommand& command, const Context& context);
/// Texts against profiles of studies that are left out.
Expected<EvalReport> eval_profiles(const EvalCommand& command, const Context& context);
/// Names of gene sets that are left out.
Expected<EvalReport> eval_gene_sets(const EvalCommand& command, const Context& context);
/// Tissues and diseases against samples of whole tissue.
Expected<EvalReport> eval_bulk(const EvalCommand& command, const Context& context);
/// All of them; those that need pairs only when there are some. Writes `out`.json and `out`.md.
Expected<EvalReport> eval_all(const EvalCommand& command, const Context& context);

/// `tasks` as bench/eval/search.json.
Expected<EvalReport> eval_search(const EvalCommand& command, const Context& context);

/// Are types that are absent told from those that are there?
Expected<EvalReport> eval_presence(const EvalCommand& command, const Context& context);

/// Measures that do not exist (one label has no ROC curve) are a dash.
std::string shown(double value);
/// "0.812 (0.700 to 0.900)"
std::string shown(const training::Estimate& estimate);
nlohmann::json to_json(const training::Estimate& estimate);
/// NaN as null.
nlohmann::json to_json(double value);

/// Adds `eval` with its subcommands; their callbacks set `status`.
void add_eval_commands(CLI::App& app, Settings& settings, int& status,
                       const std::function<void(CLI::App&, Settings&)>& add_common_options);

}  // namespace celloquy::cli
