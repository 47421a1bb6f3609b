#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>

#include "analysis/leiden/leiden.hpp"
#include "base/random.hpp"
#include "base/thread_pool.hpp"

namespace celloquy {
namespace {

using Edge = std::pair<std::uint32_t, std::uint32_t>;

Graph graph_of(std::uint32_t n, const std::map<Edge, float>& edges) {
  std::vector<std::map<std::uint32_t, float>> rows(n);
  for (const auto& [edge, weight] : edges) {
    rows[edge.first][edge.second] = weight;
    rows[edge.second][edge.first] = weight;
  }
  Graph graph;
  graph.n_nodes = n;
  graph.offsets.push_back(0);
  for (const auto& row : rows) {
    for (const auto& [j, weight] : row) {
      graph.indices.push_back(j);
      graph.weights.push_back(weight);
    }
    graph.offsets.push_back(graph.indices.size());
  }
  return graph;
}

Graph unweighted(std::uint32_t n, const std::vector<Edge>& edges) {
  std::map<Edge, float> weighted;
  for (const Edge& edge : edges) weighted[edge] = 1;
  return graph_of(n, weighted);
}

std::vector<Edge> clique(std::uint32_t first, std::uint32_t size) {
  std::vector<Edge> edges;
  for (std::uint32_t i = 0; i < size; ++i)
    for (std::uint32_t j = i + 1; j < size; ++j) edges.emplace_back(first + i, first + j);
  return edges;
}

bool communities_are_connected(const Graph& graph, const std::vector<std::uint32_t>& membership) {
  std::vector<std::uint32_t> piece(graph.n_nodes);
  std::iota(piece.begin(), piece.end(), 0u);
  for (bool changed = true; changed;) {
    changed = false;
    for (std::uint32_t v = 0; v < graph.n_nodes; ++v)
      for (std::uint64_t at = graph.offsets[v]; at < graph.offsets[v + 1]; ++at) {
        const std::uint32_t u = graph.indices[at];
        if (membership[u] != membership[v] || piece[u] >= piece[v]) continue;
        piece[v] = piece[u];
        changed = true;
      }
  }
  std::map<std::uint32_t, std::uint32_t> first;
  for (std::uint32_t v = 0; v < graph.n_nodes; ++v)
    if (!first.emplace(membership[v], piece[v]).second && first[membership[v]] != piece[v])
      return false;
  return true;
}

/// What holds for every result, whatever the graph.
void expect_invariants(const Graph& graph, const leiden::Result& result, double resolution) {
  ASSERT_EQ(result.membership.size(), graph.n_nodes);
  std::vector<std::uint32_t> size(result.n_communities), first(result.n_communities, 0xffffffffu);
  for (std::uint32_t v = 0; v < graph.n_nodes; ++v) {
    ASSERT_LT(result.membership[v], result.n_communities);
    ++size[result.membership[v]];
    first[result.membership[v]] = std::min(first[result.membership[v]], v);
  }
  for (std::uint32_t c = 0; c < result.n_communities; ++c) {
    ASSERT_GT(size[c], 0u);
    if (c == 0) continue;
    ASSERT_GE(size[c - 1], size[c]);
    if (size[c - 1] == size[c]) {
      ASSERT_LT(first[c - 1], first[c]);
    }
  }
  ASSERT_TRUE(communities_are_connected(graph, result.membership));
  ASSERT_NEAR(result.modularity, leiden::modularity(graph, result.membership, resolution), 1e-12);
  for (std::size_t i = 1; i < result.modularity_by_iteration.size(); ++i)
    ASSERT_GE(result.modularity_by_iteration[i], result.modularity_by_iteration[i - 1] - 1e-12);
  if (!result.modularity_by_iteration.empty()) {
    ASSERT_GE(result.modularity, result.modularity_by_iteration.back() - 1e-12);
  }
}

leiden::Result communities(const Graph& graph, double resolution = 1, std::uint64_t seed = 0) {
  leiden::Options options;
  options.resolution = resolution;
  options.seed = seed;
  auto result = leiden::compute(graph, options, {});
  EXPECT_TRUE(result);
  if (result) expect_invariants(graph, *result, resolution);
  return result ? *std::move(result) : leiden::Result{};
}

/// Zachary's karate club (1977): 34 members, 78 friendships.
Graph karate_club() {
  const std::vector<Edge> edges = {
      {1, 0},   {2, 0},   {2, 1},   {3, 0},   {3, 1},   {3, 2},   {4, 0},   {5, 0},   {6, 0},
      {6, 4},   {6, 5},   {7, 0},   {7, 1},   {7, 2},   {7, 3},   {8, 0},   {8, 2},   {9, 2},
      {10, 0},  {10, 4},  {10, 5},  {11, 0},  {12, 0},  {12, 3},  {13, 0},  {13, 1},  {13, 2},
      {13, 3},  {16, 5},  {16, 6},  {17, 0},  {17, 1},  {19, 0},  {19, 1},  {21, 0},  {21, 1},
      {25, 23}, {25, 24}, {27, 2},  {27, 23}, {27, 24}, {28, 2},  {29, 23}, {29, 26}, {30, 1},
      {30, 8},  {31, 0},  {31, 24}, {31, 25}, {31, 28}, {32, 2},  {32, 8},  {32, 14}, {32, 15},
      {32, 18}, {32, 20}, {32, 22}, {32, 23}, {32, 29}, {32, 30}, {32, 31}, {33, 8},  {33, 9},
      {33, 13}, {33, 14}, {33, 15}, {33, 18}, {33, 19}, {33, 20}, {33, 22}, {33, 23}, {33, 26},
      {33, 27}, {33, 28}, {33, 29}, {33, 30}, {33, 31}, {33, 32}};
  EXPECT_EQ(edges.size(), 78u);
  return unweighted(34, edges);
}

TEST(Leiden, KarateClubReachesTheKnownOptimum) {
  const Graph graph = karate_club();
  double best = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto result = communities(graph, 1, seed);
    EXPECT_GE(result.modularity, 0.4188) << seed;
    best = std::max(best, result.modularity);
  }
  EXPECT_NEAR(best, 0.4197896, 1e-7);  // Brandes et al. 2008: the optimum
}

TEST(Leiden, TwoCliquesAndABridge) {
  auto edges = clique(0, 5);
  for (const Edge& edge : clique(5, 5)) edges.push_back(edge);
  edges.emplace_back(4, 5);
  const auto result = communities(unweighted(10, edges));
  EXPECT_EQ(result.membership, (std::vector<std::uint32_t>{0, 0, 0, 0, 0, 1, 1, 1, 1, 1}));
  // 20 of 21 edges inside, half of the strength in each.
  EXPECT_NEAR(result.modularity, 20.0 / 21 - 0.5, 1e-12);
}

TEST(Leiden, RingOfCliques) {
  // 30 cliques of 5 in a ring: pairs of cliques are the optimum at resolution 1
  // (Fortunato & Barthélemy 2007), single ones at a higher resolution.
  std::vector<Edge> edges;
  for (std::uint32_t c = 0; c < 30; ++c) {
    for (const Edge& edge : clique(5 * c, 5)) edges.push_back(edge);
    edges.emplace_back(std::min(5 * c, 5 * ((c + 1) % 30)), std::max(5 * c, 5 * ((c + 1) % 30)));
  }
  const Graph graph = unweighted(150, edges);
  EXPECT_NEAR(leiden::modularity(graph, communities(graph, 3).membership, 1),
              30 * 10 / 330.0 - 1 / 30.0, 1e-12);
  EXPECT_EQ(communities(graph, 3).n_communities, 30u);
  const auto paired = communities(graph, 1);
  EXPECT_GE(paired.modularity, 30 * 10 / 330.0 - 1 / 30.0);
  for (std::uint32_t c = 0; c < 30; ++c)
    for (std::uint32_t i = 1; i < 5; ++i)
      EXPECT_EQ(paired.membership[5 * c], paired.membership[5 * c + i]);
}

TEST(Leiden, PlantedCommunitiesAreFound) {
  std::map<Edge, float> edges;
  RandomStream random(3);
  for (std::uint32_t i = 0; i < 400; ++i)
    for (std::uint32_t j = i + 1; j < 400; ++j)
      if (random.uniform() < (i / 100 == j / 100 ? 0.3 : 0.02))
        edges[{i, j}] = static_cast<float>(0.5 + random.uniform());
  const auto result = communities(graph_of(400, edges));
  EXPECT_EQ(result.n_communities, 4u);
  for (std::uint32_t v = 0; v < 400; ++v)
    EXPECT_EQ(result.membership[v], result.membership[v / 100 * 100]);
}

/// 6,000 nodes with some 24 edges each; a share of them goes to a node of the same hundred.
Graph many_nodes(double inside) {
  std::map<Edge, float> edges;
  RandomStream random(5);
  for (std::uint32_t i = 0; i < 6000; ++i)
    for (int e = 0; e < 12; ++e) {
      const std::uint32_t j =
          random.uniform() < inside ? i / 100 * 100 + random.below(100) : random.below(6000);
      if (i != j) edges[{std::min(i, j), std::max(i, j)}] = 1;
    }
  return graph_of(6000, edges);
}

TEST(Leiden, MoreSearchesOnlyWhereTwoDisagree) {
  const auto clear = communities(many_nodes(0.9));
  EXPECT_EQ(clear.starts, 2u);
  EXPECT_EQ(clear.n_communities, 60u);
  const auto vague = communities(many_nodes(0.1));
  EXPECT_EQ(vague.starts, 4u);
}

TEST(Leiden, NoEdgesIsolatedNodesAndOneNode) {
  EXPECT_EQ(communities(unweighted(0, {})).n_communities, 0u);
  EXPECT_EQ(communities(unweighted(1, {})).n_communities, 1u);
  const auto apart = communities(unweighted(4, {}));
  EXPECT_EQ(apart.membership, (std::vector<std::uint32_t>{0, 1, 2, 3}));
  EXPECT_EQ(apart.modularity, 0);
  const auto some = communities(unweighted(5, {{1, 3}}));
  EXPECT_EQ(some.membership, (std::vector<std::uint32_t>{1, 0, 2, 0, 3}));
  // Resolution 0: each connected component is one community.
  EXPECT_EQ(communities(unweighted(6, {{0, 1}, {1, 2}, {3, 4}}), 0).n_communities, 3u);
}

TEST(Leiden, RefusesWrongArguments) {
  leiden::Options options;
  for (const double resolution : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    options.resolution = resolution;
    const auto result = leiden::compute(unweighted(2, {{0, 1}}), options, {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::usage);
    EXPECT_FALSE(result.error().message.zh.empty());
  }
  Graph broken = unweighted(2, {{0, 1}});
  broken.indices[0] = 7;
  EXPECT_EQ(leiden::compute(broken, {}, {}).error().code, ErrorCode::internal);
  Graph negative = graph_of(2, {{{0, 1}, -1.0f}});
  EXPECT_EQ(leiden::compute(negative, {}, {}).error().code, ErrorCode::internal);
}

/// The best modularity over all partitions, by trying each.
double best_of_all(const Graph& graph, double resolution) {
  std::vector<std::uint32_t> membership(graph.n_nodes, 0);
  double best = -1;
  const std::function<void(std::uint32_t, std::uint32_t)> assign = [&](std::uint32_t v,
                                                                       std::uint32_t used) {
    if (v == graph.n_nodes) {
      best = std::max(best, leiden::modularity(graph, membership, resolution));
      return;
    }
    for (std::uint32_t c = 0; c <= used; ++c) {
      membership[v] = c;
      assign(v + 1, std::max(used, c + 1));
    }
  };
  assign(0, 0);
  return best;
}

TEST(Leiden, EveryGraphOfUpToFiveNodes) {
  std::size_t graphs = 0, optimal = 0;
  for (std::uint32_t n = 1; n <= 5; ++n) {
    const auto pairs = clique(0, n);
    for (std::uint32_t chosen = 0; chosen < 1u << pairs.size(); ++chosen)
      for (const double resolution : {0.5, 1.0, 1.7}) {
        std::map<Edge, float> edges;
        for (std::size_t e = 0; e < pairs.size(); ++e)
          if (chosen >> e & 1) edges[pairs[e]] = static_cast<float>(1 + e % 3);
        const Graph graph = graph_of(n, edges);
        const auto result = communities(graph, resolution);
        const double best = best_of_all(graph, resolution);
        ASSERT_LE(result.modularity, best + 1e-12);
        ++graphs;
        optimal += edges.empty() || result.modularity >= best - 1e-9;
      }
  }
  EXPECT_EQ(graphs, 3u * (1 + 2 + 8 + 64 + 1024));
  // A local search may stop early now and then, even on five nodes.
  EXPECT_GE(static_cast<double>(optimal), 0.99 * static_cast<double>(graphs));
}

Graph sheet(std::size_t n) {
  std::vector<float> points(n * 3);
  for (std::size_t i = 0; i < n; ++i) {
    RandomStream random(11, i);
    const double t = random.uniform() * 9;
    points[i * 3] = static_cast<float>(t * std::cos(t));
    points[i * 3 + 1] = static_cast<float>(t * std::sin(t));
    points[i * 3 + 2] = static_cast<float>(random.uniform() * 6);
  }
  return *neighbor_graph::umap_connectivities(*neighbors::compute(points, n, 3, {}, {}), {});
}

TEST(Leiden, SameBitsForAnyThreadsAndSeedMatters) {
  const Graph graph = sheet(3000);
  const auto one = communities(graph);
  EXPECT_GT(one.n_communities, 5u);
  for (const unsigned threads : {2u, 7u}) {
    ThreadPool pool(threads);
    Context context;
    context.threads = &pool;
    const auto other = *leiden::compute(graph, {}, context);
    EXPECT_EQ(one.membership, other.membership);
    EXPECT_EQ(one.modularity, other.modularity);
  }
  EXPECT_NE(one.membership, communities(graph, 1, 12345).membership);
  EXPECT_GT(communities(graph, 3).n_communities, one.n_communities);
}

TEST(Leiden, StopsWhenCancelled) {
  CancellationToken token;
  token.cancel();
  Context context;
  context.cancellation = &token;
  EXPECT_EQ(leiden::compute(sheet(2000), {}, context).error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace celloquy
