#pragma once
// Harmony: embeddings of several batches brought together.

#include <cstdint>
#include <span>
#include <vector>

#include "base/context.hpp"

namespace celloquy::harmony {

struct Options {
  /// Soft clusters; 0: one for 30 cells, at most 100.
  std::uint32_t n_clusters = 0;
  double theta = 2;    ///< pull towards clusters of mixed batches; 0 none, larger mixes more
  double sigma = 0.1;  ///< width of the soft clusters; larger is softer
  double lambda = 1;   ///< ridge on each batch's shift; larger corrects small batches less
  std::uint32_t most_rounds = 10;      ///< of clustering and correcting
  std::uint32_t most_iterations = 20;  ///< of clustering, a round
  double tolerance = 1e-4;             ///< a round that lowers the objective by less is the last
};

struct Result {
  std::uint32_t n_cells = 0, n_dimensions = 0, rounds = 0;
  std::vector<float> points;  ///< n_cells × n_dimensions, row by row, in the units of the input
  std::vector<double> objective;  ///< after each round
  bool converged = false;         ///< false: most_rounds were not enough
};

/// Korsunsky et al., Nat Methods 16:1289 (2019): soft k-means on the sphere that
/// prefers clusters with batches in their overall shares, then in each cluster a
/// ridge regression on the batches whose shifts are taken off, until the
/// objective stands still. Cells are visited in twentieths drawn by the seed.
/// `points`: n_cells × n_dimensions, row by row; `batches`: 0 … n_batches − 1, a cell.
/// Cost: rounds × iterations × 4·cells·clusters·dimensions operations; memory
/// 4 bytes × cells × (clusters + 3·dimensions). Same bits for any number of threads.
/// Errors: cannot_answer for fewer than 2 batches or 20 cells, unusable_input for
/// points that are not numbers, usage for options out of range.
/// Parity: harmonypy.run_harmony.
Expected<Result> compute(std::span<const float> points, std::size_t n_cells,
                         std::size_t n_dimensions, std::span<const std::int32_t> batches,
                         std::uint32_t n_batches, const Options& options, const Context& context);

}  // namespace celloquy::harmony
