#pragma once
// Names for the clusters, and cells grouped by them.

#include "analysis/annotate/annotate.hpp"
#include "tools/finding.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

/// Names for the groups of any grouping, from their mean expression.
Expected<Shared<annotate::Result>> annotation(Pipeline& pipeline, const Grouping& grouping);
/// Where that result is kept: whether the names exist can be asked without making them.
std::string annotation_key(const Grouping& grouping);

/// The labels of the study's clusters as a grouping: clusters of one label are
/// one group. Clusters that fit nothing are the group "unknown".
Expected<Grouping> label_grouping(Pipeline& pipeline);

/// cluster, cells, %, label, Cell Ontology id, confidence, deciding genes, second choice.
Expected<Table> annotation_table(Pipeline& pipeline, const Grouping& grouping,
                                 const annotate::Result& labels);

/// Which organism's genes the labels rest on; says so where that is a guess.
void add_annotation_caveats(Pipeline& pipeline, const annotate::Result& labels, Finding& finding);

}  // namespace celloquy::tools
