#include "training/evaluation/profiles.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "knowledge/knowledge.hpp"
#include "knowledge/model_files.hpp"
#include "knowledge/table.hpp"
#include "space/labels/label_cells.hpp"
#include "space/labels/matching.hpp"
#include "space/text/cell_type_names.hpp"
#include "space/text/text_tower.hpp"
#include "training/evaluation/measures.hpp"
#include "training/evaluation/profile_scorer.hpp"
#include "training/evaluation/queries.hpp"

namespace celloquy::training {
namespace {

/// Values of one measure, each with its study.
struct Values {
  std::vector<double> value;
  std::vector<std::size_t> study;
};
using Records = std::map<std::string, Values>;
using ListedTerms = std::set<knowledge::TermIndex>;

bool near(const knowledge::CellOntology& ontology, knowledge::TermIndex a, knowledge::TermIndex b) {
  const auto parents = ontology.parents(a), children = ontology.children(a);
  return a == b || std::find(parents.begin(), parents.end(), b) != parents.end() ||
         std::find(children.begin(), children.end(), b) != children.end();
}

/// One study: the scorer made without it, and where values go.
class Fold {
 public:
  Fold(std::size_t number, ProfileScorer& scorer, Records& records)
      : number_(number), scorer_(scorer), records_(records) {}

  /// `route`: "" where only one is measured.
  void add(const std::string& measure, const std::string& route, double value) {
    auto& values = records_[route.empty() ? measure : measure + route_mark + route];
    values.value.push_back(value);
    values.study.push_back(number_);
  }

  /// Which of its table's labels each profile has.
  Status own_labels(std::span<const StudyProfile> profiles) {
    std::vector<std::string> labels;
    for (const auto& profile : profiles)
      if (std::find(labels.begin(), labels.end(), profile.label) == labels.end())
        labels.push_back(profile.label);
    if (labels.size() < 3) return {};
    CELLOQUY_TRY(const auto texts, scorer_.encode(labels));
    CELLOQUY_TRY(const auto alone, scorer_.score(profiles, texts, 0));
    for (const auto& one : alone) add_ranks("own labels, each by itself", profiles, labels, one);
    // As `retrieve` does it.
    CELLOQUY_TRY(auto together, scorer_.score(profiles, texts, space::LabelOptions{}.contrast));
    for (auto& one : together) {
      space::match_texts(one.scores, space::matched_share(one.scores, one.cosines));
      add_ranks("own labels", profiles, labels, one);
      add_areas(profiles, labels, one);
    }
    return {};
  }

  /// At which place each profile's own label comes among all.
  void add_ranks(const std::string& measure, std::span<const StudyProfile> profiles,
                 const std::vector<std::string>& labels, const RouteScores& route) {
    const std::size_t n = labels.size();
    for (std::size_t i = 0; i < profiles.size(); ++i) {
      const auto at = static_cast<std::size_t>(
          std::find(labels.begin(), labels.end(), profiles[i].label) - labels.begin());
      const auto rank = rank_of(std::span(route.scores.values).subspan(i * n, n), at);
      add(measure + " R@1", route.route, rank <= 1);
      add(measure + " R@5", route.route, rank <= 5);
    }
  }

  void add_areas(std::span<const StudyProfile> profiles, const std::vector<std::string>& labels,
                 const RouteScores& route) {
    const std::size_t n = labels.size();
    std::vector<std::uint8_t> positive(profiles.size());
    std::vector<float> column(profiles.size());
    for (std::size_t l = 0; l < n; ++l) {
      for (std::size_t i = 0; i < profiles.size(); ++i) {
        column[i] = route.scores.values[i * n + l];
        positive[i] = profiles[i].label == labels[l];
      }
      add("own labels AUROC", route.route, auroc(column, positive));
    }
  }

