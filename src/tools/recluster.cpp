// Clusters at another resolution, or as near as can be to a wanted number.

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/cluster_tables.hpp"
#include "tools/code_pieces.hpp"
#include "tools/methods.hpp"

namespace celloquy::tools {
namespace {

constexpr double least_resolution = 0.01, most_resolution = 20;

/// Halves the interval of resolutions (on a logarithmic scale) until the number
/// is met; more clusters come with a greater resolution, not quite strictly.
Expected<double> search(Pipeline& pipeline, std::uint32_t wanted) {
  double low = least_resolution, high = most_resolution, best = pipeline.options().resolution;
  std::uint32_t best_distance = UINT32_MAX;
  for (int step = 0; step < 16; ++step) {
    // Three digits: a resolution that can be said and typed again.
    const double exact = std::sqrt(low * high);
    const double scale = std::pow(10, 2 - std::floor(std::log10(exact)));
    const double middle = std::round(exact * scale) / scale;
    CELLOQUY_TRY(const auto result, pipeline.clusters_at(middle));
    const std::uint32_t n = result->n_communities;
    const std::uint32_t distance = n > wanted ? n - wanted : wanted - n;
    if (distance < best_distance) {
      best_distance = distance;
      best = middle;
    }
    if (distance == 0) break;
    (n < wanted ? low : high) = exact;
  }
  return best;
}

Expected<double> wanted_resolution(Pipeline& pipeline, const Arguments& arguments) {
  if (const auto n = arguments.integer("n_clusters")) {
    CELLOQUY_TRY(const auto cells, pipeline.cells());
    if (*n < 1 || static_cast<std::size_t>(*n) > cells->kept.size() / 2)
      return failure(ErrorCode::usage, "tools.recluster.n_clusters",
                     {{"n", *n}, {"most", cells->kept.size() / 2}});
    return search(pipeline, static_cast<std::uint32_t>(*n));
  }
  if (const auto resolution = arguments.number("resolution")) {
    if (*resolution < least_resolution || *resolution > most_resolution)
      return failure(
          ErrorCode::usage, "tools.recluster.resolution",
          {{"resolution", *resolution}, {"least", least_resolution}, {"most", most_resolution}});
    return *resolution;
  }
  const auto direction = arguments.text("direction");
  if (direction == "finer") return std::min(pipeline.resolution() * 2, most_resolution);
  if (direction == "coarser") return std::max(pipeline.resolution() / 2, least_resolution);
  return pipeline.resolution();
}

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  const bool had_choice = pipeline.study().state().slots.contains("resolution");
  const double before = pipeline.resolution();
  CELLOQUY_TRY(const double resolution, wanted_resolution(pipeline, arguments));
  CELLOQUY_TRY(const auto result, pipeline.clusters_at(resolution));
  Finding finding;
  auto& values = finding.values;
  values["n_clusters"] = Value::count(result->n_communities, "clusters");
  values["n_cells"] = Value::count(static_cast<double>(result->membership.size()), "cells");
  values["resolution"] = Value::number(resolution, "");
  values["modularity"] = Value::number(result->modularity, "");
  say(finding.statements,
      plural(result->n_communities, "tools.recluster.done_one", "tools.recluster.done"),
      {"n_clusters", "n_cells", "resolution"});
  if (const auto wanted = arguments.integer("n_clusters");
      wanted && static_cast<std::uint32_t>(*wanted) != result->n_communities) {
    values["n_wanted"] = Value::count(static_cast<double>(*wanted), "clusters");
    say(finding.statements, "tools.recluster.nearest", {"n_wanted", "n_clusters"});
  }
  if (had_choice && before != resolution) {
    CELLOQUY_TRY(const auto former, pipeline.clusters_at(before));
    values["n_former"] = Value::count(former->n_communities, "clusters");
    values["former_resolution"] = Value::number(before, "");
    say(finding.statements, "tools.recluster.former", {"n_former", "former_resolution"});
  }
  const Text summary = sentence(finding, finding.statements.front());
  CELLOQUY_TRY(const auto slots, cluster_slots(pipeline, resolution));
  // Nothing may refer to what is not on disk yet.
  CELLOQUY_CHECK(pipeline.flush());
  const auto& now = pipeline.study().state().slots;
  const auto held = now.find("clusters");
  if (held == now.end() || held->second != slots.at("clusters"))
    CELLOQUY_CHECK(
        pipeline.study().advance("recluster", {{"resolution", resolution}}, summary, slots));
  CELLOQUY_CHECK(add_clusters(pipeline, finding));
  CELLOQUY_TRY(auto plot, cluster_plot(pipeline));
  finding.plots.push_back(std::move(plot));
  finding.method = cluster_method(pipeline);
  finding.references = cluster_references();
  say(finding.caveats, "tools.caveat.clusters_choice");
  say(finding.caveats, "tools.caveat.numbers_change");
  finding.code = whole_code(
      pipeline, Needs::clusters,
      {"print(adata.obs[\"leiden\"].value_counts())\n", "print(table(Idents(object)))\n"});
  return finding;
}

}  // namespace

std::unique_ptr<Tool> recluster_tool() {
  using enum ArgumentType;
  return make_tool(
      {"recluster",
       message("tools.recluster.purpose"),
       {argument("resolution", number, "tools.recluster.resolution_argument"),
        argument("n_clusters", integer, "tools.recluster.n_clusters_argument", "clusters"),
        choices(argument("direction", choice, "tools.recluster.direction"), {"finer", "coarser"})},
       true},
      run);
}

}  // namespace celloquy::tools
