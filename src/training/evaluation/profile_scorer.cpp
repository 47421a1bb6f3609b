#include "training/evaluation/profile_scorer.hpp"

#include <cmath>

#include "space/cells/centre.hpp"
#include "space/cells/score.hpp"
#include "space/labels/label_cells.hpp"

namespace celloquy::training {
namespace {

/// Of the towers in the fused score, where the pool has 1.
constexpr double weight_of_towers = 0.7;

struct Moments {
  double n = 0, sum = 0, squares = 0;
  void add(std::span<const float> values) {
    for (const float v : values) {
      sum += v;
      squares += static_cast<double>(v) * v;
    }
    n += static_cast<double>(values.size());
  }
  double deviation() const { return std::sqrt(squares / n - sum / n * (sum / n)); }
};

std::vector<float> mixed(std::span<const float> a, std::span<const float> b, double share_of_a) {
  std::vector<float> out(a.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    out[i] = static_cast<float>(share_of_a * a[i] + (1 - share_of_a) * b[i]);
  return out;
}

}  // namespace

Expected<ScoredTexts> ProfileScorer::encode(std::span<const std::string> texts) {
  ScoredTexts out;
  CELLOQUY_TRY(out.pool, pool_.encode(texts, space::TextUse::search, context_));
  std::vector<std::string> english;
  for (const auto& text : out.pool) english.push_back(text.read_as);
  for (auto* tower : towers_) {
    CELLOQUY_TRY(auto vectors, tower->texts(english, *encoder_, context_));
    out.towers.push_back(std::move(vectors));
  }
  return out;
}

/// The pool's scores, then those of each of the towers.
Expected<std::vector<RouteScores>> ProfileScorer::single(std::span<const StudyProfile> profiles,
                                                         const ScoredTexts& texts,
                                                         double contrast) {
  CELLOQUY_TRY(const auto matrix, matrix_of(pairs_, profiles));
  const Normalization none;
  const ExpressionView view{&matrix, &none};
  const std::vector<std::string> names(pairs_.genes().begin(), pairs_.genes().end());
  CELLOQUY_TRY(
      const auto standard,
      space::standardize_cells(view, names, knowledge::Organism::human, context_, own_share_));
  const auto weights = space::contrasted(texts.pool, contrast);
  CELLOQUY_TRY(auto scores, space::score_cells(view, standard, weights, context_));
  std::vector<RouteScores> out;
  // Of a list of a thousand names nobody needs to know how like each other they are.
  out.push_back(
      {{}, std::move(scores), contrast > 0 ? space::cosines_of(weights) : std::vector<float>{}});
  for (std::size_t t = 0; t < towers_.size(); ++t) {
    const auto d = towers_[t]->dimension();
    CELLOQUY_TRY(const auto rows, towers_[t]->profiles(pairs_, profiles, standard, context_));
    const auto columns = contrasted(texts.towers[t], d, contrast);
    out.push_back({towers_route, products(rows, columns, d),
                   contrast > 0 ? products(columns, columns, d).values : std::vector<float>{}});
  }
  return out;
}

Status ProfileScorer::find_scales(std::span<const StudyProfile> reference,
                                  const ScoredTexts& texts) {
  std::vector<Moments> moments(1 + towers_.size());
  const auto add = [&](std::span<const StudyProfile> table) -> Status {
    CELLOQUY_TRY(const auto routes, single(table, texts, 0));
    for (std::size_t r = 0; r < routes.size(); ++r) moments[r].add(routes[r].scores.values);
    return {};
  };
  CELLOQUY_CHECK(for_each_table(reference, add));
  const double pool = 1 / moments[0].deviation();
  pool_share_.clear();
  for (std::size_t t = 0; t < towers_.size(); ++t)
    pool_share_.push_back(pool / (pool + weight_of_towers / moments[t + 1].deviation()));
  return {};
}

Expected<std::vector<RouteScores>> ProfileScorer::score(std::span<const StudyProfile> profiles,
                                                        const ScoredTexts& texts, double contrast) {
  CELLOQUY_TRY(auto routes, single(profiles, texts, contrast));
  if (towers_.empty()) return routes;
  std::vector<RouteScores> out;
  const auto& pool = routes[0];
  for (std::size_t t = 0; t < towers_.size(); ++t) {
    auto& towers = routes[t + 1];
    RouteScores fused{fused_route, pool.scores,
                      mixed(pool.cosines, towers.cosines, pool_share_[t])};
    fused.scores.values = mixed(pool.scores.values, towers.scores.values, pool_share_[t]);
    out.push_back({pool_route, pool.scores, pool.cosines});
    out.push_back(std::move(towers));
    out.push_back(std::move(fused));
  }
  return out;
}

}  // namespace celloquy::training
