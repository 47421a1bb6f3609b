#include "chat/describe.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "tools/pipeline/pipeline.hpp"
#include "tools/selection_groups.hpp"

namespace celloquy::chat {
namespace {

using nlohmann::json;

constexpr std::size_t most_values = 2000;  // more are identifiers, not categories

/// Moving in the history does not change what "and in B cells?" continues.
bool moves_only(const std::string& tool) {
  static constexpr std::array<std::string_view, 6> tools = {"undo", "redo",   "branch",
                                                            "help", "export", "explain_method"};
  return std::find(tools.begin(), tools.end(), tool) != tools.end();
}

}  // namespace

Expected<DataDescription> describe(workspace::Study& study, const Context& context) {
  DataDescription description;
  CELLOQUY_TRY(const Dataset* data, study.dataset(context));
  description.genes = data->var.index;
  description.organism = data->organism.organism;
  tools::Pipeline pipeline(study, context);
  for (const auto& name : pipeline.own_field_names()) {
    CELLOQUY_TRY(const auto own, pipeline.own_field(name));
    // Numbers as names are clusters, which the grammar knows.
    DataDescription::Field field{name, {}};
    for (const auto& value : own->names)
      if (value.find_first_not_of("0123456789") != std::string::npos) field.values.push_back(value);
    description.fields.push_back(std::move(field));
  }
  for (const auto& [name, column] : data->obs.columns) {
    if (pipeline.has_own_field(name)) continue;
    DataDescription::Field field{name, {}};
    const auto categorical = as_categorical(column);
    if (categorical && categorical->categories.size() <= most_values)
      field.values = categorical->categories;
    description.fields.push_back(std::move(field));
  }
  // Selections are asked for like the categories of a column.
  if (const auto selections = study.selections(); selections && !selections->empty()) {
    DataDescription::Field field{tools::selection_field, {}};
    for (const auto& [name, key] : *selections)
      if (!name.empty()) field.values.push_back(name);
    const auto present = selections->find("");
    description.newly_selected =
        present != selections->end() &&
        (study.turns().empty() || study.turns().back().selection != present->second);
    if (present != selections->end())
      for (const auto& word : tools::words_for_selection())
        if (word != "these" && word != "selected") field.values.push_back(word);
    description.fields.push_back(std::move(field));
  }
  if (study.state().slots.contains("clusters")) {
    if (const auto grouping = pipeline.cluster_grouping())
      for (std::uint32_t c = 0; c < grouping->n_groups(); ++c) {
        description.clusters.push_back(std::to_string(c));
        description.cluster_labels.push_back(grouping->names[c].en);
      }
  }
  description.previous = previous_calls(study);
  return description;
}

std::vector<ToolCall> previous_calls(const workspace::Study& study) {
  const auto& turns = study.turns();
  for (auto turn = turns.rbegin(); turn != turns.rend(); ++turn) {
    auto calls = calls_from_json(turn->calls);
    if (std::any_of(calls.begin(), calls.end(),
                    [](const ToolCall& call) { return !moves_only(call.tool); }))
      return calls;
  }
  return {};
}

json calls_to_json(const std::vector<ToolCall>& calls) {
  json out = json::array();
  for (const auto& call : calls)
    out.push_back({{"tool", call.tool}, {"arguments", call.arguments}});
  return out;
}

std::vector<ToolCall> calls_from_json(const json& calls) {
  std::vector<ToolCall> out;
  if (!calls.is_array()) return out;
  for (const auto& call : calls)
    if (call.is_object() && call.contains("tool") && call["tool"].is_string())
      out.push_back({call["tool"].get<std::string>(), call.value("arguments", json::object())});
  return out;
}

}  // namespace celloquy::chat
