// The bank of sentences: accuracy on the half that tuned the grammar and on the
// half that did not, and how often a wrong reading was acted on.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>

#include "chat/grammar_planner.hpp"
#include "demo_description.hpp"

namespace celloquy::chat {
namespace {

using nlohmann::json;

struct Utterance {
  std::string sentence, context, expected;
};

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> out;
  std::size_t at = 0;
  for (;;) {
    const auto end = text.find(separator, at);
    out.push_back(text.substr(at, end == std::string::npos ? end : end - at));
    if (end == std::string::npos) return out;
    at = end + separator.size();
  }
}

std::vector<Utterance> bank() {
  std::ifstream file(CELLOQUY_SOURCE_DIR "/tests/chat/utterances.tsv");
  std::vector<Utterance> out;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const auto columns = split(line, "\t");
    if (columns.size() == 3) out.push_back({columns[0], columns[1], columns[2]});
  }
  return out;
}

ToolCall read_call(const std::string& text) {
  const auto space = text.find(' ');
  return {text.substr(0, space), json::parse(text.substr(space + 1))};
}

/// "Tregs|regulatory T cell" stands for either.
bool value_fits(const json& wanted, const json& got) {
  if (wanted.is_array() && got.is_array()) {
    if (wanted.size() != got.size()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (!value_fits(wanted[i], got[i])) return false;
    return true;
  }
  if (!wanted.is_string() || !got.is_string()) return wanted == got;
  const auto choices = split(wanted.get<std::string>(), "|");
  return std::find(choices.begin(), choices.end(), got.get<std::string>()) != choices.end();
}

bool call_fits(const std::string& wanted, const ToolCall& got) {
  // Readings are separated by "|" too, but only between "}" and a name.
  for (auto choice : split(wanted, "}|")) {
    if (!choice.ends_with('}')) choice += '}';
    const ToolCall call = read_call(choice);
    if (call.tool != got.tool || call.arguments.size() != got.arguments.size()) continue;
    bool fits = true;
    for (const auto& [key, value] : call.arguments.items())
      fits = fits && got.arguments.contains(key) && value_fits(value, got.arguments[key]);
    if (fits) return true;
  }
  return false;
}

bool plan_fits(const std::string& expected, const Plan& plan) {
  if (expected == "?") return plan.calls.empty();
  const auto wanted = split(expected, " ; ");
  if (wanted.size() != plan.calls.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (!call_fits(wanted[i], plan.calls[i])) return false;
  return true;
}

std::string shown(const Plan& plan) {
  std::string out;
  for (const auto& call : plan.calls) out += call.tool + " " + call.arguments.dump() + " ; ";
  return out.empty() ? "?" : out;
}

struct Score {
  int total = 0, right = 0, wrong_and_acted = 0;
  double share() const { return total ? static_cast<double>(right) / total : 0; }
};

TEST(Utterances, AreUnderstood) {
  const auto utterances = bank();
  ASSERT_GE(utterances.size(), 200u);
  const GrammarPlanner planner(standard_vocabulary());
  std::vector<std::string> contexts;
  Score halves[2];
  double slowest = 0;
  for (std::size_t i = 0; i < utterances.size(); ++i) {
    const auto& u = utterances[i];
    DataDescription data = demo_description();
    if (!u.context.empty()) data.previous = {read_call(u.context)};
    const auto begin = std::chrono::steady_clock::now();
    const auto plan = planner.plan(u.sentence, data);
    ASSERT_TRUE(plan);
    const double ms =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    if (i > 0) slowest = std::max(slowest, ms);
    auto& half = halves[i % 2];
    ++half.total;
    if (plan_fits(u.expected, *plan)) {
      ++half.right;
      continue;
    }
    half.wrong_and_acted += !plan->calls.empty();
    std::printf("%s  %s\n    wanted %s\n    got    %s (%.2f)\n", i % 2 ? "test" : "dev ",
                u.sentence.c_str(), u.expected.c_str(), shown(*plan).c_str(), plan->confidence);
  }
  std::printf("dev %d/%d = %.1f %%, test %d/%d = %.1f %%, wrong and acted on %d, slowest %.2f ms\n",
              halves[0].right, halves[0].total, 100 * halves[0].share(), halves[1].right,
              halves[1].total, 100 * halves[1].share(),
              halves[0].wrong_and_acted + halves[1].wrong_and_acted, slowest);
  EXPECT_GE(halves[0].share(), 0.95);
  EXPECT_GE(halves[1].share(), 0.85);
  EXPECT_LE(halves[0].wrong_and_acted + halves[1].wrong_and_acted,
            static_cast<int>(0.03 * static_cast<double>(utterances.size())));
}

}  // namespace
}  // namespace celloquy::chat
