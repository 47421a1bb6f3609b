#pragma once
// What `celloquy run` needs: the standard analysis with its costs.

#include <vector>

#include "tools/finding.hpp"
#include "tools/pipeline/pipeline.hpp"
#include "workspace/study.hpp"

namespace celloquy::tools {

struct StandardRun {
  Finding finding;                ///< as the tool run_analysis gives it
  std::vector<StepRecord> steps;  ///< in order of completion, "read" among them
  double seconds = 0;             ///< in all
  double other_seconds = 0;       ///< tables, figures, waiting for the disk
};

/// Runs the standard analysis on the study's current state and moves it on;
/// when it returns, every result is on disk. Results are stored while the next
/// step computes. Not stored, because making them again is quicker than
/// reading them back: normalisation factors (a division a cell), the matrix of
/// the kept cells and its copy by gene (about 3 bytes a non-zero, a memory pass).
Expected<StandardRun> standard_run(workspace::Study& study, const Context& context);

}  // namespace celloquy::tools
