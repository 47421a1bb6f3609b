#include "chat/grammar_planner.hpp"

#include <algorithm>
#include <cmath>

#include "chat/entities.hpp"
#include "chat/parser.hpp"
#include "chat/references.hpp"

namespace celloquy::chat {
namespace {

using nlohmann::json;

constexpr double sure_enough = 0.62;  ///< below this share understood, it asks
constexpr double margin = 0.12;       ///< two readings closer than this are both offered
constexpr std::size_t most_offered = 3;

struct Candidate {
  std::vector<ToolCall> calls;
  double cost;
  double confidence;
};

bool same_calls(const std::vector<ToolCall>& a, const std::vector<ToolCall>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const ToolCall& x, const ToolCall& y) {
                      return x.tool == y.tool && x.arguments == y.arguments;
                    });
}

std::vector<Candidate> candidates(const Grammar& grammar, const Lattice& lattice,
                                  const DataDescription& data) {
  const double total = lattice.total_weight();
  std::vector<Candidate> out;
  for (const auto& reading : find_readings(grammar, lattice, !data.previous.empty(), 6)) {
    auto calls = resolve(grammar, reading, data);
    if (!calls) continue;
    if (std::any_of(out.begin(), out.end(),
                    [&](const Candidate& c) { return same_calls(c.calls, *calls); }))
      continue;
    // Typos and guesses count as partly understood.
    const double lost = reading.skipped + 0.5 * std::max(0.0, reading.cost - reading.skipped);
    // "What can you do?" has no word with weight of its own.
    out.push_back(
        {*std::move(calls), reading.cost, std::clamp(1 - lost / std::max(total, 1.0), 0.0, 1.0)});
  }
  return out;
}

Text offered_sentence(const std::vector<ToolCall>& calls) {
  Text text;
  for (const auto& call : calls) {
    const Text one = as_sentence(call);
    if (one.empty()) return {};
    text.en += (text.en.empty() ? "" : " ") + one.en;
    text.zh += one.zh;
  }
  return text;
}

std::string argument_text(const json& value, Language language) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number()) return significant(value.get<double>(), 6);
  if (!value.is_array()) return value.dump();
  std::vector<Text> items;
  for (const auto& element : value) items.push_back(Text::same(argument_text(element, language)));
  return enumerate(items).in(language);
}

/// What is offered when nothing, or nothing surely, was understood.
void ask_back(Plan& plan, const std::vector<Candidate>& found) {
  for (const auto& candidate : found) {
    if (plan.alternatives.size() == most_offered || candidate.confidence < 0.25) break;
    Text text = offered_sentence(candidate.calls);
    if (!text.empty()) plan.alternatives.push_back(std::move(text));
  }
  plan.question = message(plan.alternatives.empty()       ? "chat.not_understood"
                          : plan.alternatives.size() == 1 ? "chat.did_you_mean"
                                                          : "chat.which_one");
  if (!plan.alternatives.empty()) return;
  for (const char* tool : {"describe_data", "list_clusters", "help"})
    plan.alternatives.push_back(as_sentence({tool, json::object()}));
}

}  // namespace

Text as_sentence(const ToolCall& call) {
  std::string id = "chat.reading." + call.tool;
  char separator = '.';
  TextArguments arguments;
  for (const auto& [key, value] : call.arguments.items()) {
    id += separator + key;
    separator = '+';
    arguments.emplace_back(key, Text{argument_text(value, Language::english),
                                     argument_text(value, Language::chinese)});
  }
  return message_template(id).empty() ? Text{} : message(id, arguments);
}

Expected<Plan> GrammarPlanner::plan(const std::string& sentence,
                                    const DataDescription& data) const {
  Plan plan;
  plan.language = detect_language(normalise(sentence));
  Lattice lattice = build_lattice(grammar_, vocabulary_, data, sentence);
  find_phrases(grammar_, lattice);
  const auto found = candidates(grammar_, lattice, data);
  if (found.empty() || found.front().confidence < sure_enough) {
    plan.confidence = found.empty() ? 0 : found.front().confidence;
    ask_back(plan, found);
    return plan;
  }
  plan.confidence = found.front().confidence;
  // A close second matters only where the first is not a complete reading.
  const bool close =
      found.size() > 1 && found[1].cost - found[0].cost < margin && found[0].cost > 0.75;
  if (close) {
    ask_back(plan, found);
    return plan;
  }
  plan.calls = found.front().calls;
  return plan;
}

}  // namespace celloquy::chat
