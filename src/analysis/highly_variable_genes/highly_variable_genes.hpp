#pragma once
// Genes that vary more than their mean explains.

#include <cstdint>
#include <vector>

#include "matrix/count_matrix.hpp"

namespace celloquy::highly_variable_genes {

enum class Flavor {
  seurat_v3,  ///< raw counts; variance of clipped standardised counts around a loess fit (Stuart
              ///< 2019)
  seurat,     ///< log values; binned normalised dispersion (Satija 2015)
};
struct Options {
  Flavor flavor = Flavor::seurat_v3;
  std::uint32_t n_top_genes = 2000;  ///< fewer genes: all with a positive score
  double span = 0.3;                 ///< of the loess; larger is smoother
};
struct Result {
  std::vector<std::uint32_t> genes;      ///< chosen genes, ascending index
  std::vector<double> means, variances;  ///< a gene; of counts (v3) or of expm1 values (seurat)
  std::vector<double> score;  ///< a gene; normalised variance or dispersion, NaN where undefined
  std::vector<std::int32_t> rank;  ///< a gene; 0 is the most variable; −1 not chosen
};

/// Parity: scanpy.pp.highly_variable_genes. `view` must be identity for seurat_v3.
/// `usable_genes` empty or one flag a gene (genes in too few cells are left out).
Expected<Result> compute(const ExpressionView& view, const std::vector<std::uint8_t>& usable_genes,
                         const Options& options, const Context& context);

}  // namespace celloquy::highly_variable_genes
