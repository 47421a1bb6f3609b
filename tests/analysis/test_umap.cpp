#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "analysis/umap/umap.hpp"
#include "base/instruction_set.hpp"
#include "base/random.hpp"
#include "base/thread_pool.hpp"

namespace celloquy {
namespace {

struct Data {
  std::size_t n, d;
  std::vector<float> points;
  std::vector<std::uint32_t> label;
  Graph graph;
  std::vector<float> initial;  // the first two coordinates
};

Data finish(Data data) {
  data.graph = *neighbor_graph::umap_connectivities(
      *neighbors::compute(data.points, data.n, data.d, {}, {}), {});
  for (std::size_t i = 0; i < data.n; ++i)
    for (std::size_t c = 0; c < 2; ++c) data.initial.push_back(data.points[i * data.d + c]);
  return data;
}

Data blobs(std::size_t n, std::size_t clusters) {
  Data data{n, 10, {}, {}, {}, {}};
  for (std::size_t i = 0; i < n; ++i) {
    RandomStream random(21, i);
    const std::size_t cluster = i % clusters;
    data.label.push_back(static_cast<std::uint32_t>(cluster));
    for (std::size_t c = 0; c < 10; ++c)
      data.points.push_back(static_cast<float>((c == cluster % 10 ? 12.0 : 0.0) + random.normal()));
  }
  return finish(std::move(data));
}

/// A spiral sheet: two dimensions rolled up in three.
Data roll(std::size_t n) {
  Data data{n, 3, {}, {}, {}, {}};
  for (std::size_t i = 0; i < n; ++i) {
    RandomStream random(22, i);
    const double t = 4.7 + 9.4 * random.uniform();
    data.points.push_back(static_cast<float>(t * std::cos(t)));
    data.points.push_back(static_cast<float>(t * std::sin(t)));
    data.points.push_back(static_cast<float>(15 * random.uniform()));
  }
  return finish(std::move(data));
}

/// Venna & Kaski 2001: 1 when all neighbours in the layout are neighbours in the data.
double trustworthiness(const Data& data, const std::vector<float>& layout, std::size_t dimensions,
                       std::size_t k) {
  const auto order = [&](const std::vector<float>& points, std::size_t d, std::size_t i) {
    std::vector<std::pair<double, std::size_t>> all;
    for (std::size_t j = 0; j < data.n; ++j) {
      double sum = j == i ? -1 : 0;
      for (std::size_t c = 0; c < d; ++c)
        sum += std::pow(static_cast<double>(points[i * d + c]) - points[j * d + c], 2);
      all.emplace_back(sum, j);
    }
    std::sort(all.begin(), all.end());
    return all;
  };
  double penalty = 0, sampled = 0;
  for (std::size_t i = 0; i < data.n; i += 10, ++sampled) {
    const auto truth = order(data.points, data.d, i), seen = order(layout, dimensions, i);
    std::vector<std::size_t> rank(data.n);
    for (std::size_t r = 0; r < data.n; ++r) rank[truth[r].second] = r;
    for (std::size_t r = 1; r <= k; ++r)
      penalty += std::max(0.0, static_cast<double>(rank[seen[r].second]) - static_cast<double>(k));
  }
  const auto n = static_cast<double>(data.n), m = static_cast<double>(k);
  return 1 - 2 * penalty / (sampled * m * (2 * n - 3 * m - 1));
}

umap::Result layout_of(const Data& data, const umap::Options& options = {}, unsigned threads = 1,
                       bool spectral = false) {
  ThreadPool pool(threads);
  Context context;
  context.threads = &pool;
  auto result = umap::compute(data.graph, spectral ? std::vector<float>{} : data.initial, 2,
                              options, context);
  EXPECT_TRUE(result) << result.error().message.en;
  for (const float x : result->layout) EXPECT_TRUE(std::isfinite(x));
  return *std::move(result);
}

TEST(Umap, CurveEqualsUmapLearn) {
  // umap-learn 0.5's find_ab_params(spread, min_dist).
  const auto near = [](double min_dist, double spread, double a, double b) {
    const auto [x, y] = umap::fit_curve(min_dist, spread);
    EXPECT_NEAR(x, a, 1e-4 * a);
    EXPECT_NEAR(y, b, 1e-4 * b);
  };
  near(0.5, 1, 0.5830300203968329, 1.3341669926352966);
  near(0.1, 1, 1.576943460405378, 0.8950608781227859);
}

TEST(Umap, KeepsNeighborhoodsOfARolledSheet) {
  const Data data = roll(2000);
  EXPECT_GE(trustworthiness(data, layout_of(data).layout, 2, 15), 0.98);
  EXPECT_GE(trustworthiness(data, layout_of(data, {}, 1, true).layout, 2, 15), 0.99);
  // The initial projection, in which the windings lie over each other, is worse.
  EXPECT_LT(trustworthiness(data, data.initial, 2, 15), 0.94);
}

TEST(Umap, SeparatesClusters) {
  const Data data = blobs(1500, 6);
  for (const bool spectral : {false, true}) {
    const auto layout = layout_of(data, {}, 2, spectral);
    const auto near = *neighbors::compute(layout.layout, data.n, 2, {}, {});
    std::size_t same = 0;
    for (std::size_t i = 0; i < data.n; ++i)
      for (std::size_t j = 0; j < 15; ++j)
        same += data.label[near.indices[i * 15 + j]] == data.label[i];
    EXPECT_GE(static_cast<double>(same), 0.995 * 15 * 1500);
    // Neither collapsed to points nor torn to dust: neighbours lie at a distance
    // that is small beside the map and large beside nothing.
    std::vector<float> x;
    for (std::size_t i = 0; i < data.n; ++i) x.push_back(layout.layout[2 * i]);
    const auto [low, high] = std::minmax_element(x.begin(), x.end());
    double mean = 0;
    for (std::size_t i = 0; i < data.n; ++i)
      mean += static_cast<double>(near.distances[i * 15 + 14]);
    mean /= static_cast<double>(data.n);
    EXPECT_GT(*high - *low, 8.0f);
    EXPECT_LT(*high - *low, 60.0f);
    EXPECT_GT(mean, 0.05);
    EXPECT_LT(mean, 1.0);
  }
}

TEST(Umap, SameBitsForAnyThreads) {
  const Data data = roll(3000);
  umap::Options options;
  options.epochs = 50;
  const auto one = layout_of(data, options, 1), one_spectral = layout_of(data, options, 1, true);
  for (const unsigned threads : {2u, 7u})
    for (const bool spectral : {false, true}) {
      const auto other = layout_of(data, options, threads, spectral);
      const auto& wanted = spectral ? one_spectral.layout : one.layout;
      EXPECT_EQ(std::memcmp(wanted.data(), other.layout.data(), wanted.size() * sizeof(float)), 0);
    }
  options.seed = 1;
  EXPECT_NE(layout_of(data, options, 1).layout, one.layout);
}

TEST(Umap, InstructionSetsGiveLayoutsOfOneQuality) {
  const Data data = roll(1500);
  const double best = trustworthiness(data, layout_of(data).layout, 2, 15);
  set_instruction_set(InstructionSet::plain);
  const double plain = trustworthiness(data, layout_of(data).layout, 2, 15);
  umap::Options one_epoch;
  one_epoch.epochs = 1;
  const auto first_plain = layout_of(data, one_epoch);
  set_instruction_set(best_instruction_set());
  EXPECT_NEAR(plain, best, 0.005);
  const auto first = layout_of(data, one_epoch);
  for (std::size_t at = 0; at < first.layout.size(); ++at)
    ASSERT_NEAR(first.layout[at], first_plain.layout[at], 1e-3);
}

TEST(Umap, AnyNumberOfDimensionsAndNegatives) {
  const Data data = roll(600);
  for (const std::uint32_t components : {1u, 3u, 5u, 16u}) {
    umap::Options options;
    options.n_components = components;
    options.epochs = 100;
    const auto layout = layout_of(data, options, 1);  // two given, the others random
    ASSERT_EQ(layout.layout.size(), 600 * components);
    if (components > 1) {
      EXPECT_GE(trustworthiness(data, layout.layout, components, 15), 0.95) << components;
    }
    EXPECT_EQ(layout_of(data, options, 1, true).n_components, components);
  }
  double previous = 0;
  for (const std::uint32_t negatives : {0u, 2u, 5u, 20u}) {
    umap::Options options;
    options.negative_samples = negatives;
    options.epochs = 200;
    const auto layout = layout_of(data, options).layout;
    // More repulsion, wider map.
    double spread = 0;
    for (const float x : layout) spread += std::abs(static_cast<double>(x) - layout[0]);
    EXPECT_GT(spread, previous) << negatives;
    previous = spread;
  }
}

TEST(Umap, FewPointsAndNoEdges) {
  for (const std::uint32_t n : {0u, 1u, 2u, 5u}) {
    Graph graph;
    graph.n_nodes = n;
    graph.offsets.assign(n + 1, 0);
    const auto result = umap::compute(graph, {}, 0, {}, {});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->layout.size(), 2 * n);
    for (const float x : result->layout) EXPECT_TRUE(std::isfinite(x));
  }
  const Graph pair{2, {0, 1, 2}, {1, 0}, {1, 1}};
  const auto result = *umap::compute(pair, std::vector<float>{0, 0, 0, 0}, 2, {}, {});
  for (const float x : result.layout) EXPECT_TRUE(std::isfinite(x));
}

TEST(Umap, RefusesWrongArguments) {
  const Graph pair{2, {0, 1, 2}, {1, 0}, {1, 1}};
  const std::vector<float> start{0, 0, 1, 1};
  const auto code = [&](const umap::Options& options) {
    const auto result = umap::compute(pair, start, 2, options, {});
    EXPECT_FALSE(result);
    EXPECT_FALSE(result.error().message.zh.empty());
    return result.error().code;
  };
  umap::Options options;
  options.spread = 0;
  EXPECT_EQ(code(options), ErrorCode::usage);
  options = {};
  options.min_dist = 4;
  EXPECT_EQ(code(options), ErrorCode::usage);
  for (const std::uint32_t components : {0u, 17u}) {
    options = {};
    options.n_components = components;
    EXPECT_EQ(code(options), ErrorCode::usage);
  }
  EXPECT_EQ(umap::compute(pair, std::vector<float>{0, 0, 1, std::nanf("")}, 2, {}, {}).error().code,
            ErrorCode::cannot_answer);
  EXPECT_EQ(umap::compute(pair, start, 3, {}, {}).error().code, ErrorCode::internal);
}

TEST(Umap, StopsWhenCancelled) {
  CancellationToken token;
  token.cancel();
  Context context;
  context.cancellation = &token;
  const Data data = blobs(500, 3);
  EXPECT_EQ(umap::compute(data.graph, data.initial, 2, {}, context).error().code,
            ErrorCode::cancelled);
  EXPECT_EQ(umap::compute(data.graph, {}, 0, {}, context).error().code, ErrorCode::cancelled);
}

Graph ring(std::uint32_t n, bool closed) {
  Graph graph;
  graph.n_nodes = n;
  graph.offsets.push_back(0);
  for (std::uint32_t i = 0; i < n; ++i) {
    std::vector<std::uint32_t> row;
    if (i > 0 || closed) row.push_back((i + n - 1) % n);
    if (i + 1 < n || closed) row.push_back((i + 1) % n);
    std::sort(row.begin(), row.end());
    graph.indices.insert(graph.indices.end(), row.begin(), row.end());
    graph.offsets.push_back(graph.indices.size());
  }
  graph.weights.assign(graph.indices.size(), 1.0f);
  return graph;
}

TEST(SpectralLayout, ARingIsACircleAndAPathIsInOrder) {
  const auto circle = *umap::spectral_layout(ring(60, true), 2, 0, {});
  // cos and sin of one frequency, at any turn: each is scaled to reach ±radius.
  for (std::uint32_t i = 0; i < 60; ++i) {
    const double x = circle[2 * i], y = circle[2 * i + 1];
    EXPECT_NEAR(std::hypot(x, y), std::sqrt(60.0), 0.05 * std::sqrt(60.0));
  }
  const auto path = *umap::spectral_layout(ring(40, false), 1, 0, {});
  const bool rising = path[39] > path[0];
  for (std::uint32_t i = 1; i < 39; ++i) EXPECT_EQ(path[i + 1] > path[i], rising) << i;
}

TEST(SpectralLayout, SeparateComponentsDoNotOverlap) {
  Graph both = ring(50, true);
  const Graph small = ring(20, true);
  for (const std::uint64_t o : small.offsets)
    if (o > 0) both.offsets.push_back(o + both.indices.size());
  for (const std::uint32_t j : small.indices) both.indices.push_back(j + 50);
  both.weights.resize(both.indices.size(), 1.0f);
  both.n_nodes = 71;  // and a node without edges
  both.offsets.push_back(both.offsets.back());
  const auto layout = *umap::spectral_layout(both, 2, 0, {});
  double nearest = std::numeric_limits<double>::infinity();
  for (std::uint32_t i = 0; i < 50; ++i)
    for (std::uint32_t j = 50; j < 71; ++j)
      nearest =
          std::min(nearest, std::hypot(static_cast<double>(layout[2 * i]) - layout[2 * j],
                                       static_cast<double>(layout[2 * i + 1]) - layout[2 * j + 1]));
  EXPECT_GT(nearest, 0.5);
}

}  // namespace
}  // namespace celloquy
