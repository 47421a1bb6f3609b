#pragma once
// Cells in the gene space: how a file's genes become z-scores.
//
// The gene space is the genes of knowledge::MarkerTable (about 19,700), in its
// order. With x = log1p(counts per 10,000), c a gene's centre and sd its
// standard deviation over the reference cell types,
//   z = clip((x − c) / (sd + 0.15), −8, 8),   0 for genes that the file lacks.
// A count of zero gives z0 = clip(−c / (sd + 0.15)), a constant of the gene, so
// a cell is z0 plus a correction on its non-zeros; nothing dense is made.

#include <cstdint>
#include <span>
#include <vector>

#include "base/context.hpp"
#include "base/expected.hpp"
#include "knowledge/marker_table.hpp"
#include "matrix/count_matrix.hpp"

namespace celloquy::space {

struct Standardization {
  std::vector<std::int32_t> space_gene;      ///< by gene of the file: gene of the space, −1: none
  std::vector<float> centre, inverse_scale;  ///< by gene of the space; 1 / (sd + 0.15)
  std::vector<std::uint8_t> measured;        ///< by gene of the space: 1 if the file has it

  std::size_t n_space_genes() const { return centre.size(); }
};

/// `space_gene` (knowledge::map_genes) with at most one gene of the file for
/// each gene of the space: of several, the one whose stored values have the
/// larger total is kept (the first of equals), the others get −1. Everything
/// below expects this. One pass over the non-zeros if there are any such genes.
Expected<std::vector<std::int32_t>> one_gene_each(const ExpressionView& view,
                                                  std::vector<std::int32_t> space_gene,
                                                  const Context& context);

/// Mean of the view's values by gene of the space, 0 for genes that the file
/// lacks. `cell_weights`: one a cell, ≥ 0, or empty for equal weights. About
/// 2 ns a non-zero on one thread; the same bits for any number of threads.
/// Errors: cannot_answer without cells or without a gene of the space;
/// unusable_input for values that are not numbers, or logs of negative ones.
Expected<std::vector<float>> mean_expression(const ExpressionView& view,
                                             const std::vector<std::int32_t>& space_gene,
                                             std::size_t n_space_genes,
                                             std::span<const float> cell_weights,
                                             const Context& context);

/// With the standard deviations of the organism's reference (mouse or, for all
/// others, human). `centre`: one for each gene of the table, of log1p values.
Standardization standardize(std::vector<std::int32_t> space_gene, std::vector<float> centre,
                            const knowledge::MarkerTable& table, knowledge::Organism organism);

}  // namespace celloquy::space
