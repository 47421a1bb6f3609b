#pragma once
// Profiles against texts as a search scores them: by the pool (routes K and B of
// docs/joint_space.md), and by trained towers (D) where there are some.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "space/text/text_tower.hpp"
#include "training/evaluation/tower_route.hpp"

namespace celloquy::training {

inline constexpr const char* pool_route = "K+B";
inline constexpr const char* towers_route = "D";
inline constexpr const char* fused_route = "K+B+D";

/// profiles × texts by one route.
struct RouteScores {
  std::string route;
  DenseBlock scores;
  std::vector<float> cosines;  ///< texts × texts: how like each other they are by this route
};

struct ScoredTexts {
  std::vector<space::TextVector> pool;
  std::vector<std::vector<float>> towers;  ///< by towers: texts × dimension
};

class ProfileScorer {
 public:
  /// All borrowed; `encoder` is used for the towers only, null without any.
  ProfileScorer(const PairsFolder& pairs, space::TextTower& pool, language::TextEncoder* encoder,
                std::vector<TowerRoute*> towers, double own_share, const Context& context)
      : pairs_(pairs),
        pool_(pool),
        encoder_(encoder),
        towers_(std::move(towers)),
        own_share_(own_share),
        context_(context) {}

  Expected<ScoredTexts> encode(std::span<const std::string> texts);

  /// The fused score is the weighted mean of both cosines, each over its standard deviation: that
  /// of the scores of `reference` profiles with `texts`. To be called before score() with towers.
  Status find_scales(std::span<const StudyProfile> reference, const ScoredTexts& texts);

  /// Without towers the pool's scores, of a route without name. Otherwise for each of the towers
  /// pool_route, towers_route and fused_route. `profiles` of one source; `contrast` as in
  /// space::contrasted.
  Expected<std::vector<RouteScores>> score(std::span<const StudyProfile> profiles,
                                           const ScoredTexts& texts, double contrast);

 private:
  Expected<std::vector<RouteScores>> single(std::span<const StudyProfile> profiles,
                                            const ScoredTexts& texts, double contrast);

  const PairsFolder& pairs_;
  space::TextTower& pool_;
  language::TextEncoder* encoder_;
  std::vector<TowerRoute*> towers_;
  double own_share_;
  const Context& context_;
  std::vector<double> pool_share_;  ///< by towers: of the pool in the fused score
};

}  // namespace celloquy::training
