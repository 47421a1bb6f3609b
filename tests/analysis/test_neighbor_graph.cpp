#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>

#include "analysis/neighbor_graph/neighbor_graph.hpp"
#include "base/instruction_set.hpp"
#include "base/random.hpp"
#include "base/thread_pool.hpp"

namespace celloquy {
namespace {

neighbors::Result some_neighbors(std::size_t n, std::uint32_t k, std::uint64_t seed,
                                 bool duplicates = false) {
  std::vector<float> points(n * 6);
  for (std::size_t i = 0; i < n; ++i) {
    RandomStream random(seed, duplicates ? i / 4 : i);
    for (std::size_t c = 0; c < 6; ++c) points[i * 6 + c] = static_cast<float>(random.normal());
  }
  neighbors::Options options;
  options.n_neighbors = k;
  return *neighbors::compute(points, n, 6, options, {});
}

using Dense = std::map<std::pair<std::uint32_t, std::uint32_t>, double>;

Dense dense(const Graph& graph) {
  Dense result;
  for (std::uint32_t i = 0; i < graph.n_nodes; ++i)
    for (std::uint64_t at = graph.offsets[i]; at < graph.offsets[i + 1]; ++at)
      result[{i, graph.indices[at]}] = static_cast<double>(graph.weights[at]);
  return result;
}

void expect_well_formed(const Graph& graph) {
  ASSERT_EQ(graph.offsets.size(), graph.n_nodes + std::size_t{1});
  ASSERT_EQ(graph.offsets.back(), graph.indices.size());
  ASSERT_EQ(graph.weights.size(), graph.indices.size());
  const Dense entries = dense(graph);
  for (std::uint32_t i = 0; i < graph.n_nodes; ++i)
    for (std::uint64_t at = graph.offsets[i]; at < graph.offsets[i + 1]; ++at) {
      const std::uint32_t j = graph.indices[at];
      ASSERT_NE(i, j);
      if (at > graph.offsets[i]) {
        ASSERT_LT(graph.indices[at - 1], j);
      }
      ASSERT_GT(graph.weights[at], 0.0f);
      ASSERT_LE(graph.weights[at], 1.0f + 1e-6f);
      const auto other = entries.find({j, i});
      ASSERT_NE(other, entries.end());
      ASSERT_EQ(other->second, static_cast<double>(graph.weights[at]));
    }
}

/// The published formulas, step by step in double.
Dense fuzzy_by_definition(const neighbors::Result& neighbors) {
  const std::uint32_t n = neighbors.n_points, k = neighbors.n_neighbors;
  double mean_all = 0;
  for (const float d : neighbors.distances) mean_all += static_cast<double>(d) / (n * (k + 1.0));
  Dense directed;
  for (std::uint32_t i = 0; i < n; ++i) {
    std::vector<double> d(k);
    double rho = 0, mean = 0;
    for (std::uint32_t j = 0; j < k; ++j) {
      d[j] = static_cast<double>(neighbors.distances[i * k + j]);
      mean += d[j] / (k + 1.0);
      if (rho == 0) rho = d[j];
    }
    const auto sum = [&](double sigma) {
      double total = 0;
      for (const double x : d) total += x > rho ? std::exp(-(x - rho) / sigma) : 1;
      return total;
    };
    double low = 0, high = 1;
    while (sum(high) < std::log2(k + 1.0) && high < 1e18) high *= 2;
    for (int step = 0; step < 200; ++step)
      (sum((low + high) / 2) < std::log2(k + 1.0) ? low : high) = (low + high) / 2;
    const double sigma = std::max(low, 1e-3 * (rho > 0 ? mean : mean_all));
    for (std::uint32_t j = 0; j < k; ++j)
      directed[{i, neighbors.indices[i * k + j]}] =
          d[j] > rho ? std::exp(-(d[j] - rho) / sigma) : 1;
  }
  Dense united;
  for (const auto& [pair, a] : directed) {
    const auto other = directed.find({pair.second, pair.first});
    const double b = other == directed.end() ? 0 : other->second;
    united[pair] = united[{pair.second, pair.first}] = a + b - a * b;
  }
  return united;
}

TEST(UmapConnectivities, FollowThePublishedFormulas) {
  for (const bool duplicates : {false, true})
    for (const std::uint32_t k : {2u, 5u, 14u, 30u}) {
      const auto neighbors = some_neighbors(400, k, k, duplicates);
      const auto graph = neighbor_graph::umap_connectivities(neighbors, {});
      ASSERT_TRUE(graph);
      expect_well_formed(*graph);
      const Dense expected = fuzzy_by_definition(neighbors), found = dense(*graph);
      for (const auto& [pair, weight] : expected) {
        const auto entry = found.find(pair);
        if (weight > 1e-6) {
          ASSERT_NE(entry, found.end());
          // The bisection stops when the sum is within 1e-5.
          EXPECT_NEAR(entry->second, weight, 1e-4 * weight + 1e-6) << k << " " << duplicates;
        }
      }
      EXPECT_LE(found.size(), expected.size());
    }
}

TEST(UmapConnectivities, NearestNeighborIsHeldFully) {
  const auto neighbors = some_neighbors(200, 10, 77);
  const auto entries = dense(*neighbor_graph::umap_connectivities(neighbors, {}));
  for (std::uint32_t i = 0; i < 200; ++i)
    EXPECT_EQ(entries.at({i, neighbors.indices[i * 10]}), 1.0);
}

TEST(UmapConnectivities, InstructionSetsAgree) {
  const auto neighbors = some_neighbors(500, 15, 3);
  const auto best = *neighbor_graph::umap_connectivities(neighbors, {});
  set_instruction_set(InstructionSet::plain);
  const auto plain = *neighbor_graph::umap_connectivities(neighbors, {});
  set_instruction_set(best_instruction_set());
  ASSERT_EQ(plain.indices, best.indices);
  for (std::size_t at = 0; at < best.weights.size(); ++at)
    ASSERT_NEAR(plain.weights[at], best.weights[at], 1e-4 * best.weights[at]);
}

TEST(SharedNeighbors, EqualTheJaccardIndex) {
  for (const double prune : {0.0, 1.0 / 15, 0.3}) {
    const auto neighbors = some_neighbors(300, 8, 5);
    std::vector<std::set<std::uint32_t>> sets(300);
    for (std::uint32_t i = 0; i < 300; ++i) {
      sets[i].insert(i);
      for (std::uint32_t j = 0; j < 8; ++j) sets[i].insert(neighbors.indices[i * 8 + j]);
    }
    Dense expected;
    for (std::uint32_t i = 0; i < 300; ++i)
      for (std::uint32_t j = 0; j < 300; ++j) {
        const auto shared = static_cast<double>(std::count_if(
            sets[i].begin(), sets[i].end(), [&](std::uint32_t m) { return sets[j].count(m) > 0; }));
        const double jaccard = shared / (18 - shared);
        if (i != j && shared > 0 && jaccard >= prune) expected[{i, j}] = jaccard;
      }
    const auto graph = neighbor_graph::shared_neighbors(neighbors, {prune}, {});
    ASSERT_TRUE(graph);
    expect_well_formed(*graph);
    const Dense found = dense(*graph);
    ASSERT_EQ(found.size(), expected.size());
    for (const auto& [pair, weight] : expected) EXPECT_NEAR(found.at(pair), weight, 1e-6);
  }
}

TEST(NeighborGraph, SameBitsForAnyThreads) {
  const auto neighbors = some_neighbors(5000, 15, 6);
  const auto both = [&](unsigned threads) {
    ThreadPool pool(threads);
    Context context;
    context.threads = &pool;
    return std::pair(*neighbor_graph::umap_connectivities(neighbors, context),
                     *neighbor_graph::shared_neighbors(neighbors, {}, context));
  };
  const auto one = both(1);
  for (const unsigned threads : {2u, 7u}) {
    const auto other = both(threads);
    for (const auto& [a, b] :
         {std::pair(&one.first, &other.first), std::pair(&one.second, &other.second)}) {
      EXPECT_EQ(a->offsets, b->offsets);
      EXPECT_EQ(a->indices, b->indices);
      EXPECT_EQ(
          std::memcmp(a->weights.data(), b->weights.data(), a->weights.size() * sizeof(float)), 0);
    }
  }
}

TEST(NeighborGraph, FewOrNoNeighbors) {
  for (const std::uint32_t n : {0u, 1u, 3u}) {
    const neighbors::Result none{n, 0, {}, {}};
    EXPECT_EQ(neighbor_graph::umap_connectivities(none, {})->offsets,
              std::vector<std::uint64_t>(n + 1, 0));
    EXPECT_EQ(neighbor_graph::shared_neighbors(none, {}, {})->n_nodes, n);
  }
  const neighbors::Result pair{2, 1, {1, 0}, {3.0f, 3.0f}};
  const auto graph = *neighbor_graph::umap_connectivities(pair, {});
  EXPECT_EQ(graph.indices, (std::vector<std::uint32_t>{1, 0}));
  EXPECT_EQ(graph.weights, (std::vector<float>{1, 1}));
  EXPECT_EQ(neighbor_graph::shared_neighbors(pair, {}, {})->weights, (std::vector<float>{1, 1}));
}

TEST(NeighborGraph, RefusesTablesThatDoNotFit) {
  const neighbors::Result outside{2, 1, {1, 2}, {1, 1}}, too_short{2, 2, {1, 0}, {1, 1}};
  for (const auto* bad : {&outside, &too_short}) {
    EXPECT_EQ(neighbor_graph::umap_connectivities(*bad, {}).error().code, ErrorCode::internal);
    EXPECT_EQ(neighbor_graph::shared_neighbors(*bad, {}, {}).error().code, ErrorCode::internal);
  }
}

TEST(NeighborGraph, StopsWhenCancelled) {
  CancellationToken token;
  token.cancel();
  Context context;
  context.cancellation = &token;
  const auto neighbors = some_neighbors(300, 5, 1);
  EXPECT_EQ(neighbor_graph::umap_connectivities(neighbors, context).error().code,
            ErrorCode::cancelled);
  EXPECT_EQ(neighbor_graph::shared_neighbors(neighbors, {}, context).error().code,
            ErrorCode::cancelled);
}

}  // namespace
}  // namespace celloquy
