#pragma once
// Searches as columns of a table of cells.

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "matrix/data_frame.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

/// Texts that this session searched for, the latest first, each once, at most 5.
std::vector<std::string> latest_searches(const workspace::Study& study);

/// celloquy_score and celloquy_probability of the first text, then those of the
/// others with _2, _3 … behind; a row a kept cell. What was found before comes
/// from the store. Errors: as search_cells.
Expected<std::vector<std::pair<std::string, Column>>> search_columns(
    Pipeline& pipeline, std::span<const std::string> texts);

}  // namespace celloquy::tools
