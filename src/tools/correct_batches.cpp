// Batches brought together by Harmony, and how well they were and are mixed.

#include <algorithm>
#include <cmath>

#include "analysis/harmony/harmony.hpp"
#include "analysis/integration_metrics/integration_metrics.hpp"
#include "plots/plots.hpp"
#include "tools/batch_choice.hpp"
#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/code_pieces.hpp"
#include "tools/design_columns.hpp"
#include "tools/group_resolution.hpp"
#include "tools/methods.hpp"

namespace celloquy::tools {
namespace {

using integration_metrics::Result;

/// The kinds of cells that should stay apart: the file's own, else the clusters so far.
Expected<Grouping> kinds_of_cells(Pipeline& pipeline) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  if (const auto column = cell_type_column(*data)) return pipeline.field_grouping(*column);
  return pipeline.cluster_grouping();
}

Expected<Result> mixing(Pipeline& pipeline, const Grouping& batches, const Grouping& kinds) {
  CELLOQUY_TRY(const auto components, pipeline.components());
  return integration_metrics::compute(components->scores, components->n_cells,
                                      components->n_components, batches.codes, batches.n_groups(),
                                      kinds.codes, kinds.n_groups(), {}, pipeline.context());
}

/// Share of what full mixing would add to one batch a neighbourhood.
double share_of_full(const Result& result) {
  return (result.ilisi - 1) / std::max(1e-9, result.ilisi_perfect - 1);
}

Table metrics_table(const Result* before, const Result* after) {
  Table table{"mixing", message("tools.title.mixing"), {}};
  auto measure = table_column("measure", "tools.title.measure", "", NameKind::method);
  auto first = table_column("before", "tools.title.before");
  auto second = table_column("after", "tools.title.after");
  const auto row = [&](const char* id, double Result::*member) {
    measure.cells.push_back(Value::name(message(id), NameKind::method));
    const auto cell = [&](const Result* from) {
      const double value = from ? from->*member : NAN;
      return std::isfinite(value) ? Value::number(value, "")
                                  : Value::name(message("tools.none"), NameKind::none);
    };
    first.cells.push_back(cell(before));
    second.cells.push_back(cell(after));
  };
  row("tools.measure.ilisi", &Result::ilisi);
  row("tools.measure.ilisi_scaled", &Result::ilisi_scaled);
  row("tools.measure.batch_width", &Result::batch_width);
  row("tools.measure.clisi", &Result::clisi);
  row("tools.measure.clisi_scaled", &Result::clisi_scaled);
  row("tools.measure.label_width", &Result::label_width);
  table.columns = {std::move(measure), std::move(first)};
  if (after) table.columns.push_back(std::move(second));
  return table;
}

Expected<Plot> batch_plot(Pipeline& pipeline, const Grouping& batches, std::string_view title_id) {
  CELLOQUY_TRY(const auto layout, pipeline.layout());
  const Text title = message(title_id, {{"field", batches.field}});
  return Plot{title,
              plots::embedding_by_group(title, {layout->layout, layout->n_components, "UMAP"},
                                        {Text::same(batches.field), batches.names, batches.codes})};
}

void put_column(const Grouping& batches, Finding& finding) {
  auto& values = finding.values;
  values["field"] = Value::name(batches.field, NameKind::field);
  values["n_batches"] = Value::count(batches.n_present(), "batches");
  values["n_cells"] = Value::count(static_cast<double>(batches.codes.size()), "cells");
}

void say_reason(const BatchChoice& choice, Finding& finding) {
  if (choice.reason != BatchReason::named)
    say(finding.statements,
        choice.reason == BatchReason::batch_name ? "tools.batches.by_name"
                                                 : "tools.batches.only_one",
        {"field"});
}

void add_confounding(Pipeline& pipeline, const BatchChoice& choice, const Grouping& kinds,
                     Finding& finding) {
  if (const auto with = confounded_with(pipeline, choice.grouping)) {
    finding.values["condition"] = Value::name(with->field, NameKind::field);
    say(finding.caveats,
        with->same_split ? "tools.batches.caveat_same_split" : "tools.batches.caveat_nested",
        {"field", "condition"});
  }
  auto alone = kinds_of_one_batch(kinds, choice.grouping);
  if (alone.empty()) return;
  finding.values["n_alone"] = Value::count(static_cast<double>(alone.size()), "groups");
  if (alone.size() > 5) alone.resize(5);
  for (auto& name : alone)
    if (kinds.kind == Grouping::Kind::clusters)
      name = message("tools.batches.cluster", {{"name", name}});
  finding.values["alone"] = Value::name(enumerate(alone), NameKind::group);
  say(finding.caveats, "tools.batches.caveat_alone", {"n_alone", "alone"});
}

void put_measures(const char* when, const Result& found, Finding& finding) {
  const std::string suffix = std::string("_") + when;
  const auto put = [&](const char* name, double value) {
    if (std::isfinite(value)) finding.values[name + suffix] = Value::number(value, "");
  };
  put("ilisi", found.ilisi);
  put("clisi", found.clisi);
  put("label_width", found.label_width);
  put("batch_width", found.batch_width);
  finding.values["ilisi_perfect"] = Value::number(found.ilisi_perfect, "");
}

void add_method(Pipeline& pipeline, const BatchChoice& choice, Finding& finding) {
  finding.references.push_back(citation("harmony"));
  finding.references.push_back(citation("integration_metrics"));
  const std::string column = literal(choice.grouping.field);
  finding.code = whole_code(pipeline, Needs::layout,
                            {"sc.pl.umap(adata, color=" + column + ")\n",
                             "print(DimPlot(object, group.by = " + column + "))\n"});
}

/// Only looks: are the batches mixed as things are?
Expected<Finding> measure(Pipeline& pipeline, const BatchChoice& choice) {
  Finding finding;
  CELLOQUY_TRY(const Grouping kinds, kinds_of_cells(pipeline));
  CELLOQUY_TRY(const Result now, mixing(pipeline, choice.grouping, kinds));
  put_measures("before", now, finding);
  const double share = share_of_full(now);
  finding.values["share"] = Value::number(100 * std::clamp(share, 0.0, 1.0), "%");
  const char* verdict = share > 0.8   ? "tools.batches.mixed"
                        : share > 0.4 ? "tools.batches.partly_mixed"
                                      : "tools.batches.apart";
  put_column(choice.grouping, finding);
  say(finding.statements, verdict, {"field", "ilisi_before", "ilisi_perfect", "share"});
  say_reason(choice, finding);
  add_confounding(pipeline, choice, kinds, finding);
  say(finding.caveats, "tools.batches.caveat_composition");
  finding.tables.push_back(metrics_table(&now, nullptr));
  CELLOQUY_TRY(auto plot, batch_plot(pipeline, choice.grouping, "tools.plot.batches_now"));
  finding.plots.push_back(std::move(plot));
  finding.method = message("tools.method.mixing");
  add_method(pipeline, choice, finding);
  return finding;
}

Expected<Finding> correct(Pipeline& pipeline, const BatchChoice& choice) {
  const Grouping& batches = choice.grouping;
  Finding finding;
  if (pipeline.batch_field() == batches.field) {
    finding.values["field"] = Value::name(batches.field, NameKind::field);
    say(finding.statements, "tools.batches.already", {"field"});
    finding.method = cluster_method(pipeline);
    add_method(pipeline, choice, finding);
    return finding;
  }
  CELLOQUY_TRY(const Grouping kinds, kinds_of_cells(pipeline));
  CELLOQUY_TRY(const Result before, mixing(pipeline, batches, kinds));
  CELLOQUY_TRY(auto plot_before, batch_plot(pipeline, batches, "tools.plot.batches_before"));
  say_done_first(pipeline, finding);
  CELLOQUY_CHECK(pipeline.flush());
  const Text summary = message("tools.batches.summary", {{"field", batches.field}});
  CELLOQUY_CHECK(pipeline.study().advance(
      "correct_batches", {{"by", batches.field}}, summary,
      {{"batch", batches.field}, {"clusters", ""}, {"layout", ""}, {"labels", ""}}));
  // When what follows is cancelled or fails, the study must be where it was.
  const auto after_it = [&]() -> Expected<Result> {
    CELLOQUY_TRY(const Result after, mixing(pipeline, batches, kinds));
    CELLOQUY_TRY(auto plot, batch_plot(pipeline, batches, "tools.plot.batches_after"));
    finding.plots.push_back(std::move(plot));
    return after;
  }();
  if (!after_it) {
    CELLOQUY_CHECK(pipeline.study().undo());
    return tl::make_unexpected(after_it.error());
  }
  const Result& after = *after_it;
  finding.plots.push_back(std::move(plot_before));
  put_measures("before", before, finding);
  put_measures("after", after, finding);
  put_column(batches, finding);
  CELLOQUY_TRY(const auto components, pipeline.components());
  finding.values["n_rounds"] = Value::count(components->passes, "");
  finding.values["n_components"] = Value::count(components->n_components, "");
  say(finding.statements, "tools.batches.done", {"n_batches", "field"});
  say_reason(choice, finding);
  say(finding.statements, "tools.batches.mixing", {"ilisi_before", "ilisi_after", "ilisi_perfect"});
  if (std::isfinite(after.clisi) && std::isfinite(after.label_width) &&
      std::isfinite(before.label_width))
    say(finding.statements,
        kinds.kind == Grouping::Kind::clusters ? "tools.batches.clusters_kept"
                                               : "tools.batches.kinds_kept",
        {"clisi_before", "clisi_after", "label_width_before", "label_width_after"});
  say(finding.statements, "tools.batches.next");

  add_confounding(pipeline, choice, kinds, finding);
  if (share_of_full(before) > 0.8) say(finding.caveats, "tools.batches.caveat_mixed_before");
  if (after.label_width < before.label_width - 0.02 || after.clisi > before.clisi + 0.2)
    say(finding.caveats, "tools.batches.caveat_kinds_nearer");
  if (share_of_full(after) < 0.4 && share_of_full(after) < share_of_full(before) + 0.1)
    say(finding.caveats, "tools.batches.caveat_little");
  say(finding.caveats, "tools.batches.caveat_counts");
  if (kinds.kind == Grouping::Kind::clusters) say(finding.caveats, "tools.batches.caveat_circular");
  add_input_caveats(pipeline, finding);
  finding.tables.push_back(metrics_table(&before, &after));
  const harmony::Options options;
  finding.method = joined(message("tools.method.harmony", {{"components", components->n_components},
                                                           {"field", batches.field},
                                                           {"theta", options.theta},
                                                           {"sigma", options.sigma},
                                                           {"lambda", options.lambda},
                                                           {"rounds", components->passes},
                                                           {"seed", pipeline.context().seed}}),
                          message("tools.method.mixing"));
  add_method(pipeline, choice, finding);
  return finding;
}

}  // namespace

std::unique_ptr<Tool> correct_batches_tool() {
  using enum ArgumentType;
  return make_tool({"correct_batches",
                    message("tools.correct_batches.purpose"),
                    {argument("by", text, "tools.correct_batches.by"),
                     argument("measure_only", flag, "tools.correct_batches.measure_only")},
                    true},
                   [](Pipeline& pipeline, const Arguments& arguments) -> Expected<Finding> {
                     CELLOQUY_TRY(const auto values, pipeline.values());
                     (void)values;
                     CELLOQUY_TRY(const auto choice,
                                  choose_batches(pipeline, arguments.text("by")));
                     return arguments.flag("measure_only") ? measure(pipeline, choice)
                                                           : correct(pipeline, choice);
                   });
}

}  // namespace celloquy::tools