  /// Which term of the ontology each profile is; `terms` with their `texts`.
  Status ontology_labels(std::span<const StudyProfile> profiles,
                         std::span<const knowledge::TermIndex> terms, const ScoredTexts& texts,
                         const space::CellTypeNames& names, const ListedTerms& listed) {
    CELLOQUY_TRY(const auto routes, scorer_.score(profiles, texts, 0));
    for (std::size_t i = 0; i < profiles.size(); ++i) {
      // Only labels that name the term: others were mapped by judgement.
      const auto named = names.ontology().find(profiles[i].label);
      if (profiles[i].type < 0 || !named || *named != profiles[i].type) continue;
      for (const auto& route : routes) {
        const float* row = route.scores.values.data() + i * terms.size();
        add_term("ontology", route.route, row, terms, profiles[i].type, names.ontology(), nullptr);
        if (listed.contains(profiles[i].type))
          add_term("ontology, listed terms", route.route, row, terms, profiles[i].type,
                   names.ontology(), &listed);
      }
    }
    return {};
  }

  /// `only`: the terms that may be answered, all if null.
  void add_term(const std::string& measure, const std::string& route, const float* scores,
                std::span<const knowledge::TermIndex> terms, knowledge::TermIndex truth,
                const knowledge::CellOntology& ontology, const ListedTerms* only) {
    std::vector<std::size_t> order;
    for (std::size_t t = 0; t < terms.size(); ++t)
      if (!only || only->contains(terms[t])) order.push_back(t);
    const auto shown = std::min<std::size_t>(5, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown),
                      order.end(), [&](auto a, auto b) { return scores[a] > scores[b]; });
    const auto is_near = [&](std::size_t k) { return near(ontology, terms[order[k]], truth); };
    bool any = false;
    for (std::size_t k = 0; k < shown; ++k) any = any || is_near(k);
    add(measure + " exact@1", route, terms[order[0]] == truth);
    add(measure + " near@1", route, is_near(0));
    add(measure + " near@5", route, any);
  }

 private:
  std::size_t number_;
  ProfileScorer& scorer_;
  Records& records_;
};

/// Queries against all profiles of a table that are mapped to a cell type.
Status ask(Fold& fold, const std::vector<ProfileQuery>& queries, ProfileScorer& scorer,
           std::span<const StudyProfile> profiles) {
  CELLOQUY_TRY(const auto* ontology, knowledge::cell_ontology());
  std::vector<StudyProfile> mapped;
  for (const auto& profile : profiles)
    if (profile.type >= 0) mapped.push_back(profile);
  std::set<knowledge::TermIndex> kinds;
  for (const auto& profile : mapped) kinds.insert(profile.type);
  if (kinds.size() < 5) return {};
  std::vector<std::string> texts;
  std::vector<const ProfileQuery*> asked;
  for (const auto& query : queries) {
    const auto hits = std::count_if(mapped.begin(), mapped.end(), [&](const auto& profile) {
      return ontology->is_a(profile.type, query.type);
    });
    if (hits == 0 || hits == static_cast<std::ptrdiff_t>(mapped.size())) continue;
    texts.push_back(query.text);
    asked.push_back(&query);
  }
  if (texts.empty()) return {};
  CELLOQUY_TRY(const auto vectors, scorer.encode(texts));
  CELLOQUY_TRY(const auto routes, scorer.score(mapped, vectors, 0));
  for (const auto& route : routes)
    for (std::size_t q = 0; q < asked.size(); ++q) {
      std::vector<float> column(mapped.size());
      std::vector<std::uint8_t> positive(mapped.size());
      for (std::size_t i = 0; i < mapped.size(); ++i) {
        column[i] = route.scores.values[i * asked.size() + q];
        positive[i] = ontology->is_a(mapped[i].type, asked[q]->type);
      }
      std::size_t first = mapped.size();
      for (std::size_t i = 0; i < mapped.size(); ++i)
        if (positive[i]) first = std::min(first, rank_of(column, i));
      fold.add(asked[q]->kind + " AUROC", route.route, auroc(column, positive));
      fold.add(asked[q]->kind + " MRR", route.route, 1 / static_cast<double>(first));
    }
  return {};
}

/// What the towers add to the pool, value by value.
void add_difference(Records& records) {
  const std::string pool = std::string(route_mark) + pool_route,
                    fused = std::string(route_mark) + fused_route;
  Records differences;
  for (const auto& [name, values] : records) {
    if (!name.ends_with(pool)) continue;
    const auto measure = name.substr(0, name.size() - pool.size());
    const auto& with = records.at(measure + fused);
    Values difference;
    difference.study = values.study;
    for (std::size_t i = 0; i < values.value.size(); ++i)
      difference.value.push_back(with.value[i] - values.value[i]);
    differences[measure + route_mark + difference_route] = std::move(difference);
  }
  records.merge(differences);
}

}  // namespace

