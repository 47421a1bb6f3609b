// The layout against umap-learn's (sc.tl.umap) by trustworthiness, as
// scikit-learn computes it: at most 0.005 less than the reference.
#include <algorithm>
#include <cmath>

#include "analysis/umap/umap.hpp"
#include "reference.hpp"

namespace celloquy::parity {
namespace {

struct Case {
  const char* set;
  double umap_learn;  // numbers.json: trustworthiness_15
};
class UmapParity : public testing::TestWithParam<Case> {};

double trustworthiness(const std::vector<float>& points, std::size_t d,
                       const std::vector<float>& layout, std::size_t k) {
  const std::size_t n = layout.size() / 2;
  const auto by_distance = [n](const std::vector<float>& table, std::size_t dimensions,
                               std::size_t i) {
    std::vector<std::pair<double, std::uint32_t>> all(n);
    for (std::size_t j = 0; j < n; ++j) {
      double sum = j == i ? -1 : 0;
      for (std::size_t c = 0; c < dimensions; ++c) {
        const double x = static_cast<double>(table[i * dimensions + c]) - table[j * dimensions + c];
        sum += x * x;
      }
      all[j] = {sum, static_cast<std::uint32_t>(j)};
    }
    std::sort(all.begin(), all.end());
    return all;
  };
  double penalty = 0;
  std::vector<std::size_t> rank(n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto truth = by_distance(points, d, i), seen = by_distance(layout, 2, i);
    for (std::size_t r = 0; r < n; ++r) rank[truth[r].second] = r;
    for (std::size_t r = 1; r <= k; ++r)
      penalty += std::max(0.0, static_cast<double>(rank[seen[r].second]) - static_cast<double>(k));
  }
  const auto count = static_cast<double>(n), near = static_cast<double>(k);
  return 1 - 2 * penalty / (count * near * (2 * count - 3 * near - 1));
}

TEST_P(UmapParity, TrustworthinessAtMost0005BelowUmapLearn) {
  const auto scores = reference<float>(GetParam().set, "pca_scores");
  Graph graph;
  for (const std::int32_t o : reference<std::int32_t>(GetParam().set, "graph_offsets"))
    graph.offsets.push_back(static_cast<std::uint64_t>(o));
  for (const std::int32_t j : reference<std::int32_t>(GetParam().set, "graph_indices"))
    graph.indices.push_back(static_cast<std::uint32_t>(j));
  graph.weights = reference<float>(GetParam().set, "graph_weights");
  graph.n_nodes = static_cast<std::uint32_t>(graph.offsets.size() - 1);
  std::vector<float> first_two;
  for (std::size_t i = 0; i < graph.n_nodes; ++i)
    for (std::size_t c = 0; c < 2; ++c) first_two.push_back(scores[i * 50 + c]);
  for (const bool spectral : {false, true}) {
    const auto result =
        umap::compute(graph, spectral ? std::vector<float>{} : first_two, 2, {}, {});
    ASSERT_TRUE(result);
    const double found = trustworthiness(scores, 50, result->layout, 15);
    RecordProperty(spectral ? "spectral" : "components", std::to_string(found));
    EXPECT_GE(found, GetParam().umap_learn - 0.005) << (spectral ? "spectral" : "components");
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, UmapParity,
                         testing::Values(Case{"demo", 0.9575887448256571},
                                         Case{"pbmc68k", 0.9653215164943377}),
                         [](const auto& each) { return std::string(each.param.set); });

}  // namespace
}  // namespace celloquy::parity
