#pragma once
// Files that say what to measure: JSON.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "base/expected.hpp"

namespace celloquy::training {

/// Error (unusable_input) that names the file and what is wrong with it.
tl::unexpected<Error> unusable_task(const std::filesystem::path& path, const std::string& reason);

/// Error (unusable_task): missing, not JSON, or not of this `kind` (array or object).
Expected<nlohmann::json> read_task_file(const std::filesystem::path& path,
                                        nlohmann::json::value_t kind);

}  // namespace celloquy::training
