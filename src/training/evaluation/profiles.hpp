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

namespace celloquy::training {

/// Sources that are left out together: one study.
struct Study {
  std::string name;
  std::vector<std::string> sources;  ///< parts of the sources' names
};
/// bench/eval/studies.json. Error (unusable_input): not what it should be.
Expected<std::vector<Study>> read_studies(const std::filesystem::path& path);

/// By name, each a bootstrap over studies: "own labels R@1" (labels of the same table), "ontology
/// near@5" (all names of cell types in the pool), "function en AUROC", …
using ProfileMeasures = std::map<std::string, Estimate>;

struct ProfileOptions {
  PoolOptions pool;
  double own_share = 0.5;  ///< see space::standardize_cells
};
Expected<ProfileMeasures> evaluate_profiles(const PairsFolder& pairs,
                                            const std::filesystem::path& folder,
                                            const TextFeatures& features,
                                            const std::vector<Study>& studies,
                                            const ProfileOptions& options, const Context& context);

}  // namespace celloquy::training
