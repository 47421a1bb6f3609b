#pragma once
// Genes that tell a group of cells from the others.

#include <cstdint>
#include <vector>

#include "matrix/count_matrix.hpp"

namespace celloquy::markers {

enum class Test {
  wilcoxon,  ///< rank sum, normal approximation, tie-corrected (Mann & Whitney 1947)
  t_test,    ///< Welch
};
struct Options {
  Test test = Test::wilcoxon;
  /// Reference group for every comparison; −1: all other cells (one-vs-rest).
  std::int32_t reference = -1;
};
/// All arrays are n_groups × n_genes, group by group.
struct Result {
  std::uint32_t n_groups = 0, n_genes = 0;
  std::vector<std::uint32_t> group_sizes;
  std::vector<float> score;                 ///< z (wilcoxon) or t
  std::vector<double> p_value, p_adjusted;  ///< two-sided; Benjamini–Hochberg over genes in a group
  std::vector<float>
      log2_fold_change;  ///< log2((expm1 mean + 1e-9)/(expm1 mean of the others + 1e-9)), as Scanpy
  std::vector<float> auc;                        ///< P(in > out) + ½ P(tie); NaN for t_test
  std::vector<float> fraction_in, fraction_out;  ///< share of cells with a count
};

/// `groups`: a code for each cell, −1 leaves the cell out. Values are those of
/// the view (log1p). Gene by gene; only non-zeros are sorted, zeros are one tie.
/// Parity: scanpy.tl.rank_genes_groups(tie_correct=True).
Expected<Result> compute(const ExpressionView& view, const std::vector<std::int32_t>& groups,
                         std::uint32_t n_groups, const Options& options, const Context& context);

/// Genes of one group by descending score (ties: larger fold change, then index).
std::vector<std::uint32_t> ranked(const Result& result, std::uint32_t group);

}  // namespace celloquy::markers
