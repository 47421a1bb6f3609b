// Neighbours and UMAP connectivities against scikit-learn's exact ones and Scanpy's graph.
#include <algorithm>
#include <cmath>

#include "analysis/neighbor_graph/neighbor_graph.hpp"
#include "reference.hpp"

namespace celloquy::parity {
namespace {

class NeighborsParity : public testing::TestWithParam<const char*> {};

/// The neighbours in the reference, the first k of 15.
neighbors::Result reference_neighbors(const char* set, std::uint32_t k) {
  const auto indices = reference<std::int32_t>(set, "knn_indices");
  const auto distances = reference<float>(set, "knn_distances");
  neighbors::Result result;
  result.n_points = static_cast<std::uint32_t>(indices.size() / 15);
  result.n_neighbors = k;
  for (std::size_t i = 0; i < result.n_points; ++i)
    for (std::size_t j = 0; j < k; ++j) {
      result.indices.push_back(static_cast<std::uint32_t>(indices[i * 15 + j]));
      result.distances.push_back(distances[i * 15 + j]);
    }
  return result;
}

TEST_P(NeighborsParity, RecallIsOneAndDistancesAgreeTo1e5) {
  const auto scores = reference<float>(GetParam(), "pca_scores");
  const auto truth = reference_neighbors(GetParam(), 15);
  const auto found = neighbors::compute(scores, truth.n_points, 50, {}, {});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->indices.size(), truth.indices.size());
  std::size_t hits = 0;
  for (std::size_t i = 0; i < truth.n_points; ++i)
    for (std::size_t j = 0; j < 15; ++j) {
      const auto row = found->indices.begin() + static_cast<std::ptrdiff_t>(i * 15);
      hits += std::find(row, row + 15, truth.indices[i * 15 + j]) != row + 15;
    }
  EXPECT_EQ(hits, truth.indices.size());
  for (std::size_t at = 0; at < truth.distances.size(); ++at)
    ASSERT_NEAR(found->distances[at], truth.distances[at], 1e-5 * truth.distances[at]);
}

TEST_P(NeighborsParity, GraphHasScanpysEdgesWithWeightsTo1e4) {
  const auto offsets = reference<std::int32_t>(GetParam(), "graph_offsets");
  const auto indices = reference<std::int32_t>(GetParam(), "graph_indices");
  const auto weights = reference<float>(GetParam(), "graph_weights");
  const auto graph = neighbor_graph::umap_connectivities(reference_neighbors(GetParam(), 14), {});
  ASSERT_TRUE(graph);
  ASSERT_TRUE(std::equal(
      offsets.begin(), offsets.end(), graph->offsets.begin(), graph->offsets.end(),
      [](std::int32_t a, std::uint64_t b) { return static_cast<std::uint64_t>(a) == b; }));
  ASSERT_TRUE(std::equal(
      indices.begin(), indices.end(), graph->indices.begin(), graph->indices.end(),
      [](std::int32_t a, std::uint32_t b) { return static_cast<std::uint32_t>(a) == b; }));
  for (std::size_t at = 0; at < weights.size(); ++at)
    ASSERT_NEAR(graph->weights[at], weights[at], 1e-4 * weights[at]) << at;
}

INSTANTIATE_TEST_SUITE_P(Sets, NeighborsParity, testing::Values("demo", "pbmc68k"));

}  // namespace
}  // namespace celloquy::parity
