#include "training/evaluation/gene_sets.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "base/random.hpp"
#include "knowledge/knowledge.hpp"
#include "training/evaluation/left_out_tower.hpp"
#include "training/json_lines.hpp"

namespace celloquy::training {
namespace {

constexpr const char* family_of_sets = "gene_sets";

std::vector<std::uint32_t> all_sets(const PairsFolder& pairs) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t p = 0; p < pairs.size(); ++p)
    if (pairs.family(pairs[p]).name == family_of_sets) out.push_back(p);
  return out;
}

/// Some sets, each name once, ascending.
std::vector<std::uint32_t> draw(const PairsFolder& pairs, std::vector<std::uint32_t> sets,
                                std::size_t count, std::size_t round) {
  RandomStream random(1, round);
  for (std::size_t i = sets.size(); i > 1; --i) std::swap(sets[i - 1], sets[random.below(i)]);
  std::vector<std::uint32_t> drawn;
  std::set<std::int32_t> names;
  for (const auto set : sets)
    if (drawn.size() < count && names.insert(pairs[set].label).second) drawn.push_back(set);
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

/// The first text of each of these pairs (ascending).
Expected<std::vector<std::string>> names_of(const std::filesystem::path& folder,
                                            std::span<const std::uint32_t> wanted) {
  std::vector<std::string> names;
  CELLOQUY_CHECK(for_each_json_line(
      folder / "pairs.jsonl", nullptr,
      [&](std::uint64_t line, const nlohmann::json& object) -> Status {
        if (names.size() < wanted.size() && line == wanted[names.size()] + std::uint64_t{1})
          names.push_back(object["texts"][0].value("text", ""));
        return {};
      }));
  return names;
}

/// sets × texts: the cosine of each set's genes with each text's weights.
Expected<std::vector<float>> score_sets(const PairsFolder& pairs,
                                        std::span<const std::uint32_t> sets,
                                        std::span<const space::TextVector> texts) {
  CELLOQUY_TRY(const auto* table, knowledge::marker_table());
  std::vector<std::int32_t> space_gene;
  for (const auto& symbol : pairs.genes()) {
    const auto found = table->find_gene(symbol);
    space_gene.push_back(found ? static_cast<std::int32_t>(*found) : -1);
  }
  std::vector<float> scores;
  PairRow row;
  for (const auto set : sets) {
    CELLOQUY_CHECK(pairs.read_row(set, row));
    double square = 0;
    for (const float value : row.values) square += static_cast<double>(value) * value;
    for (const auto& text : texts) {
      double sum = 0;
      for (std::size_t k = 0; k < row.genes.size(); ++k)
        if (const auto gene = space_gene[row.genes[k]]; gene >= 0)
          sum += static_cast<double>(row.values[k]) * text.weights[static_cast<std::size_t>(gene)];
      scores.push_back(square > 0 ? static_cast<float>(sum / std::sqrt(square)) : 0.0f);
    }
  }
  return scores;
}

}  // namespace

std::vector<std::size_t> diagonal_ranks(std::span<const float> scores, std::size_t n, bool by_row) {
  std::vector<std::size_t> ranks;
  std::vector<float> line(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < n; ++k) line[k] = by_row ? scores[i * n + k] : scores[k * n + i];
    ranks.push_back(rank_of(line, i));
  }
  return ranks;
}

Expected<ProfileMeasures> evaluate_gene_sets(const PairsFolder& pairs,
                                             const std::filesystem::path& folder,
                                             const TextFeatures& features,
                                             const GeneSetOptions& options,
                                             const Context& context) {
  std::map<std::string, std::vector<double>> values;
  const auto sets = all_sets(pairs);
  for (std::size_t round = 0; round < options.rounds; ++round) {
    context.report("gene sets", static_cast<double>(round) / static_cast<double>(options.rounds));
    const auto drawn = draw(pairs, sets, options.n_sets, round);
    auto pool = options.pool;
    std::set<std::int32_t> labels;
    for (const auto set : drawn) labels.insert(pairs[set].label);
    for (const auto set : sets)
      if (labels.contains(pairs[set].label)) pool.left_out_pairs.push_back(set);
    CELLOQUY_TRY(const auto tower, tower_without(pairs, folder, features, pool, context));
    CELLOQUY_TRY(const auto names, names_of(folder, drawn));
    CELLOQUY_TRY(const auto texts, tower->encode(names, space::TextUse::search, context));
    CELLOQUY_TRY(const auto scores, score_sets(pairs, drawn, texts));
    for (const bool by_set : {true, false})
      for (const auto rank : diagonal_ranks(scores, drawn.size(), by_set)) {
        const std::string name = by_set ? "set to name" : "name to set";
        values[name + " MRR"].push_back(1 / static_cast<double>(rank));
        values[name + " R@1"].push_back(rank == 1);
      }
  }
  ProfileMeasures out;
  for (const auto& [name, value] : values) {
    std::vector<std::size_t> each(value.size());
    std::iota(each.begin(), each.end(), std::size_t{0});
    out[name] = estimate_mean(value, each, value.size());
  }
  return out;
}

}  // namespace celloquy::training
