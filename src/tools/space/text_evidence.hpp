#pragma once
// What a text was taken for, and which genes carry its score: parts of the
// findings of the tools that compare texts with cells.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tools/finding.hpp"
#include "tools/pipeline/pipeline.hpp"
#include "tools/space/cell_view.hpp"
#include "tools/space/search.hpp"

namespace celloquy::tools {

/// Values "read_as", "ontology_id" and "named_genes", and the sentence that says
/// it; says too when a Chinese text found no English reading.
void add_reading(Finding& finding, const std::string& text, const space::TextVector& read);
/// The table "sources" and the sentence with the strongest of them.
void add_sources(Finding& finding, const space::TextVector& read);

/// The genes of the file that the text asks for, strongest first.
std::vector<std::string> strongest_genes(const Dataset& data, const CellView& cells,
                                         const space::TextVector& text, std::size_t most);

/// The genes of the file that speak most for the text in these kept cells.
Expected<std::vector<std::string>> genes_for(const Dataset& data, const CellView& cells,
                                             const space::TextVector& text,
                                             std::span<const std::uint32_t> positions,
                                             std::size_t most, const Context& context);

/// The table "genes": the exact shares of the genes in the mean score of these
/// kept cells; and the sentence with the strongest of them for and against.
/// `about` names those cells in the sentence: its catalogue id is `id`.
Status add_gene_shares(Pipeline& pipeline, const CellView& cells, const space::TextVector& text,
                       std::span<const std::uint32_t> positions, const std::string& id,
                       Finding& finding);

}  // namespace celloquy::tools
