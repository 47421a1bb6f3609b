#pragma once
// The clusters as a table, with labels where they can be given.

#include "tools/annotation.hpp"
#include "tools/finding.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

/// Adds the table "clusters" and the values n_clusters, n_cells; with labels
/// when the annotation can be made (else a caveat says why not).
Status add_clusters(Pipeline& pipeline, Finding& finding);

/// The map of the cells coloured by cluster.
Expected<Plot> cluster_plot(Pipeline& pipeline);

/// Slots of the state that has these clusters.
Expected<std::map<std::string, std::string>> cluster_slots(Pipeline& pipeline, double resolution);

}  // namespace celloquy::tools
