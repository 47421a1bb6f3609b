// The subcommands of celloquy eval, and how their reports are printed.

#include "cli/eval.hpp"

#include <fmt/format.h>

#include <cmath>
#include <memory>

namespace celloquy::cli {
namespace {

int print_report(EvalProtocol protocol, const EvalCommand& command, const Settings& settings) {
  Session session(settings);
  const auto report = protocol(command, session.context());
  if (!report) return report_error(report.error(), settings);
  if (settings.json)
    print_json(report->data);
  else
    fmt::print("{}", report->markdown);
  return 0;
}

const char* const pairs_help = "folder that scripts/build-pairs wrote";

void add_cells_options(CLI::App& c, EvalCommand& command) {
  c.add_option("TASKS", command.tasks,
               "JSON list of tasks, as bench/eval/cells.json, or with --column a data file")
      ->required();
  c.add_option("--data", command.folder, "folder of the files that the tasks name");
  c.add_option("--column", command.column, "obs column of the labels; each is its own text");
  c.add_option("--cells", command.cells_out, "write the answer for each cell into this folder");
  c.add_option("--spread-low", command.spread_low, "see DecodeOptions");
  c.add_option("--spread-high", command.spread_high, "see DecodeOptions");
  c.add_option("--gap-low", command.gap_low, "see DecodeOptions");
  c.add_option("--gap-high", command.gap_high, "see DecodeOptions");
  c.add_option("--offset-weight", command.offset_weight, "see DecodeOptions");
  c.add_option("--contrast", command.contrast, "see LabelOptions");
}

}  // namespace

std::string shown(double value) { return std::isnan(value) ? "–" : fmt::format("{:.3f}", value); }

std::string shown(const training::Estimate& estimate) {
  if (estimate.n == 0 || std::isnan(estimate.mean)) return "–";
  return fmt::format("{:.3f} ({:.3f} to {:.3f})", estimate.mean, estimate.low, estimate.high);
}

nlohmann::json to_json(double value) {
  return std::isnan(value) ? nlohmann::json(nullptr) : nlohmann::json(value);
}

nlohmann::json to_json(const training::Estimate& estimate) {
  return {{"mean", to_json(estimate.mean)},
          {"low", to_json(estimate.low)},
          {"high", to_json(estimate.high)},
          {"n", estimate.n},
          {"groups", estimate.n_groups}};
}

void add_eval_commands(CLI::App& app, Settings& settings, int& status,
                       const std::function<void(CLI::App&, Settings&)>& add_common_options) {
  auto* eval = app.add_subcommand("eval", "how good the joint space is, on labelled data");
  eval->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, EvalProtocol protocol,
                       const std::function<void(CLI::App&, EvalCommand&)>& add_options) {
    auto* c = eval->add_subcommand(name, help);
    add_common_options(*c, settings);
    auto command = std::make_shared<EvalCommand>();
    add_options(*c, *command);
    c->callback([command, protocol, &settings, &status] {
      status = print_report(protocol, *command, settings);
    });
  };
  add("cells", "labels of cells against an expert's", eval_cells, add_cells_options);
  add("absent", "types that are absent against types that are there", eval_presence,
      [](CLI::App& c, EvalCommand& command) {
        c.add_option("TASKS", command.tasks, "JSON list of tasks, as bench/eval/cells.json")
            ->required();
        c.add_option("ABSENT", command.absent, "JSON list, as bench/eval/absent.json")->required();
        c.add_option("--data", command.folder, "folder of the files that the tasks name");
      });
  add("search", "free texts against cells with an expert's labels", eval_search,
      [](CLI::App& c, EvalCommand& command) {
        c.add_option("TASKS", command.tasks, "JSON object, as bench/eval/search.json")->required();
        c.add_option("--data", command.folder, "folder of the files that the tasks name");
      });
  add("profiles", "texts against profiles of studies left out", eval_profiles,
      [](CLI::App& c, EvalCommand& command) {
        c.add_option("PAIRS", command.pairs, pairs_help)->required();
        c.add_option("STUDIES", command.studies, "JSON object, as bench/eval/studies.json")
            ->required();
        c.add_option("--towers", command.towers,
                     "folders of `train towers --leave-out …`: measured beside the pool, on the "
                     "studies that they left out");
      });
  add("gene-sets", "names of gene sets that are left out", eval_gene_sets,
      [](CLI::App& c, EvalCommand& command) {
        c.add_option("PAIRS", command.pairs, pairs_help)->required();
      });
  add("bulk", "tissues and diseases against samples of whole tissue", eval_bulk,
      [](CLI::App& c, EvalCommand& command) {
        c.add_option("PAIRS", command.pairs, pairs_help)->required();
        c.add_option("TASKS", command.bulk, "JSON list, as bench/eval/bulk.json")->required();
        c.add_option("--data", command.folder, "folder of the files that the tasks name");
      });
  add("all", "every protocol for which there are data, as one page", eval_all,
      [](CLI::App& c, EvalCommand& command) {
        command.tasks = "bench/eval/cells.json";
        command.absent = "bench/eval/absent.json";
        command.studies = "bench/eval/studies.json";
        command.bulk = "bench/eval/bulk.json";
        c.add_option("--data", command.folder, "folder of the files that the tasks name")
            ->required();
        c.add_option("--pairs", command.pairs, pairs_help);
        c.add_option("--out", command.out, "write this name + .json and .md as well");
        c.add_option("--tasks", command.tasks, "sets of cells")->capture_default_str();
        c.add_option("--absent", command.absent, "absent types")->capture_default_str();
        c.add_option("--studies", command.studies, "studies")->capture_default_str();
        c.add_option("--bulk", command.bulk, "samples of whole tissue")->capture_default_str();
      });
}

}  // namespace celloquy::cli
