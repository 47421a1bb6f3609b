#include "tools/space/captions.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "base/hashing.hpp"
#include "knowledge/knowledge.hpp"
#include "knowledge/model_files.hpp"
#include "knowledge/table.hpp"
#include "space/cells/score.hpp"
#include "space/text/attention.hpp"
#include "tools/space/search.hpp"
#include "tools/space/text_evidence.hpp"

namespace celloquy::tools {
namespace {

constexpr int captions_version = 3;
constexpr std::uint32_t most_cells = 200;  ///< of a group
constexpr std::size_t n_unrelated = 512;
constexpr std::size_t genes_named = 5;

/// States first, then gene sets of the pool, evenly spaced: what unrelated texts score.
struct CaptionTexts {
  std::vector<Text> states;
  space::TextWeights weights;
};

Expected<CaptionTexts> read_caption_texts(const Context& context) {
  CaptionTexts out;
  CELLOQUY_TRY(const auto file, knowledge::read_model_file("space/captions.tsv"));
  CELLOQUY_TRY(auto rows,
               knowledge::TableReader::open("captions.tsv", file, {"text", "english", "chinese"}));
  std::vector<std::string> texts;
  std::vector<std::string_view> f;
  while (rows.next(f)) {
    texts.emplace_back(f[0]);
    out.states.push_back({std::string(f[1]), std::string(f[2])});
  }
  CELLOQUY_TRY(auto* tower, text_tower());
  CELLOQUY_TRY(const auto vectors, tower->encode(texts, space::TextUse::search, context));
  out.weights = space::contrasted(vectors, 0);
  CELLOQUY_TRY(const auto pool, space::read_pool());
  std::vector<std::uint32_t> sets;
  for (std::uint32_t e = 0; e < pool.entries.size(); ++e)
    if (pool.families[pool.entries[e].family].name == "gene_sets") sets.push_back(e);
  const std::size_t n = std::min(n_unrelated, sets.size());
  for (std::size_t i = 0; i < n; ++i) {
    const space::EntryShare one{sets[i * sets.size() / n], 1.0, 1.0f};
    auto weights = space::weights_of(pool, std::span(&one, 1));
    space::to_unit(weights);
    out.weights.values.insert(out.weights.values.end(), weights.begin(), weights.end());
  }
  out.weights.n_texts += n;
  return out;
}

/// Read and encoded once a process.
Expected<const CaptionTexts*> caption_texts(const Context& context) {
  static std::mutex mutex;
  static CaptionTexts texts;
  std::lock_guard lock(mutex);
  if (texts.states.empty()) {
    CELLOQUY_TRY(texts, read_caption_texts(context));
  }
  return &texts;
}

/// Of each group at most most_cells, evenly spaced; ascending in all.
std::vector<std::uint32_t> sample_of(const Grouping& grouping) {
  const auto sizes = grouping.sizes();
  std::vector<std::uint32_t> seen(sizes.size(), 0), out;
  for (std::uint32_t i = 0; i < grouping.codes.size(); ++i) {
    if (grouping.codes[i] < 0) continue;
    const auto g = static_cast<std::size_t>(grouping.codes[i]);
    const std::uint64_t k = seen[g]++, n = sizes[g];
    if (n <= most_cells || k * most_cells / n != (k + 1) * most_cells / n) out.push_back(i);
  }
  return out;
}

/// groups × texts: mean scores of the sampled cells.
Expected<std::vector<double>> mean_scores(Pipeline& pipeline, const Grouping& grouping,
                                          const space::TextWeights& texts) {
  CELLOQUY_TRY(const auto cells, cell_view(pipeline));
  const auto sample = sample_of(grouping);
  CELLOQUY_TRY(auto rows, subset(cells->matrix.by_cell(), sample, {}, pipeline.context()));
  const CountMatrix matrix(std::move(rows));
  Normalization normalization = cells->normalization;
  if (!normalization.scale.empty()) {
    std::vector<float> scale;
    for (const auto i : sample) scale.push_back(normalization.scale[i]);
    normalization.scale = std::move(scale);
  }
  CELLOQUY_TRY(const auto scores,
               space::score_cells({&matrix, &normalization}, cells->standardization, texts,
                                  pipeline.context()));
  std::vector<double> mean(grouping.n_groups() * texts.n_texts, 0);
  std::vector<double> n(grouping.n_groups(), 0);
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const auto g = static_cast<std::size_t>(grouping.codes[sample[i]]);
    n[g] += 1;
    for (std::size_t t = 0; t < texts.n_texts; ++t)
      mean[g * texts.n_texts + t] += static_cast<double>(scores.values[i * texts.n_texts + t]);
  }
  for (std::size_t g = 0; g < n.size(); ++g)
    for (std::size_t t = 0; t < texts.n_texts; ++t)
      mean[g * texts.n_texts + t] /= std::max(1.0, n[g]);
  return mean;
}

/// What the texts say beyond the type: their mean scores with its direction taken
/// out of their weights, (s − C·s_type) / √(1 − C²). Else all B cells would
/// resemble whatever B cells were studied in.
std::vector<double> beyond_type(std::span<const double> scores, const space::TextWeights& texts,
                                std::span<const float> type, double type_score) {
  std::vector<double> out(scores.size());
  for (std::size_t t = 0; t < out.size(); ++t) {
    const float* weights = texts.values.data() + t * texts.n_genes;
    double cosine = 0;
    for (std::size_t g = 0; g < texts.n_genes; ++g)
      cosine += static_cast<double>(weights[g]) * static_cast<double>(type[g]);
    out[t] = (scores[t] - cosine * type_score) / std::sqrt(std::max(0.05, 1 - cosine * cosine));
  }
  return out;
}

Resemblance best_state(const CaptionTexts& texts, std::span<const double> scores) {
  Resemblance out;
  const auto n = static_cast<std::ptrdiff_t>(texts.states.size());
  const auto best = std::max_element(scores.begin(), scores.begin() + n);
  out.name = texts.states[static_cast<std::size_t>(best - scores.begin())];
  out.score = *best;
  const auto unrelated = scores.subspan(texts.states.size());
  if (unrelated.empty()) return out;
  const auto lower = static_cast<double>(
      std::count_if(unrelated.begin(), unrelated.end(), [&](double s) { return s < out.score; }));
  const double share = (lower + 0.5) / (static_cast<double>(unrelated.size()) + 1);
  out.confidence = std::pow(share, static_cast<double>(n));
  return out;
}

/// The two most probable common types of each group; `best_type`: the first, of the panel.
Status add_types(Pipeline& pipeline, const Grouping& grouping, Captions& out,
                 std::vector<std::size_t>& best_type) {
  CELLOQUY_TRY(const auto labels, panel_labels(pipeline));
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(const auto cells, cell_view(pipeline));
  const auto sizes = grouping.sizes();
  const auto& decoded = labels->decoded;
  std::vector<std::vector<double>> mean(sizes.size(), std::vector<double>(decoded.n_labels, 0));
  for (std::size_t i = 0; i < grouping.codes.size(); ++i)
    if (grouping.codes[i] >= 0)
      for (std::size_t t = 0; t < decoded.n_labels; ++t)
        mean[static_cast<std::size_t>(grouping.codes[i])][t] +=
            static_cast<double>(decoded.probability[i * decoded.n_labels + t]);
  for (std::size_t g = 0; g < sizes.size(); ++g) {
    std::vector<std::size_t> order(decoded.n_labels);
    for (std::size_t t = 0; t < order.size(); ++t) order[t] = t;
    std::stable_sort(order.begin(), order.end(),
                     [&](auto a, auto b) { return mean[g][a] > mean[g][b]; });
    auto& caption = out.groups[g];
    const auto& best = (*labels->types)[order[0]];
    best_type.push_back(order[0]);
    caption.n_cells = sizes[g];
    const double n = std::max<double>(1, sizes[g]);
    CELLOQUY_TRY(caption.type, type_name(best));
    caption.type_id = best.cell_ontology_id;
    caption.probability = mean[g][order[0]] / n;
    CELLOQUY_TRY(caption.second, type_name((*labels->types)[order[1]]));
    caption.second_probability = mean[g][order[1]] / n;
    std::vector<std::uint32_t> members;
    for (std::uint32_t i = 0; i < grouping.codes.size() && members.size() < most_cells; ++i)
      if (grouping.codes[i] == static_cast<std::int32_t>(g)) members.push_back(i);
    CELLOQUY_TRY(caption.genes,
                 genes_for(*data, *cells, best, members, genes_named, pipeline.context()));
  }
  return {};
}

}  // namespace

