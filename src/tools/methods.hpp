#pragma once
// Sentences about how things were computed, with the parameters used.

#include <string>
#include <vector>

#include "tools/finding.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

/// "Counts were scaled to 10,000 a cell and log1p-transformed."
Text normalization_method(Pipeline& pipeline);
/// Normalisation, variable genes, principal components, neighbours, Leiden.
Text cluster_method(Pipeline& pipeline);
Text joined(const Text& first, const Text& second);

/// Literature by short name: "leiden" → the whole citation.
std::string citation(std::string_view name);
std::vector<std::string> cluster_references();

/// Caveats about the input that hold for whatever rests on expression values:
/// values that are not counts.
void add_input_caveats(Pipeline& pipeline, Finding& finding);

}  // namespace celloquy::tools
