// celloquy run FILE: the standard analysis, to clusters, layout, markers and labels.

#include <fmt/format.h>
#include <sys/resource.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "tools/standard_run.hpp"
#include "tools/tool.hpp"

namespace celloquy::cli {
namespace {

using nlohmann::json;

/// Largest resident memory of this process so far.
double peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return 1024.0 * static_cast<double>(usage.ru_maxrss);  // Linux counts in KiB
}

double number(const tools::Finding& finding, const char* name) {
  const auto found = finding.values.find(name);
  if (found == finding.values.end()) return 0;
  const auto* value = std::get_if<double>(&found->second.content);
  return value ? *value : 0;
}

const char* name_of(tools::Operation operation) {
  return operation == tools::Operation::update ? "update" : "flop";
}

json to_json(const tools::StandardRun& run, const std::string& out, Language language) {
  json steps = json::array();
  for (const auto& step : run.steps)
    steps.push_back({{"name", step.step},
                     {"seconds", step.seconds},
                     {"cached", step.cached},
                     {"bytes", step.cost.bytes},
                     {"operations", step.cost.operations},
                     {"operation", name_of(step.cost.operation)}});
  return {{"n_cells", number(run.finding, "n_cells")},
          {"n_clusters", number(run.finding, "n_clusters")},
          {"finding", tools::to_json(run.finding, language)},
          {"steps", steps},
          {"other_seconds", run.other_seconds},
          {"seconds", run.seconds},
          {"peak_rss_bytes", peak_memory()},
          {"out", out}};
}

void print_timings(const tools::StandardRun& run) {
  for (const auto& step : run.steps) {
    const double gigabytes = step.cost.bytes / 1e9, operations = step.cost.operations / 1e9;
    fmt::print("{:24} {:8.3f} s{}", step.step, step.seconds, step.cached ? " (cached)" : "");
    if (gigabytes > 0 && step.seconds > 0)
      fmt::print("  {:7.2f} GB {:6.1f} GB/s", gigabytes, gigabytes / step.seconds);
    if (operations > 0 && step.seconds > 0)
      fmt::print("  {:7.2f} G{}s {:6.1f} G/s", operations, name_of(step.cost.operation),
                 operations / step.seconds);
    fmt::print("\n");
  }
  fmt::print("{:24} {:8.3f} s\n{:24} {:8.3f} s\n{:24} {:8.0f} MB\n", "other", run.other_seconds,
             "all", run.seconds, "peak memory", peak_memory() / 1e6);
}

}  // namespace

int run(const RunCommand& command, const Settings& settings) {
  Session session(settings);
  auto study = workspace::Study::open(command.file, {settings.workspace, "default", true},
                                      session.context());
  if (!study) return report_error(study.error(), settings);
  const auto result = tools::standard_run(**study, session.context());
  if (!result) return report_error(result.error(), settings);
  if (!command.out.empty()) {
    const auto written = tools::Registry::standard().run(
        "export", **study, {{"kind", "h5ad"}, {"path", command.out}}, session.context());
    if (!written) return report_error(written.error(), settings);
  }
  const Language language = interface_language(settings);
  if (settings.json) {
    print_json(to_json(*result, command.out, language));
    return 0;
  }
  fmt::print("{}\n", message("cli.run.done", {{"clusters", number(result->finding, "n_clusters")},
                                              {"cells", number(result->finding, "n_cells")},
                                              {"seconds", result->seconds}})
                         .in(language));
  if (!command.out.empty())
    fmt::print("{}\n", message("cli.run.written", {{"path", command.out}}).in(language));
  if (command.timings) print_timings(*result);
  return 0;
}

}  // namespace celloquy::cli
