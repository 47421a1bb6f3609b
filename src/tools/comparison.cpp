#include "tools/comparison.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "tools/design_columns.hpp"
#include "tools/similar_names.hpp"

namespace celloquy::tools {
namespace {

constexpr std::uint32_t least_cells_a_sample = pseudobulk::Options{}.min_cells;
constexpr std::size_t least_replicates = pseudobulk::Options{}.min_replicates;

struct Replicates {
  Grouping grouping;
  std::vector<std::int8_t> condition;
  std::size_t first = 0, second = 0;
};

/// The column's values as samples, when each lies on one side only.
std::optional<Replicates> nested(Grouping grouping, const Grouping& tested) {
  const std::size_t n = grouping.n_groups();
  std::vector<std::size_t> in_first(n, 0), in_second(n, 0);
  for (std::size_t i = 0; i < tested.codes.size(); ++i) {
    if (grouping.codes[i] < 0 || tested.codes[i] < 0) continue;
    ++(tested.codes[i] == 0 ? in_first : in_second)[static_cast<std::size_t>(grouping.codes[i])];
  }
  Replicates out;
  out.condition.assign(n, -1);
  for (std::size_t s = 0; s < n; ++s) {
    if (in_first[s] > 0 && in_second[s] > 0) return std::nullopt;
    if (in_first[s] + in_second[s] == 0) continue;
    out.condition[s] = in_first[s] > 0 ? 0 : 1;
    if (in_first[s] >= least_cells_a_sample) ++out.first;
    if (in_second[s] >= least_cells_a_sample) ++out.second;
  }
  out.grouping = std::move(grouping);
  return out;
}

/// The replicate column with the most samples on its weaker side; samples and
/// donors win over batches by their place in the list.
Status find_replicates(Pipeline& pipeline, Comparison& plan) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  std::optional<Replicates> best;
  for (const auto& name : replicate_columns(*data)) {
    if (name == plan.first.grouping.field) continue;
    CELLOQUY_TRY(Grouping grouping, pipeline.field_grouping(name));
    auto found = nested(std::move(grouping), plan.tested);
    if (!found) continue;
    const bool better = std::min(found->first, found->second) >= least_replicates;
    if (!best || (better && std::min(best->first, best->second) < least_replicates))
      best = std::move(found);
  }
  plan.kind = ComparisonKind::descriptive;
  const bool enough = best && std::min(best->first, best->second) >= least_replicates;
  if (!enough) {
    const Column* column = data->obs.find(plan.first.grouping.field);
    const auto role = column ? column_role(plan.first.grouping.field, *column) : ColumnRole::other;
    if (role == ColumnRole::sample || role == ColumnRole::batch) {
      plan.reason = NoTest::samples_themselves;
      return {};
    }
    plan.reason = best ? NoTest::too_few : NoTest::no_samples;
  }
  if (!best) return {};
  plan.sample_column = best->grouping.field;
  plan.samples_first = best->first;
  plan.samples_second = best->second;
  if (!enough) return {};
  if (!data->matrix.counts()) {
    plan.reason = NoTest::no_counts;
    return {};
  }
  plan.kind = ComparisonKind::pseudobulk;
  plan.condition = std::move(best->condition);
  plan.sample_names = best->grouping.names;
  plan.samples = std::move(best->grouping.codes);
  for (std::size_t i = 0; i < plan.samples.size(); ++i)
    if (plan.tested.codes[i] < 0) plan.samples[i] = -1;
  return {};
}

bool conditions(const GroupChoice& first, const GroupChoice& second) {
  return !first.cell_type && !second.cell_type && !first.published.empty() &&
         first.published == second.published;
}

/// Values that stand for "nothing was done" or "nothing is wrong".
bool reads_like_reference(const std::string& value) {
  static constexpr std::array<std::string_view, 26> names = {
      "control",      "ctrl",    "ctl",      "controls", "untreated", "unstimulated", "unstim",
      "vehicle",      "placebo", "mock",     "sham",     "dmso",      "pbs",          "healthy",
      "healthydonor", "normal",  "wildtype", "wt",       "baseline",  "before",       "pre",
      "pretreatment", "none",    "no",       "false",    "0"};
  const std::string plain = folded_name(value);
  return std::find(names.begin(), names.end(), plain) != names.end();
}

}  // namespace

Expected<Sides> sides_of_column(Pipeline& pipeline, const std::string& column) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  if (const Text kind = design_name(column); !kind.empty() && !column_called(*data, column)) {
    std::vector<Text> names;
    for (const auto& [name, values] : data->obs.columns) names.push_back(Text::same(name));
    return failure(ErrorCode::cannot_answer, "tools.compare.no_condition",
                   {{"field", kind},
                    {"replicates", least_replicates},
                    {"fields", names.empty() ? message("tools.none") : enumerate(names)}});
  }
  CELLOQUY_TRY(const FieldChoice field, resolve_field(pipeline, column));
  const auto& names = field.grouping.names;
  if (names.size() != 2) {
    std::vector<Text> shown(names.begin(), names.begin() + std::min<long>(20, std::ssize(names)));
    return failure(ErrorCode::cannot_answer,
                   names.size() < 2 ? "tools.compare.one_value" : "tools.compare.which_values",
                   {{"field", field.title}, {"n", names.size()}, {"values", enumerate(shown)}});
  }
  const std::size_t reference =
      reads_like_reference(names[0].en) && !reads_like_reference(names[1].en) ? 0 : 1;
  CELLOQUY_TRY(auto first, resolve_group(pipeline, names[1 - reference].en, column));
  CELLOQUY_TRY(auto second, resolve_group(pipeline, names[reference].en, column));
  return Sides{std::move(first), std::move(second)};
}

Expected<Comparison> plan_comparison(Pipeline& pipeline, GroupChoice first, GroupChoice second,
                                     std::optional<GroupChoice> within) {
  Comparison plan;
  const auto one = first.positions(), other = second.positions();
  std::vector<std::uint32_t> both;
  std::set_intersection(one.begin(), one.end(), other.begin(), other.end(),
                        std::back_inserter(both));
  if (!both.empty())
    return failure(ErrorCode::cannot_answer,
                   one == other ? "tools.compare.same" : "tools.compare.overlap",
                   {{"first", first.name}, {"second", second.name}, {"cells", both.size()}});
  plan.tested = in_and_out(first, &second);
  if (within) {
    for (std::size_t i = 0; i < plan.tested.codes.size(); ++i)
      if (!within->contains(within->grouping.codes[i])) plan.tested.codes[i] = -1;
    plan.tested.key =
        workspace::result_key(std::vector<std::string>{plan.tested.key, within->grouping.key},
                              "within", nlohmann::json(within->codes), 1);
  }
  for (const auto code : plan.tested.codes) {
    plan.n_first += code == 0;
    plan.n_second += code == 1;
  }
  if (plan.n_first < 3 || plan.n_second < 3)
    return failure(ErrorCode::cannot_answer, "tools.compare.too_few",
                   {{"first", first.name},
                    {"n_first", plan.n_first},
                    {"second", second.name},
                    {"n_second", plan.n_second}});
  const bool between_conditions = conditions(first, second);
  plan.first = std::move(first);
  plan.second = std::move(second);
  plan.within = std::move(within);
  if (between_conditions) CELLOQUY_CHECK(find_replicates(pipeline, plan));
  return plan;
}

}  // namespace celloquy::tools
