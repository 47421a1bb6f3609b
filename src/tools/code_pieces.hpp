#pragma once
// The same analysis in Scanpy and Seurat: pieces that follow one another, from
// reading the file to the result at hand, so that the whole would really run.

#include <string>
#include <vector>

#include "export/code.hpp"
#include "tools/finding.hpp"
#include "tools/group_resolution.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

/// How far the standard analysis must have gone before the piece at hand.
enum class Needs { cells, normalized, clusters, layout };

/// Where the scripts start: the file and how it is read.
Expected<exports::CodeSource> code_source(Pipeline& pipeline);

/// The steps of the history that chose cells, then the standard analysis as far as needed.
Expected<std::vector<exports::CodeStep>> code_steps(Pipeline& pipeline, Needs needs);

/// A whole script of those steps and `last`. Empty strings when the history cannot be read.
EquivalentCode whole_code(Pipeline& pipeline, Needs needs, const EquivalentCode& last);

/// Scrublet in Scanpy and scDblFinder beside Seurat, with the arguments of find_doublets
/// ("by", "expected_percent"; "remove": the doublets are taken out).
EquivalentCode doublet_code(const nlohmann::json& arguments);

/// A text as a string literal of Python / R: "…" with escapes.
std::string literal(const std::string& text);
/// ["a", "b"] / c("a", "b").
std::string python_list(const std::vector<std::string>& items);
std::string r_vector(const std::vector<std::string>& items);
/// A number without needless digits, with a decimal point or exponent only if needed.
std::string plain_number(double number);

/// The column that holds this grouping in adata.obs / object: "leiden" or the obs column.
std::string scanpy_column(const Grouping& grouping);
std::string seurat_column(const Grouping& grouping);
/// True for the cells of the choice, as an expression over the cells.
EquivalentCode membership(const GroupChoice& group);
/// Counts, genes and mitochondrial share a cell as columns, of the raw counts.
EquivalentCode quality_columns();
/// The categories of the choice as they are called there.
std::vector<std::string> category_names(const GroupChoice& group);

}  // namespace celloquy::tools
