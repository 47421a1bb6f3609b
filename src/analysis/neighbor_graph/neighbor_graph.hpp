#pragma once
// Weighted graphs over cells from their nearest neighbours.

#include "analysis/neighbors/neighbors.hpp"

namespace celloquy {

/// Undirected: each edge is stored in both rows. Indices ascending in a row, no self-loops.
struct Graph {
  std::uint32_t n_nodes = 0;
  std::vector<std::uint64_t> offsets;  ///< n_nodes + 1
  std::vector<std::uint32_t> indices;
  std::vector<float> weights;
};

namespace neighbor_graph {

/// UMAP's fuzzy simplicial set (McInnes 2018), as umap-learn's
/// fuzzy_simplicial_set with local_connectivity 1, set_op_mix_ratio 1.
/// Note: umap-learn counts the point itself among its k neighbours; here
/// `neighbors` leaves it out, so k here is umap-learn's k − 1.
Expected<Graph> umap_connectivities(const neighbors::Result& neighbors, const Context& context);

struct SnnOptions {
  double prune = 1.0 / 15;  ///< edges with a smaller Jaccard index are dropped (Seurat's default)
};
/// Shared nearest neighbours: Jaccard index of the neighbourhoods (self included).
Expected<Graph> shared_neighbors(const neighbors::Result& neighbors, const SnnOptions& options,
                                 const Context& context);

}  // namespace neighbor_graph
}  // namespace celloquy
