#pragma once
// Which phase of the cell cycle each cell seems to be in.

#include <cstdint>
#include <vector>

#include "matrix/count_matrix.hpp"

namespace celloquy::cell_cycle {

enum class Phase : std::uint8_t { g1, s, g2m };

struct Options {
  std::uint32_t n_bins = 25;         ///< as in gene_set_scores
  std::uint32_t n_controls = 0;      ///< as in gene_set_scores; Scanpy: the shorter list's length
  std::uint32_t n_random_sets = 10;  ///< for the limits of chance
  std::uint32_t least_genes = 10;    ///< measured genes a list; fewer: cannot_answer
};
struct Result {
  std::vector<float> s_score, g2m_score;  ///< a cell
  /// A cell: g1 where both scores are below zero, else the phase of the higher
  /// one (S when equal). Of cells that do not divide, many get S or G2/M by chance.
  std::vector<Phase> phase;
  /// A cell: 1 where a score is above what random genes reach in 1 % of the cells.
  std::vector<std::uint8_t> dividing;
  float s_limit = 0, g2m_limit = 0;  ///< these limits
};

/// Scores of the S and the G2/M genes (columns of the matrix) and the phase by
/// the rule of Tirosh et al. 2016. Cost and determinism: gene_set_scores.
/// Parity: scanpy.tl.score_genes_cell_cycle.
Expected<Result> compute(const ExpressionView& view, const std::vector<std::uint32_t>& s_genes,
                         const std::vector<std::uint32_t>& g2m_genes, const Options& options,
                         const Context& context);

}  // namespace celloquy::cell_cycle
