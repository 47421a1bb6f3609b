#include "tools/conditions.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "base/white_space.hpp"
#include "tools/build.hpp"
#include "tools/code_pieces.hpp"
#include "tools/gene_resolution.hpp"
#include "tools/quality_limits.hpp"
#include "tools/similar_names.hpp"

namespace celloquy::tools {
namespace {

enum class Measure { none, counts, genes, mitochondrial };

/// The usual names of what is computed from the counts, in lower case.
Measure measure_named(const std::string& text) {
  static constexpr std::pair<std::string_view, Measure> names[] = {
      {"n_counts", Measure::counts},
      {"counts", Measure::counts},
      {"umi", Measure::counts},
      {"umis", Measure::counts},
      {"total_counts", Measure::counts},
      {"ncount_rna", Measure::counts},
      {"n_genes", Measure::genes},
      {"genes", Measure::genes},
      {"n_genes_by_counts", Measure::genes},
      {"nfeature_rna", Measure::genes},
      {"percent_mito", Measure::mitochondrial},
      {"mito", Measure::mitochondrial},
      {"percent.mt", Measure::mitochondrial},
      {"pct_counts_mt", Measure::mitochondrial}};
  const std::string wanted = lower(text);
  for (const auto& [name, measure] : names)
    if (wanted == name) return measure;
  return Measure::none;
}

struct Parts {
  std::string name;
  Comparison comparison;
  double limit;
};

/// NAME OP NUMBER; nothing when the text has no operator.
Expected<std::optional<Parts>> split_condition(const std::string& text) {
  static constexpr std::pair<std::string_view, Comparison> operators[] = {
      {">=", Comparison::at_least}, {"≥", Comparison::at_least}, {"<=", Comparison::at_most},
      {"≤", Comparison::at_most},   {"==", Comparison::equal},   {"!=", Comparison::unequal},
      {">", Comparison::above},     {"<", Comparison::below},    {"=", Comparison::equal}};
  for (const auto& [sign, comparison] : operators) {
    const auto at = text.find(sign);
    if (at == std::string::npos) continue;
    Parts parts{trimmed(text.substr(0, at)), comparison, 0};
    std::string number = trimmed(text.substr(at + sign.size()));
    if (number.ends_with('%')) number = trimmed(number.substr(0, number.size() - 1));
    const auto read = std::from_chars(number.data(), number.data() + number.size(), parts.limit);
    const bool whole = read.ec == std::errc() && read.ptr == number.data() + number.size();
    // "donor = D1" is a value of a column, not a number.
    if (!whole && comparison == Comparison::equal) return std::optional<Parts>();
    if (parts.name.empty() || !whole || !std::isfinite(parts.limit))
      return failure(ErrorCode::usage, "tools.condition.unreadable", {{"text", text}});
    return std::optional(std::move(parts));
  }
  return std::optional<Parts>();
}

bool is_group(Comparison comparison) {
  return comparison == Comparison::member || comparison == Comparison::not_member;
}

bool holds(Comparison comparison, double value, double limit) {
  switch (comparison) {
    case Comparison::above: return value > limit;
    case Comparison::at_least: return value >= limit;
    case Comparison::below: return value < limit;
    case Comparison::at_most: return value <= limit;
    case Comparison::equal: return value == limit;
    case Comparison::unequal: return value < limit || value > limit;
    default: return false;
  }
}

const char* sign_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::above: return ">";
    case Comparison::at_least: return ">=";
    case Comparison::below: return "<";
    case Comparison::at_most: return "<=";
    case Comparison::equal: return "==";
    default: return "!=";
  }
}

template <class T>
void compare(Condition& condition, const std::vector<T>& values) {
  condition.met.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    condition.met[i] = holds(condition.comparison, static_cast<double>(values[i]), condition.limit);
}

Condition started(const Parts& parts) {
  Condition condition;
  condition.comparison = parts.comparison;
  condition.limit = parts.limit;
  return condition;
}

void set_code(Condition& condition, const std::string& scanpy, const std::string& seurat) {
  const std::string rest =
      std::string(" ") + sign_of(condition.comparison) + " " + plain_number(condition.limit);
  condition.scanpy = "(" + scanpy + rest + ")";
  condition.seurat = seurat + rest;
}

