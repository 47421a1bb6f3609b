#pragma once
// Where scripts/fetch-assets put what it fetched.

#include <string>

#include "base/expected.hpp"

namespace celloquy {

/// The asset cache: $CELLOQUY_ASSETS, else $XDG_CACHE_HOME/celloquy/assets,
/// else ~/.cache/celloquy/assets.
std::string asset_cache();

/// Path of a member of an asset, e.g. ("demo_blood", "hao1_counts_small.csv").
/// Error (unusable_input) names the asset and the command that brings it.
Expected<std::string> asset_path(const std::string& asset, const std::string& member);

}  // namespace celloquy
