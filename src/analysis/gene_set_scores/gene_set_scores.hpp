#pragma once
// How strongly each cell expresses a set of genes, beyond what genes of the same
// average expression do.

#include <cstdint>
#include <vector>

#include "matrix/count_matrix.hpp"

namespace celloquy::gene_set_scores {

struct Options {
  /// Genes are put into this many bins of like mean expression; more bins match
  /// the controls more closely and leave fewer of them.
  std::uint32_t n_bins = 25;
  /// Control genes drawn from each bin that a gene of the set lies in; 0: all
  /// genes of these bins, which spares the score the luck of a draw.
  std::uint32_t n_controls = 0;
  /// Random sets, matched to each set gene by gene in their bins, that say how
  /// high a score chance alone reaches; 0: none.
  std::uint32_t n_random_sets = 0;
  double random_share = 0.01;  ///< of cells that the limit below lets pass by chance
};
struct Result {
  std::uint32_t n_cells = 0, n_sets = 0;
  std::vector<float> score;               ///< n_sets × n_cells, set by set
  std::vector<std::uint32_t> n_controls;  ///< a set: control genes that were used
  /// A set: what `random_share` of the cells exceed with a random set (the
  /// largest over the random sets); NaN without random sets.
  std::vector<float> chance_limit;
};

/// Mean of the set's genes less the mean of control genes from the same bins of
/// mean expression (Tirosh et al. 2016), a cell. `sets`: columns of the matrix,
/// without repetition. One pass for the means, one for the scores. The draws
/// depend on context.seed only. cannot_answer for a set without genes or without
/// any gene to control it. Parity: scanpy.tl.score_genes, exact where all genes
/// of a bin are controls (ctrl_size ≥ the size of a bin); drawn ones are other draws.
Expected<Result> compute(const ExpressionView& view,
                         const std::vector<std::vector<std::uint32_t>>& sets,
                         const Options& options, const Context& context);

}  // namespace celloquy::gene_set_scores