Expected<Condition> on_measure(Pipeline& pipeline, const Parts& parts, Measure measure) {
  CELLOQUY_TRY(const auto metrics, pipeline.quality());
  Condition condition = started(parts);
  if (measure == Measure::mitochondrial) {
    if (!has_mitochondrial_genes(*metrics))
      return failure(ErrorCode::cannot_answer, "tools.filter.no_mitochondrial");
    condition.subject = message("tools.condition.mitochondrial");
    condition.unit = "%";
    compare(condition, metrics->pct_mitochondrial);
    set_code(condition, "adata.obs[\"pct_counts_mt\"]", "object$percent.mt");
  } else if (measure == Measure::genes) {
    condition.subject = message("tools.condition.genes");
    condition.unit = "genes";
    compare(condition, metrics->n_genes);
    set_code(condition, "adata.obs[\"n_genes_by_counts\"]", "object$nFeature_RNA");
  } else {
    condition.subject = message("tools.condition.counts");
    condition.unit = "counts";
    compare(condition, metrics->total_counts);
    set_code(condition, "adata.obs[\"total_counts\"]", "object$nCount_RNA");
  }
  return condition;
}

Expected<Condition> on_gene(Pipeline& pipeline, const Parts& parts, const GeneChoice& gene) {
  CELLOQUY_TRY(const auto values, pipeline.gene_values(gene.index));
  Condition condition = started(parts);
  condition.gene = gene.name;
  if (gene.synonym) condition.asked = gene.asked;
  condition.subject = Text::same(gene.name);
  condition.kind = NameKind::gene;
  condition.unit = "log-normalised";
  compare(condition, values);
  set_code(condition,
           "sc.get.obs_df(log_normalized, keys=" + python_list({gene.name}) + ").iloc[:, 0]",
           "FetchData(log_normalized, vars = " + literal(gene.name) + ")[, 1]");
  return condition;
}

Expected<Condition> on_number(Pipeline& pipeline, const Parts& parts) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  // A column of the file goes before what we would compute under that name.
  if (data->obs.find(parts.name)) {
    CELLOQUY_TRY(const auto column, pipeline.column(parts.name));
    if (const auto numbers = as_numbers(column)) {
      Condition condition = started(parts);
      condition.subject = Text::same(parts.name);
      condition.kind = NameKind::field;
      compare(condition, *numbers);
      const std::string name = literal(parts.name);
      set_code(condition, "adata.obs[" + name + "]", "object[[" + name + "]][, 1]");
      return condition;
    }
  }
  if (const auto measure = measure_named(parts.name); measure != Measure::none)
    return on_measure(pipeline, parts, measure);
  CELLOQUY_TRY(const auto gene, resolve_gene(*data, parts.name));
  return on_gene(pipeline, parts, gene);
}

Expected<Condition> on_group(Pipeline& pipeline, const std::string& text) {
  static constexpr std::array<std::string_view, 6> negations = {"not ", "no ",  "非",
                                                                "不是", "除了", "without "};
  std::string name = text;
  Condition condition;
  condition.comparison = Comparison::member;
  for (const auto& negation : negations)
    if (lower(text).starts_with(negation)) {
      condition.comparison = Comparison::not_member;
      name = trimmed(text.substr(negation.size()));
      break;
    }
  CELLOQUY_TRY(const auto group, resolve_group(pipeline, name));
  const bool inside = condition.comparison == Comparison::member;
  condition.subject = group.name;
  condition.kind = group.cell_type ? NameKind::cell_type : NameKind::group;
  condition.met.reserve(group.grouping.codes.size());
  for (const auto code : group.grouping.codes)
    condition.met.push_back(group.contains(code) == inside);
  const EquivalentCode code = membership(group);
  condition.scanpy = (inside ? "" : "~") + code.scanpy;
  condition.seurat = (inside ? "(" : "!(") + code.seurat + ")";
  return condition;
}

/// "CD3E+", "CD8A-": found, or not found. Genes whose own name ends so ("HLA-") are not cut.
std::optional<Parts> signed_gene(const Dataset& data, const std::string& text) {
  if (text.size() < 3 || (text.back() != '+' && text.back() != '-')) return std::nullopt;
  Parts parts{trimmed(text.substr(0, text.size() - 1)),
              text.back() == '+' ? Comparison::above : Comparison::equal, 0};
  return resolve_gene(data, parts.name) ? std::optional(std::move(parts)) : std::nullopt;
}

}  // namespace

double Condition::n_met() const {
  return static_cast<double>(std::count(met.begin(), met.end(), std::uint8_t{1}));
}

