#pragma once
// Two-dimensional layout (McInnes, Healy & Melville 2018).

#include <span>

#include "analysis/neighbor_graph/neighbor_graph.hpp"

namespace celloquy::umap {

struct Options {
  std::uint32_t n_components = 2;
  double min_dist = 0.5, spread = 1.0;  ///< Scanpy's defaults
  std::uint32_t epochs = 0;             ///< 0: 500 up to 10,000 cells, else 200 (umap-learn)
  std::uint32_t negative_samples = 5;
  double learning_rate = 1.0;
  std::uint64_t seed = 0;
};
struct Result {
  std::uint32_t n_points = 0, n_components = 0;
  std::vector<float> layout;  ///< n_points × n_components, row by row
};

/// `initial`: n_points × n_initial coordinates to start from, for example the
/// first two principal components or a spectral layout; rescaled inside.
/// Deterministic for any number of threads.
Expected<Result> compute(const Graph& connectivities, std::span<const float> initial,
                         std::size_t n_initial, const Options& options, const Context& context);

}  // namespace celloquy::umap