Expected<std::string> captions_key(Pipeline& pipeline, const Grouping& grouping) {
  CELLOQUY_TRY(const auto* types, panel_types(pipeline.context()));
  CELLOQUY_TRY(const auto* texts, caption_texts(pipeline.context()));
  Hasher model;
  for (const auto& type : *types) model.values(std::span<const float>(type.weights));
  model.values(std::span<const float>(texts->weights.values));
  return workspace::result_key(std::vector<std::string>{grouping.key}, "captions",
                               {{"model", model.hex()}}, captions_version);
}

Expected<Shared<Captions>> captions(Pipeline& pipeline, const Grouping& grouping) {
  CELLOQUY_TRY(const std::string key, captions_key(pipeline, grouping));
  return pipeline.memo<Captions>("captions", key, [&]() -> Expected<Captions> {
    Captions out;
    out.groups.resize(grouping.n_groups());
    std::vector<std::size_t> types;
    CELLOQUY_CHECK(add_types(pipeline, grouping, out, types));
    CELLOQUY_TRY(const auto* texts, caption_texts(pipeline.context()));
    CELLOQUY_TRY(const auto* panel, panel_types(pipeline.context()));
    CELLOQUY_TRY(const auto scores, mean_scores(pipeline, grouping, texts->weights));
    const auto panel_weights = space::contrasted(*panel, 0);
    CELLOQUY_TRY(const auto of_types, mean_scores(pipeline, grouping, panel_weights));
    for (std::size_t g = 0; g < out.groups.size(); ++g) {
      const auto row = beyond_type(
          std::span(scores).subspan(g * texts->weights.n_texts, texts->weights.n_texts),
          texts->weights, (*panel)[types[g]].weights, of_types[g * panel->size() + types[g]]);
      out.groups[g].state = best_state(*texts, row);
    }
    return out;
  });
}

