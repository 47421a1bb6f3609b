#include "tools/space/search_columns.hpp"

#include <algorithm>

#include "tools/space/search.hpp"

namespace celloquy::tools {
namespace {

constexpr std::size_t most_searches = 5;

}  // namespace

std::vector<std::string> latest_searches(const workspace::Study& study) {
  std::vector<std::string> texts;
  const auto& turns = study.turns();
  for (auto turn = turns.rbegin(); turn != turns.rend(); ++turn) {
    if (!turn->calls.is_array()) continue;
    for (auto call = turn->calls.rbegin(); call != turn->calls.rend(); ++call) {
      if (call->value("tool", "") != "find_cells") continue;
      const auto text = call->value("arguments", nlohmann::json::object()).value("text", "");
      if (!text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end())
        texts.push_back(text);
      if (texts.size() == most_searches) return texts;
    }
  }
  return texts;
}

Expected<std::vector<std::pair<std::string, Column>>> search_columns(
    Pipeline& pipeline, std::span<const std::string> texts) {
  std::vector<std::pair<std::string, Column>> out;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    CELLOQUY_TRY(const auto found, search_scores(pipeline, texts[i]));
    const std::string behind = i == 0 ? "" : "_" + std::to_string(i + 1);
    out.emplace_back("celloquy_score" + behind,
                     std::vector<double>(found->score.begin(), found->score.end()));
    out.emplace_back("celloquy_probability" + behind,
                     std::vector<double>(found->probability.begin(), found->probability.end()));
  }
  return out;
}

}  // namespace celloquy::tools
