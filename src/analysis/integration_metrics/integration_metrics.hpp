#pragma once
// How well batches are mixed and kinds of cells kept apart in an embedding.

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/neighbors/neighbors.hpp"

namespace celloquy::integration_metrics {

struct Options {
  double perplexity = 30;  ///< effective size of a neighbourhood; three times as many are looked up
  /// Evenly spaced cells of which the silhouette is taken (it costs cells² · dimensions).
  std::uint32_t most_silhouette_cells = 5000;
};

/// Medians are over cells. Scaled values and widths are scIB's (Luecken et al.,
/// Nat Methods 19:41 (2022)): 1 is best. NaN: not defined (one group only).
struct Result {
  double ilisi = 0;          ///< batches in a neighbourhood, 1 … n_batches
  double ilisi_perfect = 0;  ///< what random mixing gives: 1/(Σ share² + (1 − Σ share²)/perplexity)
  double ilisi_scaled = 0;  ///< (ilisi − 1)/(n_batches − 1)
  double clisi = 0;         ///< kinds of cells in a neighbourhood, 1 … n_labels
  double clisi_scaled = 0;  ///< (n_labels − clisi)/(n_labels − 1)
  double label_width = 0;   ///< (mean silhouette width of labels + 1)/2
  double batch_width = 0;   ///< mean over labels of 1 − |silhouette width of batches within it|
};

/// Local inverse Simpson's index (Korsunsky et al. 2019): how many categories a
/// cell's neighbourhood holds, weighted by exp(−β·distance) with β such that the
/// weights have the perplexity. A cell; 1 where all neighbours are alike.
/// Cost: neighbours × about 30. Parity: harmonypy.compute_lisi.
std::vector<float> inverse_simpson(const neighbors::Result& nearest,
                                   std::span<const std::int32_t> categories,
                                   std::uint32_t n_categories, double perplexity,
                                   const Context& context);

/// Silhouette width of each of n points (row by row): (b − a)/max(a, b) with a the mean
/// Euclidean distance to its own category and b that to the nearest other; 0 for the only
/// member of one. Categories of −1 are left out (0). Cost n² · dimensions.
/// Parity: sklearn.metrics.silhouette_samples.
std::vector<float> silhouette_widths(std::span<const float> points, std::size_t n_dimensions,
                                     std::span<const std::int32_t> categories,
                                     std::uint32_t n_categories, const Context& context);

/// `batches` and `labels`: a code a cell; labels may be −1. cannot_answer for fewer
/// than 2 batches or 20 cells. Same bits for any number of threads.
Expected<Result> compute(std::span<const float> points, std::size_t n_cells,
                         std::size_t n_dimensions, std::span<const std::int32_t> batches,
                         std::uint32_t n_batches, std::span<const std::int32_t> labels,
                         std::uint32_t n_labels, const Options& options, const Context& context);

}  // namespace celloquy::integration_metrics
