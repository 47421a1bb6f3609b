#pragma once
// From pairs to the pool of models/space: each pair's texts with its strongest
// genes, and the ridge regression from texts to genes.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "base/expected.hpp"
#include "space/model/pool.hpp"
#include "training/pairs_folder.hpp"
#include "training/text_features.hpp"

namespace celloquy::training {

struct PoolOptions {
  /// Genes that are kept of a profile: those that are furthest from what is
  /// expected. The others are noise: with all of them retrieval is worse.
  std::size_t genes_a_profile = 500;
  /// What a family counts in the sum of the pool; families that are not named
  /// here are left out.
  std::map<std::string, float> family_weights = {
      {"markers", 2.0f},        {"human_profiles", 1.0f}, {"tissue_markers", 0.35f},
      {"mouse_profiles", 0.5f}, {"bulk_profiles", 0.5f},  {"gene_sets", 0.3f},
      {"disease_markers", 0.3f}};
  /// In the regression markers count like profiles: they have many texts each.
  float markers_in_regression = 1.0f;
  double ridge = 0.3;
  /// Languages of the texts that are used (the encoder knows English only).
  std::string language = "en";
  /// Pairs whose source contains one of these are left out, for evaluation.
  std::vector<std::string> left_out;
  /// Further pairs that are left out: their numbers, ascending.
  std::vector<std::uint32_t> left_out_pairs;
};

/// About 20 s once the texts are encoded. The same bits for any number of threads.
/// Errors: a damaged folder, cancelled.
Expected<space::Pool> build_pool(const PairsFolder& pairs, const std::filesystem::path& folder,
                                 const TextFeatures& features, std::string_view encoder,
                                 const PoolOptions& options, const Context& context);

/// Which texts of the folder are in a language that the pool takes.
std::vector<std::uint8_t> texts_in(const PairsFolder& pairs, std::string_view language);

}  // namespace celloquy::training
