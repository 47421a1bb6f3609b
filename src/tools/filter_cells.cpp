// Removes cells by given limits, or by limits from the data. Undo brings them back.

#include <cmath>
#include <cstdlib>

#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/choose_cells.hpp"
#include "tools/code_pieces.hpp"
#include "tools/methods.hpp"
#include "tools/quality_limits.hpp"

namespace celloquy::tools {
namespace {

using nlohmann::json;

struct Limit {
  const char* argument;
  bool upper;
  std::uint8_t reason;  ///< bit, as quality_control::FilterResult::reason
};
constexpr Limit limits_known[] = {{"min_counts", false, 1},
                                  {"max_counts", true, 2},
                                  {"min_genes", false, 4},
                                  {"max_genes", true, 8},
                                  {"max_mitochondrial_percent", true, 16},
                                  {"min_mitochondrial_percent", false, 16}};

double metric(const quality_control::Metrics& metrics, std::uint8_t reason, std::size_t cell) {
  if (reason <= 2) return metrics.total_counts[cell];
  if (reason <= 8) return metrics.n_genes[cell];
  return metrics.pct_mitochondrial[cell];
}

/// Reasons against each cell by the limits that were given.
std::vector<std::uint8_t> by_given_limits(const quality_control::Metrics& metrics,
                                          const Arguments& arguments) {
  std::vector<std::uint8_t> reasons(metrics.n_genes.size(), 0);
  for (const auto& limit : limits_known) {
    const auto value = arguments.number(limit.argument);
    if (!value) continue;
    for (std::size_t cell = 0; cell < reasons.size(); ++cell) {
      const double measured = metric(metrics, limit.reason, cell);
      if (limit.upper ? measured > *value : measured < *value) reasons[cell] |= limit.reason;
    }
  }
  return reasons;
}

Status check_limits(const Arguments& arguments, const quality_control::Metrics& metrics) {
  for (const auto& limit : limits_known) {
    const auto value = arguments.number(limit.argument);
    if (!value) continue;
    const bool share = limit.reason == 16;
    if (*value < 0 || (share && *value > 100))
      return failure(ErrorCode::usage, share ? "tools.filter.share" : "tools.filter.negative",
                     {{"argument", limit.argument}, {"value", *value}});
    if (share && !has_mitochondrial_genes(metrics))
      return failure(ErrorCode::cannot_answer, "tools.filter.no_mitochondrial");
  }
  for (const auto& [low, high] :
       {std::pair{"min_genes", "max_genes"}, std::pair{"min_counts", "max_counts"},
        std::pair{"min_mitochondrial_percent", "max_mitochondrial_percent"}}) {
    const auto least = arguments.number(low), most = arguments.number(high);
    if (least && most && *least > *most)
      return failure(ErrorCode::usage, "tools.filter.crossed", {{"low", low}, {"high", high}});
  }
  return {};
}

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  CELLOQUY_TRY(const auto metrics, pipeline.quality());
  CELLOQUY_CHECK(check_limits(arguments, *metrics));
  CELLOQUY_TRY(const auto cells, pipeline.cells());
  Finding finding;
  std::vector<std::uint8_t> reasons;
  json options = arguments.json();
  bool given = false;
  for (const auto& limit : limits_known) given = given || arguments.has(limit.argument);
  if (given) {
    reasons = by_given_limits(*metrics, arguments);
    finding.method = message("tools.method.filter_given");
  } else {
    quality_control::FilterOptions filter;
    if (const auto mads = arguments.number("mads")) {
      if (*mads <= 0)
        return failure(ErrorCode::usage, "tools.filter.negative",
                       {{"argument", "mads"}, {"value", *mads}});
      filter.mads = *mads;
    }
    CELLOQUY_TRY(const auto limits, quality_limits(pipeline, filter));
    reasons = limits.result.reason;
    finding.tables.push_back(limits_table(limits));
    options["mads"] = limits.options.mads;
    options["mads_mitochondrial"] = limits.options.mads_mitochondrial;
    options["least_genes"] = limits.options.min_genes;
    options["least_mitochondrial_limit"] = limits.options.least_mitochondrial_limit;
    if (limits.batch) options["batch"] = *limits.batch;
    finding.method = limits_method(limits);
    finding.references = {citation("mad")};
    say(finding.caveats, "tools.quality.caveat_types");
    if (!has_mitochondrial_genes(*metrics)) say(finding.caveats, "tools.quality.no_mitochondrial");
  }
  std::vector<std::uint32_t> kept, removed;
  for (std::size_t i = 0; i < reasons.size(); ++i)
    (reasons[i] ? removed : kept).push_back(cells->kept[i]);

  const double before = static_cast<double>(cells->kept.size());
  auto& values = finding.values;
  values["n_before"] = Value::count(before, "cells");
  values["n_kept"] = Value::count(static_cast<double>(kept.size()), "cells");
  values["n_removed"] = Value::count(static_cast<double>(removed.size()), "cells");
  values["percent_removed"] =
      Value::number(percent(static_cast<double>(removed.size()), before), "%");
  finding.tables.push_back(reasons_table(reasons));
  if (kept.empty())
    return failure(ErrorCode::cannot_answer, "tools.filter.none_left", {{"cells", before}});
  if (removed.empty()) {
    say(finding.statements, "tools.filter.nothing", {"n_before"});
    finding.code = whole_code(pipeline, Needs::cells, {});
    return finding;
  }
  say(finding.statements,
      plural(static_cast<double>(removed.size()), "tools.filter.removed_one",
             "tools.filter.removed"),
      {"n_removed", "percent_removed", "n_kept"});
  if (percent(static_cast<double>(removed.size()), before) > 50)
    say(finding.caveats, "tools.filter.caveat_many", {"percent_removed"});
  const Text summary = sentence(finding, finding.statements.front());
  CELLOQUY_CHECK(choose_cells(pipeline, "filter_cells", options, summary, {kept}, true));
  finding.selection = Selection{std::move(removed), "celloquy_removed"};
  finding.code = whole_code(pipeline, Needs::cells, {});
  return finding;
}

}  // namespace

std::unique_ptr<Tool> filter_cells_tool() {
  using enum ArgumentType;
  return make_tool(
      {"filter_cells",
       message("tools.filter_cells.purpose"),
       {argument("max_mitochondrial_percent", number, "tools.filter_cells.max_mitochondrial", "%"),
        argument("min_mitochondrial_percent", number, "tools.filter_cells.min_mitochondrial", "%"),
        argument("min_genes", number, "tools.filter_cells.min_genes", "genes"),
        argument("max_genes", number, "tools.filter_cells.max_genes", "genes"),
        argument("min_counts", number, "tools.filter_cells.min_counts", "counts"),
        argument("max_counts", number, "tools.filter_cells.max_counts", "counts"),
        argument("mads", number, "tools.filter_cells.mads")},
       true},
      run);
}

}  // namespace celloquy::tools
