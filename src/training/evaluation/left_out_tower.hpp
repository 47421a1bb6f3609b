#pragma once
// A text tower whose pool was made without what it is judged on.

#include <filesystem>
#include <memory>

#include "space/text/text_tower.hpp"
#include "training/build_pool.hpp"

namespace celloquy::training {

/// `options` say what is left out. About 20 s. Errors: as build_pool; a missing encoder.
Expected<std::unique_ptr<space::TextTower>> tower_without(const PairsFolder& pairs,
                                                          const std::filesystem::path& folder,
                                                          const TextFeatures& features,
                                                          const PoolOptions& options,
                                                          const Context& context);

}  // namespace celloquy::training
