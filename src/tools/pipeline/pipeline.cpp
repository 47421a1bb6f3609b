#include "tools/pipeline/pipeline.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "tools/design_columns.hpp"

namespace celloquy::tools {

double clock_seconds() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

std::vector<std::uint32_t> Grouping::sizes() const {
  std::vector<std::uint32_t> n(names.size(), 0);
  for (const auto code : codes)
    if (code >= 0) ++n[static_cast<std::size_t>(code)];
  return n;
}

std::uint32_t Grouping::n_present() const {
  const auto held = sizes();
  return static_cast<std::uint32_t>(
      std::count_if(held.begin(), held.end(), [](auto size) { return size > 0; }));
}

Pipeline::Pipeline(workspace::Study& study, const Context& context)
    : study_(study), context_(context), memory_(Memory::of(study)) {}

Pipeline::Pipeline(workspace::Study& study, workspace::State at, const Context& context)
    : study_(study), at_(std::move(at)), context_(context), memory_(Memory::of(study)) {}

void Pipeline::record(std::string_view step, double seconds, bool cached) {
  steps_.push_back(
      {std::string(step), std::max(0.0, seconds), cached, std::exchange(next_cost_, Cost())});
}

bool Pipeline::all_cached() const {
  std::size_t found = remembered_;
  for (const auto& step : steps_) {
    if (!step.cached && step.step != "read") return false;
    found += step.cached;
  }
  return found > 0;
}

bool Pipeline::computed(std::string_view step) const {
  return std::any_of(steps_.begin(), steps_.end(),
                     [&](const StepRecord& done) { return done.step == step && !done.cached; });
}

// ---- Data -----------------------------------------------------------------

Expected<const Dataset*> Pipeline::dataset() {
  const std::string marker = "read:" + study_.fingerprint();
  if (memory_.find<bool>(marker)) return study_.dataset(context_);
  const double begin = clock_seconds();
  CELLOQUY_TRY(const Dataset* data, study_.dataset(context_));
  const double seconds = clock_seconds() - begin;
  // Reading writes each non-zero once; the file's own bytes depend on its compression.
  next_cost_ = {static_cast<double>(data->matrix.by_cell().bytes()), 0, Operation::arithmetic};
  record("read", seconds, false);
  inner_seconds_ += seconds;
  memory_.put(marker, std::make_shared<const bool>(true));
  return data;
}

Expected<Values> Pipeline::values() {
  CELLOQUY_TRY(const Dataset* data, dataset());
  switch (data->state) {
    case InputState::raw_counts:
    case InputState::noisy_counts: return Values::counts;
    case InputState::normalized: return Values::normalized;
    case InputState::log1p: return Values::logged;
    case InputState::scaled:
      return failure(ErrorCode::cannot_answer, "tools.values.scaled",
                     {{"where", data->matrix_where}});
    case InputState::unknown: break;
  }
  return failure(ErrorCode::cannot_answer, "tools.values.unknown", {{"where", data->matrix_where}});
}

std::string Pipeline::file_key() const { return "file:" + study_.fingerprint(); }

Expected<std::string> Pipeline::cells_key() {
  const auto& slots = state().slots;
  if (const auto slot = slots.find("cells"); slot != slots.end()) return slot->second;
  return file_key() + ":all";
}

Expected<Shared<CellList>> Pipeline::cells() {
  CELLOQUY_TRY(const std::string key, cells_key());
  if (auto known = memory_.find<CellList>(key)) return known;
  auto list = std::make_shared<CellList>();
  if (all_cells_kept()) {
    CELLOQUY_TRY(const Dataset* data, dataset());
    list->kept.resize(data->n_cells());
    for (std::uint32_t i = 0; i < list->kept.size(); ++i) list->kept[i] = i;
  } else {
    const auto blob = study_.results().find(key);
    // The history says which cells are kept, so nothing true can be said without the list.
    if (!blob || !from_blob(*blob, *list))
      return failure(ErrorCode::unusable_input, "tools.cells.lost", {{"folder", study_.folder()}});
  }
  memory_.put<CellList>(key, list);
  return Shared<CellList>(list);
}

Expected<CountMatrix> Pipeline::matrix() {
  CELLOQUY_TRY(const Dataset* data, dataset());
  if (all_cells_kept()) return data->matrix;
  CELLOQUY_TRY(const std::string key, cells_key());
  const std::string matrix_key = key + ":matrix";
  if (const auto known = memory_.find<CountMatrix>(matrix_key)) return *known;
  CELLOQUY_TRY(const auto list, cells());
  const double begin = clock_seconds();
  data->matrix.release_by_gene();
  CELLOQUY_TRY(auto kept, subset(data->matrix.by_cell(), list->kept, {}, context_));
  const double seconds = clock_seconds() - begin;
  record("subset", seconds, false);
  inner_seconds_ += seconds;
  // One subset at a time is held; the one before costs more memory than time to make again.
  if (const auto last = memory_.find<std::string>("matrix")) memory_.drop(*last);
  memory_.put("matrix", std::make_shared<const std::string>(matrix_key));
  CountMatrix made(std::move(kept));
  memory_.put(matrix_key, std::make_shared<const CountMatrix>(made));
  return made;
}

std::vector<std::string> Pipeline::own_field_names() const {
  std::vector<std::string> out;
  const auto& slots = state().slots;
  for (auto slot = slots.lower_bound(own_field_slot("")); slot != slots.end(); ++slot) {
    if (!slot->first.starts_with(own_field_slot(""))) break;
    out.push_back(slot->first.substr(own_field_slot("").size()));
  }
  return out;
}

bool Pipeline::has_own_field(const std::string& name) const {
  return state().slots.contains(own_field_slot(name));
}

Expected<Shared<OwnField>> Pipeline::own_field(const std::string& name) {
  const std::string key = state().slots.at(own_field_slot(name));
  if (auto known = memory_.find<OwnField>(key)) return known;
  const auto blob = study_.results().find(key);
  auto field = std::make_shared<OwnField>();
  CELLOQUY_TRY(const Dataset* data, dataset());
  if (!blob || !from_blob(*blob, *field) || field->codes.size() != data->n_cells())
    return failure(ErrorCode::unusable_input, "tools.own_field.lost",
                   {{"field", name}, {"folder", study_.folder()}});
  memory_.put<OwnField>(key, field);
  return Shared<OwnField>(field);
}

Expected<Column> Pipeline::column(const std::string& name) {
  if (has_own_field(name)) {
    CELLOQUY_TRY(const auto own, own_field(name));
    CELLOQUY_TRY(const auto list, cells());
    Categorical kept{own->names, {}};
    kept.codes.reserve(list->kept.size());
    for (const auto cell : list->kept) kept.codes.push_back(own->codes[cell]);
    return Column(std::move(kept));
  }
  CELLOQUY_TRY(const Dataset* data, dataset());
  const Column* found = data->obs.find(name);
  if (!found) {
    std::vector<Text> names;
    for (const auto& [known, values] : data->obs.columns) names.push_back(Text::same(known));
    const Text meant = design_name(name);
    if (names.empty())
      return failure(ErrorCode::cannot_answer, "tools.field.none",
                     {{"field", meant.empty() ? Text::same(name) : meant}});
    if (!meant.empty())
      return failure(ErrorCode::cannot_answer, "tools.field.absent",
                     {{"field", meant}, {"fields", enumerate(names)}});
    return failure(ErrorCode::cannot_answer, "tools.field.unknown",
                   {{"field", name}, {"fields", enumerate(names)}});
  }
  if (all_cells_kept()) return *found;
  CELLOQUY_TRY(const auto list, cells());
  DataFrame one;
  one.columns.emplace_back(name, *found);
  one.index.resize(data->n_cells());
  return std::move(one.rows(list->kept).columns.front().second);
}

// ---- Groupings --------------------------------------------------------------

Expected<Grouping> Pipeline::cluster_grouping() {
  CELLOQUY_TRY(const auto result, clusters());
  CELLOQUY_TRY(const std::string key, clusters_key(resolution()));
  Grouping grouping;
  grouping.kind = Grouping::Kind::clusters;
  grouping.field = "cluster";
  grouping.key = key;
  grouping.codes.assign(result->membership.begin(), result->membership.end());
  for (std::uint32_t i = 0; i < result->n_communities; ++i)
    grouping.names.push_back(Text::same(std::to_string(i)));
  return grouping;
}

Expected<Grouping> Pipeline::field_grouping(const std::string& name) {
  CELLOQUY_TRY(const Column values, column(name));
  auto categories = as_categorical(values);
  if (!categories)
    return failure(ErrorCode::cannot_answer, "tools.field.numbers", {{"field", name}});
  CELLOQUY_TRY(const std::string key, cells_key());
  Grouping grouping;
  grouping.kind = Grouping::Kind::field;
  grouping.field = name;
  grouping.key = has_own_field(name) ? key + ":own:" + state().slots.at(own_field_slot(name))
                                     : key + ":obs:" + name;
  grouping.codes = std::move(categories->codes);
  for (auto& category : categories->categories)
    grouping.names.push_back(Text::same(std::move(category)));
  return grouping;
}

}  // namespace celloquy::tools
