#pragma once
// Retrieval of whole expression profiles by text, each study judged by a pool
// that was made without it.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "language/text_encoder.hpp"
#include "training/build_pool.hpp"
#include "training/evaluation/measures.hpp"
#include "training/evaluation/study_profiles.hpp"

namespace celloquy::training {

/// Between a measure and the route that it was measured for.
inline constexpr const char* route_mark = " · ";
/// What the fused score is above the pool's, profile by profile.
inline constexpr const char* difference_route = "K+B+D − K+B";

/// By name, each a bootstrap over studies: "own labels R@1" (labels of the same table), "ontology
/// near@5" (all names of cell types in the pool; "listed terms": only those of
/// ontology_terms.txt of the folder), "function en AUROC", … With towers the name is followed by
/// route_mark and a route of ProfileScorer, or difference_route.
using ProfileMeasures = std::map<std::string, Estimate>;

struct ProfileOptions {
  PoolOptions pool;
  double own_share = 0.5;  ///< see space::standardize_cells
  /// Folders of trained towers (celloquy train towers --leave-out …) that are measured beside the
  /// pool, on the studies that were left out of their training.
  std::vector<std::filesystem::path> towers;
};
Expected<ProfileMeasures> evaluate_profiles(const PairsFolder& pairs,
                                            const std::filesystem::path& folder,
                                            const TextFeatures& features,
                                            const std::vector<Study>& studies,
                                            const ProfileOptions& options, const Context& context);

}  // namespace celloquy::training