Shared<Captions> accepted_captions(Pipeline& pipeline, const Grouping& grouping) {
  const auto& slots = pipeline.study().state().slots;
  const auto key = slots.find("captions"), of = slots.find("captions_of");
  if (key == slots.end() || of == slots.end() || of->second != grouping.key) return nullptr;
  const auto blob = pipeline.study().results().find(key->second);
  auto made = std::make_shared<Captions>();
  if (!blob || !from_blob(*blob, *made) || made->groups.size() != grouping.n_groups())
    return nullptr;
  return made;
}

// ---- Storing: words and short lists are facts ----------------------------------------------
namespace {

using nlohmann::json;

json text_json(const Text& text) { return {text.en, text.zh}; }
Text text_of(const json& value) {
  return {value.at(0).get<std::string>(), value.at(1).get<std::string>()};
}
json resemblance_json(const Resemblance& r) {
  return {{"name", text_json(r.name)}, {"score", r.score}, {"confidence", r.confidence}};
}
Resemblance resemblance_of(const json& value) {
  return {text_of(value.at("name")), value.at("score"), value.at("confidence")};
}

}  // namespace

workspace::Blob to_blob(const Captions& result) {
  workspace::Blob blob;
  blob.facts["groups"] = json::array();
  for (const auto& c : result.groups)
    blob.facts["groups"].push_back({{"n_cells", c.n_cells},
                                    {"type", text_json(c.type)},
                                    {"type_id", c.type_id},
                                    {"probability", c.probability},
                                    {"second", text_json(c.second)},
                                    {"second_probability", c.second_probability},
                                    {"genes", c.genes},
                                    {"state", resemblance_json(c.state)}});
  return blob;
}

bool from_blob(const workspace::Blob& blob, Captions& result) {
  try {
    result.groups.clear();
    for (const auto& c : blob.facts.at("groups")) {
      Caption caption;
      caption.n_cells = c.at("n_cells");
      caption.type = text_of(c.at("type"));
      caption.type_id = c.at("type_id");
      caption.probability = c.at("probability");
      caption.second = text_of(c.at("second"));
      caption.second_probability = c.at("second_probability");
      caption.genes = c.at("genes").get<std::vector<std::string>>();
      caption.state = resemblance_of(c.at("state"));
      result.groups.push_back(std::move(caption));
    }
    return true;
  } catch (const json::exception&) {
    return false;
  }
}

}  // namespace celloquy::tools