Expected<ProfileMeasures> evaluate_profiles(const PairsFolder& pairs,
                                            const std::filesystem::path& folder,
                                            const TextFeatures& features,
                                            const std::vector<Study>& studies,
                                            const ProfileOptions& options, const Context& context) {
  Records records;
  CELLOQUY_TRY(auto queries, function_queries());
  CELLOQUY_TRY(const auto lists, marker_list_queries(folder));
  queries.insert(queries.end(), lists.begin(), lists.end());
  CELLOQUY_TRY(const auto names, space::CellTypeNames::load());
  CELLOQUY_TRY(const auto listed, listed_terms(folder));
  std::vector<TowerRoute> towers;
  for (const auto& path : options.towers) {
    CELLOQUY_TRY(auto tower, TowerRoute::open(path));
    towers.push_back(std::move(tower));
  }
  for (std::size_t s = 0; s < studies.size(); ++s) {
    context.report("studies", static_cast<double>(s) / static_cast<double>(studies.size()));
    std::vector<TowerRoute*> blind;
    for (auto& tower : towers)
      if (tower.blind_to(pairs, studies[s])) blind.push_back(&tower);
    if (blind.empty() && !towers.empty()) continue;
    CELLOQUY_TRY(const auto profiles, profiles_of(pairs, folder, studies[s]));
    if (profiles.empty()) continue;
    CELLOQUY_TRY(auto encoder, language::open_text_encoder(language::EncoderKind::mini_lm));
    std::unique_ptr<language::TextEncoder> for_towers;
    if (!blind.empty()) {
      CELLOQUY_TRY(for_towers, language::open_text_encoder(language::EncoderKind::mini_lm));
    }
    auto pool_options = options.pool;
    pool_options.left_out = studies[s].sources;
    CELLOQUY_TRY(auto pool,
                 build_pool(pairs, folder, features, encoder->identity(), pool_options, context));
    std::set<knowledge::TermIndex> known;
    for (const auto& entry : pool.entries)
      if (const auto term = names.ontology().find_id(entry.cell_ontology_id)) known.insert(*term);
    CELLOQUY_TRY(const auto tower,
                 space::make_text_tower(std::make_shared<const space::Pool>(std::move(pool)),
                                        std::move(encoder)));
    const std::vector<knowledge::TermIndex> terms(known.begin(), known.end());
    std::vector<std::string> term_names;
    for (const auto term : terms) term_names.emplace_back(names.ontology().name(term));
    ProfileScorer scorer(pairs, *tower, for_towers.get(), blind, options.own_share, context);
    CELLOQUY_TRY(const auto term_texts, scorer.encode(term_names));
    if (!blind.empty())
      CELLOQUY_CHECK(scorer.find_scales(reference_profiles(pairs, studies[s]), term_texts));
    Fold fold(s, scorer, records);
    const auto judge = [&](std::span<const StudyProfile> table) -> Status {
      CELLOQUY_CHECK(fold.own_labels(table));
      CELLOQUY_CHECK(fold.ontology_labels(table, terms, term_texts, names, listed));
      return ask(fold, queries, scorer, table);
    };
    CELLOQUY_CHECK(for_each_table(profiles, judge));
  }
  if (!towers.empty()) add_difference(records);
  ProfileMeasures measures;
  for (const auto& [name, values] : records)
    measures[name] = estimate_mean(values.value, values.study, studies.size());
  return measures;
}

}  // namespace celloquy::training
