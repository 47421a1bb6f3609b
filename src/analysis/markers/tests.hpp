#pragma once
// The two tests, gene by gene; markers.cpp fills in the rest of the result.

#include "analysis/markers/gene_cells.hpp"
#include "analysis/markers/markers.hpp"

namespace celloquy::markers {

/// Writes score, p_value and auc of all genes and groups; the arrays have their size.
void wilcoxon(const SparseMatrix& by_gene, const std::vector<CellFacts>& cells,
              const Options& options, Result& out, const Context& context);

/// Writes score and p_value. `logged`: the values are ln(1 + value·scale).
void welch_t(const SparseMatrix& by_gene, const std::vector<CellFacts>& cells, bool logged,
             const Options& options, Result& out, const Context& context);

}  // namespace celloquy::markers
