// Which genes differ between two groups, by the test that the design allows.

#include <algorithm>
#include <cmath>

#include "plots/plots.hpp"
#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/comparison.hpp"
#include "tools/gene_resolution.hpp"
#include "tools/gene_tables.hpp"
#include "tools/group_resolution.hpp"
#include "tools/methods.hpp"

namespace celloquy::tools {
namespace {

/// What every kind of comparison ends up with, a tested gene.
struct Effects {
  std::vector<std::uint32_t> genes;                   ///< columns of the matrix
  std::vector<double> fold;                           ///< log2, first over second
  std::vector<double> p, adjusted;                    ///< empty: no test
  std::vector<double> strength;                       ///< sign: side; size: order of the tables
  std::vector<double> first_percent, second_percent;  ///< empty for pseudobulk
};

Effects of_cells(const markers::Result& result, bool tested) {
  Effects out;
  const std::size_t n = result.n_genes;
  for (std::uint32_t gene = 0; gene < n; ++gene) {
    // A gene that no cell of either group has says nothing.
    if (result.fraction_in[gene] == 0 && result.fraction_out[gene] == 0) continue;
    out.genes.push_back(gene);
    out.fold.push_back(result.log2_fold_change[gene]);
    out.first_percent.push_back(100.0 * result.fraction_in[gene]);
    out.second_percent.push_back(100.0 * result.fraction_out[gene]);
    if (tested) {
      out.p.push_back(result.p_value[gene]);
      out.adjusted.push_back(result.p_adjusted[gene]);
      out.strength.push_back(result.score[gene]);
    } else {
      // The share of pairs of cells that are ordered: an effect size, not a test.
      out.strength.push_back(result.auc[gene] - 0.5);
    }
  }
  return out;
}

Effects of_samples(const pseudobulk::Result& result) {
  Effects out;
  out.genes = result.genes;
  out.fold.assign(result.log2_fold_change.begin(), result.log2_fold_change.end());
  out.p = result.p_value;
  out.adjusted = result.p_adjusted;
  out.strength.assign(result.t.begin(), result.t.end());
  return out;
}

/// Rows of one side, strongest first: the significant ones, or without a test
/// those that differ clearly.
std::vector<std::size_t> side(const Effects& effects, bool first) {
  constexpr double least_auc_difference = 0.1;
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < effects.genes.size(); ++i) {
    const double strength = first ? effects.strength[i] : -effects.strength[i];
    if (!(strength > 0)) continue;
    if (effects.adjusted.empty() ? strength >= least_auc_difference
                                 : effects.adjusted[i] < most_adjusted_p)
      rows.push_back(i);
  }
  std::stable_sort(rows.begin(), rows.end(), [&](auto a, auto b) {
    return std::abs(effects.strength[a]) > std::abs(effects.strength[b]);
  });
  return rows;
}

Table effect_table(const char* id, const Text& title, const Dataset& data, const Effects& effects,
                   const std::vector<std::size_t>& rows) {
  Table table{id, title, {}};
  auto gene = table_column("gene", "tools.title.gene", "", NameKind::gene);
  auto fold = table_column("log2_fold_change", "tools.title.log2_fold_change", "log2 fold change");
  auto first = table_column("percent_first", "tools.title.percent_first", "%");
  auto second = table_column("percent_second", "tools.title.percent_second", "%");
  auto strength =
      table_column(effects.adjusted.empty() ? "auc" : "score",
                   effects.adjusted.empty() ? "tools.title.auc" : "tools.title.score", "");
  auto p = table_column("p_value", "tools.title.p_value", "p");
  auto adjusted = table_column("p_adjusted", "tools.title.p_adjusted", "p");
  for (const auto i : rows) {
    gene.cells.push_back(Value::name(data.var.index[effects.genes[i]], NameKind::gene));
    fold.cells.push_back(Value::number(effects.fold[i], "log2 fold change"));
    strength.cells.push_back(Value::number(
        effects.adjusted.empty() ? effects.strength[i] + 0.5 : effects.strength[i], ""));
    if (!effects.first_percent.empty()) {
      first.cells.push_back(Value::number(effects.first_percent[i], "%"));
      second.cells.push_back(Value::number(effects.second_percent[i], "%"));
    }
    if (!effects.adjusted.empty()) {
      p.cells.push_back(Value::number(effects.p[i], "p"));
      adjusted.cells.push_back(Value::number(effects.adjusted[i], "p"));
    }
  }
  table.columns = {std::move(gene), std::move(fold)};
  if (!effects.first_percent.empty()) {
    table.columns.push_back(std::move(first));
    table.columns.push_back(std::move(second));
  }
  table.columns.push_back(std::move(strength));
  if (!effects.adjusted.empty()) {
    table.columns.push_back(std::move(p));
    table.columns.push_back(std::move(adjusted));
  }
  return table;
}

Expected<Effects> compute(Pipeline& pipeline, const Comparison& plan) {
  if (plan.kind != ComparisonKind::pseudobulk) {
    CELLOQUY_TRY(const auto result, pipeline.markers(plan.tested, markers::Test::wilcoxon));
    return of_cells(*result, plan.kind == ComparisonKind::cells);
  }
  const std::string key = workspace::result_key(
      std::vector<std::string>{plan.tested.key, pipeline.file_key() + ":obs:" + plan.sample_column},
      "pseudobulk", nlohmann::json::object(), 1);
  CELLOQUY_TRY(
      const auto result,
      pipeline.memo<pseudobulk::Result>("pseudobulk", key, [&]() -> Expected<pseudobulk::Result> {
        CELLOQUY_TRY(const CountMatrix kept, pipeline.matrix());
        return pseudobulk::compute(kept, plan.samples,
                                   static_cast<std::uint32_t>(plan.condition.size()),
                                   plan.condition, {}, pipeline.context());
      }));
  return of_samples(*result);
}

/// Who was compared with whom, and by what.
void say_design(Finding& finding, const Comparison& plan) {
  auto& v = finding.values;
  const auto name = [](const GroupChoice& g) {
    return Value::name(g.name, g.cell_type ? NameKind::cell_type : NameKind::group);
  };
  v["first"] = name(plan.first);
  v["second"] = name(plan.second);
  v["source"] = Value::name(plan.first.source, NameKind::none);
  v["n_first"] = Value::count(static_cast<double>(plan.n_first), "cells");
  v["n_second"] = Value::count(static_cast<double>(plan.n_second), "cells");
  say(finding.statements, "tools.compare.cells",
      {"first", "n_first", "second", "n_second", "source"});
  if (plan.within) {
    v["within"] = name(*plan.within);
    say(finding.statements, "tools.compare.within", {"within"});
  }
  if (!plan.sample_column.empty()) {
    v["sample_column"] = Value::name(plan.sample_column, NameKind::field);
    v["samples_first"] = Value::count(static_cast<double>(plan.samples_first), "samples");
    v["samples_second"] = Value::count(static_cast<double>(plan.samples_second), "samples");
  }
  if (plan.kind == ComparisonKind::pseudobulk) {
    say(finding.statements, "tools.compare.pseudobulk",
        {"sample_column", "samples_first", "samples_second"});
    return;
  }
  if (plan.kind != ComparisonKind::descriptive) return;
  v["least_replicates"] = Value::count(pseudobulk::Options{}.min_replicates, "samples");
  v["least_cells"] = Value::count(pseudobulk::Options{}.min_cells, "cells");
  switch (plan.reason) {
    case NoTest::too_few:
      say(finding.statements, "tools.compare.too_few_samples",
          {"sample_column", "samples_first", "samples_second", "least_replicates", "least_cells"});
      break;
    case NoTest::samples_themselves:
      say(finding.statements, "tools.compare.samples_themselves",
          {"first", "second", "least_replicates"});
      break;
    case NoTest::no_counts: say(finding.statements, "tools.compare.no_counts"); break;
    default: say(finding.statements, "tools.compare.no_samples", {"least_replicates"}); break;
  }
}

void say_genes(Finding& finding, std::size_t n_first, std::size_t n_second, bool tested) {
  auto& v = finding.values;
  v["n_higher"] = Value::count(static_cast<double>(n_first), "genes");
  v["n_lower"] = Value::count(static_cast<double>(n_second), "genes");
  v["significance_level"] = Value::number(most_adjusted_p, "");
  if (n_first + n_second == 0) {
    if (tested)
      say(finding.statements, "tools.compare.none", {"significance_level"});
    else
      say(finding.statements, "tools.compare.none_clear");
    return;
  }
  if (tested)
    say(finding.statements, "tools.compare.how_many",
        {"n_higher", "n_lower", "first", "second", "significance_level"});
  if (n_first > 0)
    finding.statements.push_back(
        {tested ? "tools.compare.higher" : "tools.compare.higher_descriptive",
         {{"group", "first"},
          {"genes", rows_of("higher.gene", std::min<std::size_t>(8, n_first))}}});
  if (n_second > 0)
    finding.statements.push_back(
        {tested ? "tools.compare.higher" : "tools.compare.higher_descriptive",
         {{"group", "second"},
          {"genes", rows_of("lower.gene", std::min<std::size_t>(8, n_second))}}});
}

/// What was found for the genes that the question names.
Status say_asked_genes(Finding& finding, const Dataset& data, const Effects& effects,
                       const std::vector<std::string>& asked) {
  std::vector<std::size_t> rows;
  const bool tested = !effects.adjusted.empty();
  for (std::size_t i = 0; i < asked.size(); ++i) {
    CELLOQUY_TRY(const auto gene, resolve_gene(data, asked[i]));
    say_synonym(finding, gene, i + 1);
    const auto at = std::find(effects.genes.begin(), effects.genes.end(), gene.index);
    if (at == effects.genes.end()) {
      const std::string id = "untested_" + std::to_string(i + 1);
      finding.values[id] = Value::name(gene.name, NameKind::gene);
      finding.statements.push_back({"tools.compare.gene_not_tested", {{"gene", id}}});
      continue;
    }
    const auto row = static_cast<std::size_t>(at - effects.genes.begin());
    const std::string place = "[" + std::to_string(rows.size()) + "]";
    Statement statement{"tools.compare.gene_descriptive",
                        {{"gene", "asked.gene" + place},
                         {"fold", "asked.log2_fold_change" + place},
                         {"first", "first"},
                         {"second", "second"}}};
    if (tested) {
      const bool differs = effects.adjusted[row] < most_adjusted_p;
      statement.message = differs ? "tools.compare.gene_higher" : "tools.compare.gene_same";
      statement.blanks.emplace_back("p", "asked.p_adjusted" + place);
      if (differs)
        statement.blanks.emplace_back("group", effects.strength[row] > 0 ? "first" : "second");
    }
    finding.statements.push_back(std::move(statement));
    rows.push_back(row);
  }
  if (!rows.empty())
    finding.tables.push_back(
        effect_table("asked", message("tools.title.asked_genes"), data, effects, rows));
  return {};
}

void add_method(Pipeline& pipeline, Finding& finding, const Comparison& plan) {
  if (plan.kind == ComparisonKind::pseudobulk) {
    finding.method = message(
        "tools.method.pseudobulk",
        {{"cells", pseudobulk::Options{}.min_cells}, {"counts", pseudobulk::Options{}.min_count}});
    finding.references = {citation("pseudobulk"), citation("limma"), citation("fdr")};
    say(finding.caveats, "tools.caveat.replicates_meaning", {"sample_column"});
    return;
  }
  const bool tested = plan.kind == ComparisonKind::cells;
  finding.method =
      joined(normalization_method(pipeline),
             message(tested ? "tools.method.compare_cells" : "tools.method.compare_descriptive"));
  finding.references =
      tested ? std::vector{citation("wilcoxon"), citation("fdr"), citation("double_dipping")}
             : std::vector{citation("pseudobulk")};
  add_input_caveats(pipeline, finding);
  if (tested) {
    if (plan.first.cell_type || plan.second.cell_type)
      say(finding.caveats, "tools.caveat.double_dipping");
    say(finding.caveats, "tools.caveat.cells_not_replicates");
  } else {
    say(finding.caveats, "tools.caveat.descriptive");
  }
}

Plot volcano(const Dataset& data, const Effects& effects, const Comparison& plan) {
  plots::Volcano picture;
  for (const auto gene : effects.genes) picture.genes.push_back(data.var.index[gene]);
  picture.log2_fold_change = effects.fold;
  picture.p_adjusted = effects.adjusted;
  const Text title =
      message("tools.plot.volcano", {{"first", plan.first.name}, {"second", plan.second.name}});
  return {title, plots::volcano(title, picture)};
}

/// The two groups that are named, or the two values of the column that is.
Expected<Sides> sides(Pipeline& pipeline, const Arguments& arguments) {
  const auto first = arguments.text("first"), second = arguments.text("second"),
             by = arguments.text("by");
  if (!first && !second && by) return sides_of_column(pipeline, *by);
  if (!first || !second) return failure(ErrorCode::usage, "tools.compare.two_groups");
  CELLOQUY_TRY(auto one, resolve_group(pipeline, *first, by));
  CELLOQUY_TRY(auto other, resolve_group(pipeline, *second, by));
  return Sides{std::move(one), std::move(other)};
}

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(auto both, sides(pipeline, arguments));
  std::optional<GroupChoice> within;
  if (const auto text = arguments.text("within")) {
    CELLOQUY_TRY(within, resolve_group(pipeline, *text));
  }
  CELLOQUY_TRY(const Comparison plan, plan_comparison(pipeline, std::move(both.first),
                                                      std::move(both.second), std::move(within)));
  CELLOQUY_TRY(const Effects effects, compute(pipeline, plan));
  const bool tested = !effects.adjusted.empty();
  Finding finding;
  say_design(finding, plan);
  CELLOQUY_CHECK(say_asked_genes(finding, *data, effects, arguments.list("genes")));
  const auto higher = side(effects, true), lower = side(effects, false);
  finding.tables.push_back(
      effect_table("higher", message("tools.title.higher_in", {{"group", plan.first.name}}), *data,
                   effects, higher));
  finding.tables.push_back(
      effect_table("lower", message("tools.title.higher_in", {{"group", plan.second.name}}), *data,
                   effects, lower));
  finding.values["n_tested"] = Value::count(static_cast<double>(effects.genes.size()), "genes");
  say_genes(finding, higher.size(), lower.size(), tested);
  if (tested) finding.plots.push_back(volcano(*data, effects, plan));
  CELLOQUY_TRY(const auto cells, pipeline.cells());
  std::vector<std::uint32_t> selected;
  for (std::size_t i = 0; i < plan.tested.codes.size(); ++i)
    if (plan.tested.codes[i] >= 0) selected.push_back(cells->kept[i]);
  finding.selection = Selection{std::move(selected), "celloquy_selection"};
  add_method(pipeline, finding, plan);
  say_done_first(pipeline, finding);
  finding.code = comparison_code(pipeline, plan);
  return finding;
}

}  // namespace

std::unique_ptr<Tool> compare_groups_tool() {
  using enum ArgumentType;
  return make_tool({"compare_groups",
                    message("tools.compare_groups.purpose"),
                    {argument("first", group, "tools.compare_groups.first"),
                     argument("second", group, "tools.compare_groups.second"),
                     argument("within", group, "tools.compare_groups.within"),
                     argument("by", field, "tools.compare_groups.by"),
                     argument("genes", genes, "tools.compare_groups.genes")},
                    false},
                   run);
}

}  // namespace celloquy::tools
