#include "tools/space/search.hpp"

#include <algorithm>

#include "base/hashing.hpp"
#include "knowledge/knowledge.hpp"
#include "space/labels/text_probability.hpp"

namespace celloquy::tools {
namespace {

constexpr std::size_t most_types = 5;
/// Changes whenever the same text on the same cells gives other numbers.
constexpr int search_version = 2;

/// Types that are kinds of what the text names ("lymphocyte": B cell, T cell …).
Expected<std::vector<std::uint8_t>> kinds_of(const space::TextVector& text,
                                             const std::vector<space::TextVector>& types) {
  std::vector<std::uint8_t> out(types.size(), 0);
  if (text.cell_ontology_id.empty()) return out;
  CELLOQUY_TRY(const auto* ontology, knowledge::cell_ontology());
  const auto named = ontology->find_id(text.cell_ontology_id);
  if (!named) return out;
  for (std::size_t t = 0; t < types.size(); ++t)
    if (const auto type = ontology->find_id(types[t].cell_ontology_id))
      out[t] = ontology->is_a(*type, *named);
  return out;
}

struct Fit {
  std::vector<float> of_type;  ///< 0 to 1
  bool some_kind = false;      ///< one of the types is a kind of what the text names
};

Expected<Fit> fit_of(const space::TextVector& text, const std::vector<space::TextVector>& types) {
  std::vector<float> cosines;
  for (const auto& type : types) cosines.push_back(cosine(text, type));
  CELLOQUY_TRY(const auto kinds, kinds_of(text, types));
  return Fit{space::fit_of_types(cosines, kinds),
             std::any_of(kinds.begin(), kinds.end(), [](auto is) { return is != 0; })};
}

/// The weights stand for the model that made them.
Expected<std::string> search_key(Pipeline& pipeline, const std::string& words,
                                 const space::TextVector& text) {
  CELLOQUY_TRY(const std::string cells, pipeline.cells_key());
  Hasher weights;
  weights.values(std::span<const float>(text.weights));
  return workspace::result_key(std::vector<std::string>{cells}, "search",
                               {{"text", words}, {"weights", weights.hex()}}, search_version);
}

Expected<space::TextVector> encoded(Pipeline& pipeline, const std::string& text) {
  CELLOQUY_TRY(auto* tower, text_tower());
  CELLOQUY_TRY(auto vectors,
               tower->encode(std::span(&text, 1), space::TextUse::search, pipeline.context()));
  return std::move(vectors[0]);
}

Expected<Shared<SearchScores>> scores_of(Pipeline& pipeline, const std::string& words,
                                         const space::TextVector& text) {
  CELLOQUY_TRY(const std::string key, search_key(pipeline, words, text));
  return pipeline.memo<SearchScores>("search", key, [&]() -> Expected<SearchScores> {
    CELLOQUY_TRY(const auto cells, cell_view(pipeline));
    const space::TextWeights one{1, text.weights.size(), text.weights};
    CELLOQUY_TRY(auto scores, space::score_cells(cells->view(), cells->standardization, one,
                                                 pipeline.context()));
    CELLOQUY_TRY(const auto labels, panel_labels(pipeline));
    CELLOQUY_TRY(const auto fit, fit_of(text, *labels->types));
    auto probability = space::text_probability(labels->decoded.probability, fit.of_type,
                                               static_cast<double>(text.nearest_known));
    return SearchScores{std::move(scores.values), std::move(probability)};
  });
}

}  // namespace

workspace::Blob to_blob(const SearchScores& result) {
  workspace::Blob blob;
  blob.add<float>("score", result.score);
  blob.add<float>("probability", result.probability);
  return blob;
}

bool from_blob(const workspace::Blob& blob, SearchScores& result) {
  const auto* score = blob.array<float>("score");
  const auto* probability = blob.array<float>("probability");
  if (!score || !probability || score->size() != probability->size()) return false;
  result = {*score, *probability};
  return true;
}

Expected<Shared<PanelLabels>> panel_labels(Pipeline& pipeline) {
  CELLOQUY_TRY(const std::string cells, pipeline.cells_key());
  const std::string key = workspace::result_key(std::vector<std::string>{cells}, "panel_labels",
                                                nlohmann::json::object(), 1);
  auto& memory = Memory::of(pipeline.study());
  if (auto known = memory.find<PanelLabels>(key)) return known;
  PanelLabels made;
  CELLOQUY_TRY(made.types, panel_types(pipeline.context()));
  CELLOQUY_TRY(made.decoded, label_kept_cells(pipeline, *made.types));
  auto shared = std::make_shared<const PanelLabels>(std::move(made));
  memory.put(key, shared);
  return shared;
}

std::vector<std::uint32_t> found_cells(std::span<const float> probability) {
  std::vector<std::uint32_t> positions;
  for (std::uint32_t i = 0; i < probability.size(); ++i)
    if (probability[i] >= static_cast<float>(least_probability)) positions.push_back(i);
  return positions;
}

Expected<Text> type_name(const space::TextVector& type) {
  CELLOQUY_TRY(const auto* ontology, knowledge::cell_ontology());
  const auto term = ontology->find_id(type.cell_ontology_id);
  return term ? ontology->label(*term) : Text::same(type.read_as);
}

bool is_unknown(const space::TextVector& text) {
  return static_cast<double>(text.nearest_known) <= space::TextProbabilityOptions{}.unknown;
}

Expected<TextSearch> search_cells(Pipeline& pipeline, const std::string& text) {
  TextSearch result;
  CELLOQUY_TRY(result.text, encoded(pipeline, text));
  CELLOQUY_TRY(const auto labels, panel_labels(pipeline));
  CELLOQUY_TRY(const auto fit, fit_of(result.text, *labels->types));
  CELLOQUY_TRY(const auto scores, scores_of(pipeline, text, result.text));
  result.score = scores->score;
  result.probability = scores->probability;
  result.finer = !result.text.cell_ontology_id.empty() && !fit.some_kind;
  const auto& decoded = labels->decoded;
  for (std::uint32_t t = 0; t < fit.of_type.size(); ++t) {
    double sum = 0;
    for (std::size_t i = 0; i < decoded.n_cells; ++i)
      sum += static_cast<double>(decoded.probability[i * decoded.n_labels + t]);
    result.types.push_back(
        {t, fit.of_type[t], sum / std::max<double>(1, static_cast<double>(decoded.n_cells))});
  }
  std::stable_sort(result.types.begin(), result.types.end(), [](const auto& a, const auto& b) {
    return a.fit != b.fit ? a.fit > b.fit : a.probability > b.probability;
  });
  result.types.resize(std::min(most_types, result.types.size()));
  return result;
}

Expected<AnyOfTexts> any_of(Pipeline& pipeline, std::span<const space::TextVector> texts) {
  CELLOQUY_TRY(const auto labels, panel_labels(pipeline));
  AnyOfTexts out;
  out.fit.assign(labels->types->size(), 0);
  float nearest_known = 0;
  for (const auto& text : texts) {
    CELLOQUY_TRY(const auto fit, fit_of(text, *labels->types));
    for (std::size_t t = 0; t < out.fit.size(); ++t)
      out.fit[t] = std::max(out.fit[t], fit.of_type[t]);
    nearest_known = std::max(nearest_known, text.nearest_known);
  }
  out.probability = space::text_probability(labels->decoded.probability, out.fit,
                                            static_cast<double>(nearest_known));
  return out;
}

Expected<Shared<SearchScores>> search_scores(Pipeline& pipeline, const std::string& text) {
  CELLOQUY_TRY(const auto vector, encoded(pipeline, text));
  return scores_of(pipeline, text, vector);
}

}  // namespace celloquy::tools
