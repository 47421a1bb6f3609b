#pragma once
// The standard analysis as Scanpy and Seurat code, a piece a step.

#include <cstdint>
#include <string>

#include "export/code.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

exports::CodeStep normalize_step(Values values, const AnalysisOptions& options);
/// `batch`: the obs column whose batches are brought together first; empty: none.
exports::CodeStep cluster_step(const AnalysisOptions& options, const std::string& batch,
                               double resolution, std::uint64_t seed);
exports::CodeStep layout_step(const AnalysisOptions& options, const std::string& batch);

}  // namespace celloquy::tools
