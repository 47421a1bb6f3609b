#pragma once
// Conditions on cells as a sentence has them: "CD3E > 1", "n_genes >= 500", "not B cells".

#include <cstdint>
#include <string>
#include <vector>

#include "tools/finding.hpp"
#include "tools/group_resolution.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

enum class Comparison { above, at_least, below, at_most, equal, unequal, member, not_member };

/// One condition, read and evaluated.
struct Condition {
  Text subject;  ///< "CD3E", "genes a cell", "B cells"
  NameKind kind = NameKind::none;
  std::string gene;   ///< as the file has it, where the condition is on a gene
  std::string asked;  ///< the gene as the question has it, when that is a synonym
  Comparison comparison = Comparison::above;
  double limit = 0;               ///< of the first six
  std::string unit;               ///< of the limit: "log-normalised", "genes", "counts", "%", ""
  std::vector<std::uint8_t> met;  ///< 0 or 1, a kept cell; NaN meets no comparison
  std::string scanpy, seurat;     ///< the condition as an expression over the cells
  double n_met() const;
};

/// "NAME OP NUMBER" with OP one of > >= < <= = == != ≥ ≤, or NAME+ / NAME-, or a
/// group of cells ("B cells", "not cluster 3"). NAME: a gene (its log-normalised
/// value), n_counts, n_genes, percent_mito (and their usual names in obs, of the
/// raw counts), or a column of numbers. Cost: one pass over the gene's column or the metrics.
/// Errors: usage for what cannot be read; cannot_answer where the gene, column or
/// group is not there.
Expected<Condition> evaluate_condition(Pipeline& pipeline, const std::string& text);

/// The cells (positions among the kept ones, ascending) that meet all of them.
std::vector<std::uint32_t> cells_meeting_all(const std::vector<Condition>& conditions,
                                             std::size_t n_cells);

/// A row a condition: subject, comparison, limit, cells that meet it, their share.
Table conditions_table(const std::vector<Condition>& conditions, std::size_t n_cells);

/// A line for each row of that table.
void say_conditions(Finding& finding, const std::vector<Condition>& conditions);

bool any_gene(const std::vector<Condition>& conditions);
/// Counts, genes or the mitochondrial share of the cells.
bool any_quality(const std::vector<Condition>& conditions);

/// "All of them" in the field's usual tools: expressions over the cells, and what
/// must run before them. Works on the raw `adata` / `object` as it was read.
struct ConditionCode {
  EquivalentCode before, met;
};
ConditionCode code_of(Pipeline& pipeline, const std::vector<Condition>& conditions);

}  // namespace celloquy::tools
