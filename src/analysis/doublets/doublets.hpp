#pragma once
// Which barcodes may hold two cells.

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/pca/pca.hpp"
#include "matrix/count_matrix.hpp"

namespace celloquy::doublets {

struct Options {
  double simulated_per_cell = 2;  ///< made-up doublets for each cell; more is steadier and slower
  /// Share of doublets that is expected, 0 to 0.5; 0: 0.8 % for 1,000 cells of a
  /// batch (what droplet kits state), at least 0.5 % and at most 30 %.
  double expected_rate = 0;
  std::uint32_t n_neighbors = 0;  ///< 0: half the root of the number of cells
  /// Smaller batches are not judged.
  std::uint32_t least_cells = 50;
};

/// How the threshold of a batch was found.
enum class Threshold {
  valley,    ///< the lowest place between the two hills of the simulated scores
  expected,  ///< no two hills: as many cells as are expected are called
};

struct Batch {
  std::uint32_t n_cells = 0, n_called = 0;
  double expected_rate = 0;
  double threshold = 0;
  Threshold found = Threshold::valley;
  /// Share of the simulated doublets above the threshold: those of two kinds; two cells
  /// of one kind look like one. NaN where the batch was not judged.
  double detectable = 0;
};

struct Result {
  std::vector<float> score;          ///< a cell, 0 to 1: probability-like; NaN: not judged
  std::vector<std::uint8_t> called;  ///< a cell: score above its batch's threshold
  std::vector<float> simulated;      ///< scores of the simulated doublets, batch by batch
  std::vector<Batch> batches;
};

/// Scrublet's score (Wolock et al., Cell Systems 8:281 (2019)) on components that are
/// there already: counts of random pairs of cells of one batch are added, normalised and
/// projected; a cell scores by the share of simulated doublets among its neighbours
/// (cells and doublets together), as the posterior under the expected rate.
/// `view`: counts with the log1p normalisation that `components` were made from, of
/// `genes`. `batches`: a code a cell, because only cells of one capture can stick together.
/// Cost: (1 + simulated)² · cells² · components of each batch for the neighbours.
/// Errors: cannot_answer without counts, or when every batch is smaller than least_cells;
/// usage for options out of range. Same bits for any number of threads.
/// Parity: scrublet.Scrublet.scrub_doublets.
Expected<Result> compute(const ExpressionView& view, const pca::Result& components,
                         const std::vector<std::uint32_t>& genes,
                         std::span<const std::int32_t> batches, std::uint32_t n_batches,
                         const Options& options, const Context& context);

/// The score alone: `points` are n_cells cells, then n_simulated doublets, row by row; the
/// posterior of each under `expected_rate` from its n_neighbors·(1 + n_simulated/n_cells)
/// nearest others. Parity: Scrublet's calculate_doublet_scores.
Expected<std::vector<float>> scores(std::span<const float> points, std::size_t n_cells,
                                    std::size_t n_simulated, std::size_t n_dimensions,
                                    double n_neighbors, double expected_rate,
                                    const Context& context);

/// Bit l of a cell: at least `least_genes` genes of lineage l have counts. Cells with the
/// bits of two lineages that exclude one another are doublets, or carry ambient RNA.
/// At most 32 lineages. Cost: O(non-zeros).
std::vector<std::uint32_t> lineages_expressed(
    const CountMatrix& matrix, const std::vector<std::vector<std::uint32_t>>& lineages,
    std::uint32_t least_genes, const Context& context);

}  // namespace celloquy::doublets
