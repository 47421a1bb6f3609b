#pragma once
// Two-dimensional layout (McInnes, Healy & Melville 2018).

#include <span>
#include <utility>

#include "analysis/neighbor_graph/neighbor_graph.hpp"

namespace celloquy::umap {

struct Options {
  std::uint32_t n_components = 2;       ///< 1 to 16
  double min_dist = 0.5, spread = 1.0;  ///< Scanpy's defaults
  std::uint32_t epochs = 0;             ///< 0: 500 up to 10,000 cells, else 200 (umap-learn)
  std::uint32_t negative_samples = 5;   ///< repulsions for each attraction; more spreads clusters
  double learning_rate = 1.0;
  std::uint64_t seed = 0;
};
struct Result {
  std::uint32_t n_points = 0, n_components = 0;
  std::vector<float> layout;  ///< n_points × n_components, row by row
};

/// The epochs that these options mean for so many points.
std::uint32_t epochs_for(std::uint32_t n_points, const Options& options);

/// `initial`: n_points × n_initial coordinates to start from, for example the
/// first two principal components; rescaled inside. Empty: spectral_layout.
/// Deterministic for any number of threads. Cost: about 25 ns of processor
/// time for each edge that acts in an epoch; 200 epochs of 20,000 cells with
/// 15 neighbours have some 20 million of them.
Expected<Result> compute(const Graph& connectivities, std::span<const float> initial,
                         std::size_t n_initial, const Options& options, const Context& context);

/// The smoothest coordinates over the graph: the eigenvectors of its normalised
/// Laplacian with the smallest eigenvalues above 0 (Belkin & Niyogi 2003), as
/// umap-learn starts from. Separate components of the graph are laid out each
/// on its own and set side by side. n_nodes × n_components, row by row.
Expected<std::vector<float>> spectral_layout(const Graph& connectivities,
                                             std::uint32_t n_components, std::uint64_t seed,
                                             const Context& context);

/// The a and b of the curve 1/(1 + a·d^(2b)) that is nearest, in squares, to
/// one that is 1 up to min_dist and then falls as exp(−(d − min_dist)/spread).
std::pair<double, double> fit_curve(double min_dist, double spread);

}  // namespace celloquy::umap
