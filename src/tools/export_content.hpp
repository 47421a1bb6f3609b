#pragma once
// What the export tool hands to src/export: results of the present state as
// columns, tables and figures.

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "export/cellxgene.hpp"
#include "export/report.hpp"
#include "export/tables.hpp"
#include "matrix/data_frame.hpp"
#include "tools/finding.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

/// Quality metrics, clusters and labels, a row a kept cell; the usual names.
Expected<std::vector<std::pair<std::string, Column>>> obs_columns(Pipeline& pipeline);
/// highly_variable, a row a gene.
Expected<std::vector<std::pair<std::string, Column>>> var_columns(Pipeline& pipeline);
/// A finding's table with names in one language.
exports::Table plain_table(const Table& table, const std::string& name, Language language);
/// cells, clusters, markers.
Expected<std::vector<exports::Table>> result_tables(Pipeline& pipeline);
/// Findings of the tools that a report consists of, with the section's title.
Expected<std::vector<std::pair<Text, Finding>>> report_findings(Pipeline& pipeline);

/// `searches`: texts whose scores and probabilities become columns (search_columns);
/// uns/celloquy/search, search_2 … hold the texts.
Status write_h5ad_file(Pipeline& pipeline, const std::string& path,
                       std::span<const std::string> searches);
Expected<exports::CellxgeneGenes> write_cellxgene_file(Pipeline& pipeline, const std::string& path,
                                                       std::span<const std::string> searches);

}  // namespace celloquy::tools
