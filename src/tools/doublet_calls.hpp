#pragma once
// Doublets of the kept cells, found once and kept with the study.

#include <string>

#include "analysis/doublets/doublets.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

struct DoubletCalls {
  doublets::Result result;
};
workspace::Blob to_blob(const DoubletCalls& calls);
bool from_blob(const workspace::Blob& blob, DoubletCalls& calls);

/// `batches`: the captures; null: all cells are of one. `expected_rate` 0: by the number of
/// cells. cannot_answer without counts or with too few cells.
Expected<Shared<DoubletCalls>> doublet_calls(Pipeline& pipeline, const Grouping* batches,
                                             double expected_rate);

}  // namespace celloquy::tools
