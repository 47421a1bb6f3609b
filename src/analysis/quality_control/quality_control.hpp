#pragma once
// Per-cell quality metrics and data-driven limits.

#include <cstdint>
#include <string>
#include <vector>

#include "matrix/count_matrix.hpp"

namespace celloquy::quality_control {

/// Which gene is of which kind; one flag a gene.
struct GeneFlags {
  std::vector<std::uint8_t> mitochondrial, ribosomal, hemoglobin;
};

/// As scanpy.pp.calculate_qc_metrics. One pass over the non-zeros.
struct Metrics {
  std::vector<std::uint32_t> n_genes;  ///< genes with a count, a cell
  std::vector<double> total_counts;    ///< a cell
  std::vector<float> pct_mitochondrial, pct_ribosomal, pct_hemoglobin;  ///< 0 to 100, a cell
  std::vector<std::uint32_t> n_cells;  ///< cells with a count, a gene
  std::vector<double> gene_totals;     ///< a gene
};
Expected<Metrics> compute_metrics(const CountMatrix& matrix, const GeneFlags& flags,
                                  const Context& context);

/// Limits by the median absolute deviation, per batch (Germain et al. 2020,
/// "pipeComp"; OSCA book ch. 1): log1p total counts and log1p genes on both
/// sides, mitochondrial share on the upper side.
struct FilterOptions {
  double mads = 5;                ///< counts and genes: larger keeps more cells; 3 to 5 usual
  double mads_mitochondrial = 3;  ///< larger keeps more cells
  /// A mitochondrial limit below this is not used: in clean data the MAD is so
  /// small that good cells would be lost.
  double least_mitochondrial_limit = 8;  ///< percent
  std::uint32_t min_genes =
      200;                      ///< a cell with fewer is never kept (lowered if the panel is small)
  std::uint32_t min_cells = 3;  ///< a gene in fewer kept cells does not enter the analysis
};
struct Limits {
  std::string batch;  ///< empty: all cells
  std::uint32_t n_cells = 0, n_kept = 0;
  /// Where no limit applies: 0 and the largest value seen; 100 percent.
  double counts_low = 0, counts_high = 0, genes_low = 0, genes_high = 0, mitochondrial_high = 100;
  std::uint32_t min_genes = 0;  ///< the floor that was used, see least_genes()
};
struct FilterResult {
  std::vector<Limits> limits;        ///< one a batch
  std::vector<std::uint32_t> kept;   ///< cells, ascending
  std::vector<std::uint8_t> reason;  ///< a cell: bits 1 few counts, 2 many counts, 4 few genes,
                                     ///< 8 many genes, 16 mitochondrial, 32 under min_genes
};
/// `batch_codes` empty or one a cell (−1: none); `batch_names` by code.
/// A batch under 30 cells, and cells of no batch, use the limits of all cells
/// together. Under 30 cells in all, only the floor on genes applies: a spread
/// of so few says nothing. A measure without spread (MAD 0) sets no limit.
FilterResult find_limits(const Metrics& metrics, const std::vector<std::int32_t>& batch_codes,
                         const std::vector<std::string>& batch_names, const FilterOptions& options);

/// The floor on a cell's genes: min_genes, or 2 % of a small panel's genes.
std::uint32_t least_genes(std::size_t n_genes, const FilterOptions& options);

}  // namespace celloquy::quality_control