Expected<Condition> evaluate_condition(Pipeline& pipeline, const std::string& raw) {
  const std::string text = trimmed(raw);
  if (text.empty()) return failure(ErrorCode::usage, "tools.condition.unreadable", {{"text", raw}});
  CELLOQUY_TRY(const auto parts, split_condition(text));
  if (parts) return on_number(pipeline, *parts);
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  if (const auto gene = signed_gene(*data, text)) return on_number(pipeline, *gene);
  return on_group(pipeline, text);
}

std::vector<std::uint32_t> cells_meeting_all(const std::vector<Condition>& conditions,
                                             std::size_t n_cells) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < n_cells; ++i)
    if (std::all_of(conditions.begin(), conditions.end(),
                    [&](const Condition& condition) { return condition.met[i] != 0; }))
      out.push_back(i);
  return out;
}

Table conditions_table(const std::vector<Condition>& conditions, std::size_t n_cells) {
  Table table{"conditions", message("tools.title.conditions"), {}};
  auto subject = table_column("subject", "tools.title.condition");
  auto comparison = table_column("comparison", "tools.title.comparison");
  auto limit = table_column("limit", "tools.title.limit");
  auto cells = table_column("n_cells", "tools.title.n_cells", "cells");
  auto share = table_column("percent", "tools.title.percent", "%");
  static constexpr const char* names[] = {"above", "at_least", "below",  "at_most",
                                          "equal", "unequal",  "member", "not_member"};
  for (const auto& one : conditions) {
    const auto which = static_cast<std::size_t>(one.comparison);
    subject.cells.push_back(Value::name(one.subject, one.kind));
    comparison.cells.push_back(
        Value::name(message(std::string("tools.comparison.") + names[which]), NameKind::none));
    const bool whole = one.limit == std::floor(one.limit);
    limit.cells.push_back(is_group(one.comparison)
                              ? Value::name(message("tools.none"), NameKind::none)
                          : whole ? Value::count(one.limit, one.unit)
                                  : Value::number(one.limit, one.unit));
    cells.cells.push_back(Value::count(one.n_met(), "cells"));
    share.cells.push_back(Value::number(percent(one.n_met(), static_cast<double>(n_cells)), "%"));
  }
  table.columns = {std::move(subject), std::move(comparison), std::move(limit), std::move(cells),
                   std::move(share)};
  return table;
}

void say_conditions(Finding& finding, const std::vector<Condition>& conditions) {
  for (std::size_t row = 0; row < conditions.size(); ++row) {
    const std::string at = "[" + std::to_string(row) + "]";
    const bool group = is_group(conditions[row].comparison);
    Statement line{group ? "tools.select.group_row" : "tools.select.row",
                   {{"subject", "conditions.subject" + at},
                    {"comparison", "conditions.comparison" + at},
                    {"cells", "conditions.n_cells" + at},
                    {"percent", "conditions.percent" + at}}};
    if (!group) line.blanks.emplace_back("limit", "conditions.limit" + at);
    finding.statements.push_back(std::move(line));
  }
}

bool any_gene(const std::vector<Condition>& conditions) {
  return std::any_of(conditions.begin(), conditions.end(),
                     [](const Condition& one) { return !one.gene.empty(); });
}

bool any_quality(const std::vector<Condition>& conditions) {
  return std::any_of(conditions.begin(), conditions.end(), [](const Condition& one) {
    return one.unit == "%" || one.unit == "genes" || one.unit == "counts";
  });
}

ConditionCode code_of(Pipeline& pipeline, const std::vector<Condition>& conditions) {
  ConditionCode code;
  for (const auto& one : conditions) {
    code.met.scanpy += (code.met.scanpy.empty() ? "" : " & ") + one.scanpy;
    code.met.seurat += (code.met.seurat.empty() ? "" : " & ") + one.seurat;
  }
  auto& [scanpy, seurat] = code.before;
  scanpy = "import scanpy as sc\n";
  if (any_quality(conditions)) {
    const EquivalentCode metrics = quality_columns();
    scanpy = metrics.scanpy;
    seurat = metrics.seurat;
  }
  if (!any_gene(conditions)) return code;
  const auto values = pipeline.values();
  const bool counts = values && *values == Values::counts;
  const std::string sum = plain_number(pipeline.options().target_sum);
  scanpy += "log_normalized = adata.copy()\n";
  if (counts) scanpy += "sc.pp.normalize_total(log_normalized, target_sum=" + sum + ")\n";
  if (values && *values != Values::logged) scanpy += "sc.pp.log1p(log_normalized)\n";
  seurat += counts ? "log_normalized <- NormalizeData(object, scale.factor = " + sum + ")\n"
                   : "log_normalized <- object\n";
  return code;
}

}  // namespace celloquy::tools
