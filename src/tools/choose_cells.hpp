#pragma once
// Moving the history on to other cells.

#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

/// A new state of the study with these cells (indices in the file, ascending).
/// Clusters, layout and labels of the former cells no longer hold; a chosen
/// resolution stays when `keep_resolution`.
Status choose_cells(Pipeline& pipeline, const std::string& tool, const nlohmann::json& arguments,
                    const Text& summary, CellList cells, bool keep_resolution);

}  // namespace celloquy::tools
