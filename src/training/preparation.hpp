#pragma once
// Everything that is computed once before the first step and kept in the work
// folder: chosen genes, centres, the basis and the map from texts to it.

#include <filesystem>
#include <string>

#include "training/basis.hpp"
#include "training/centres.hpp"

namespace celloquy::training {

struct Preparation {
  GeneChoice choice;
  Centres centres;
  std::vector<float> basis;  ///< chosen genes × dimension
  TextMap text_map;
  std::string key;  ///< hash of what all this depends on
};

/// Computes it, or takes from `folder` what is there under the same key.
Expected<Preparation> prepare(const PairsFolder& pairs, const Selection& selection,
                              const Scales& scales, const TextFeatures& features,
                              std::string_view encoder, const Options& options,
                              const std::filesystem::path& folder, const Context& context);

}  // namespace celloquy::training
