#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "analysis/neighbors/neighbors.hpp"
#include "base/instruction_set.hpp"
#include "base/random.hpp"
#include "base/thread_pool.hpp"

namespace celloquy {
namespace {

std::vector<float> gaussian(std::size_t n, std::size_t d, std::uint64_t seed) {
  std::vector<float> points(n * d);
  for (std::size_t i = 0; i < n; ++i) {
    RandomStream random(seed, i);
    const double shift = static_cast<double>(random.below(5)) * 6;
    for (std::size_t k = 0; k < d; ++k)
      points[i * d + k] = static_cast<float>(shift / static_cast<double>(1 + k) + random.normal());
  }
  return points;
}

/// Every distance in double, sorted by (distance, index).
neighbors::Result by_definition(const std::vector<float>& points, std::size_t n, std::size_t d,
                                std::uint32_t k) {
  neighbors::Result result{static_cast<std::uint32_t>(n), k, {}, {}};
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<std::pair<double, std::uint32_t>> all;
    for (std::size_t j = 0; j < n; ++j) {
      if (j == i) continue;
      double sum = 0;
      for (std::size_t c = 0; c < d; ++c) {
        const double x = static_cast<double>(points[i * d + c]) - points[j * d + c];
        sum += x * x;
      }
      all.emplace_back(sum, static_cast<std::uint32_t>(j));
    }
    std::sort(all.begin(), all.end());
    for (std::uint32_t j = 0; j < k; ++j) {
      result.indices.push_back(all[j].second);
      result.distances.push_back(static_cast<float>(std::sqrt(all[j].first)));
    }
  }
  return result;
}

neighbors::Result find(const std::vector<float>& points, std::size_t n, std::size_t d,
                       std::uint32_t k, neighbors::Method method = neighbors::Method::automatic,
                       unsigned threads = 2) {
  ThreadPool pool(threads);
  Context context;
  context.threads = &pool;
  neighbors::Options options;
  options.n_neighbors = k;
  options.method = method;
  auto result = neighbors::compute(points, n, d, options, context);
  EXPECT_TRUE(result) << result.error().message.en;
  return result ? *std::move(result) : neighbors::Result{};
}

double recall(const neighbors::Result& found, const neighbors::Result& truth) {
  std::size_t hits = 0;
  const std::size_t k = truth.n_neighbors;
  for (std::size_t i = 0; i < truth.n_points; ++i)
    for (std::size_t j = 0; j < k; ++j)
      hits += std::find(found.indices.begin() + static_cast<std::ptrdiff_t>(i * k),
                        found.indices.begin() + static_cast<std::ptrdiff_t>((i + 1) * k),
                        truth.indices[i * k + j]) !=
              found.indices.begin() + static_cast<std::ptrdiff_t>((i + 1) * k);
  return static_cast<double>(hits) / static_cast<double>(truth.n_points * k);
}

TEST(Neighbors, EqualTheDefinitionInManyShapes) {
  for (const std::size_t n : {2u, 3u, 7u, 191u, 192u, 193u, 400u, 1000u})
    for (const std::size_t d : {1u, 2u, 15u, 16u, 50u}) {
      const auto k = static_cast<std::uint32_t>(std::min<std::size_t>(15, n - 1));
      const auto points = gaussian(n, d, n + d);
      const auto truth = by_definition(points, n, d, k);
      const auto found = find(points, n, d, 15);
      ASSERT_EQ(found.n_neighbors, k);
      // In one dimension float distances of different pairs can tie by rounding.
      if (d > 1) {
        EXPECT_EQ(found.indices, truth.indices) << n << " points, " << d << " dimensions";
      }
      for (std::size_t at = 0; at < truth.distances.size(); ++at)
        ASSERT_NEAR(found.distances[at], truth.distances[at], 1e-6 * (1 + truth.distances[at]));
    }
}

TEST(Neighbors, TiesAreBrokenByIndex) {
  // A grid: many equal distances, all exact in float.
  std::vector<float> points;
  for (int x = 0; x < 25; ++x)
    for (int y = 0; y < 25; ++y) {
      points.push_back(static_cast<float>(x));
      points.push_back(static_cast<float>(y));
    }
  EXPECT_EQ(find(points, 625, 2, 9).indices, by_definition(points, 625, 2, 9).indices);
  EXPECT_EQ(find(points, 625, 2, 9, neighbors::Method::inverted_lists).n_neighbors, 9u);
}

TEST(Neighbors, DuplicatePointsHaveDistanceZeroAndNeverThemselves) {
  auto points = gaussian(300, 10, 3);
  for (std::size_t i = 100; i < 200; ++i)
    std::copy_n(points.begin(), 10, points.begin() + static_cast<std::ptrdiff_t>(i * 10));
  // Far from the origin the norm identity alone would lose these zeros.
  for (float& x : points) x += 5000.0f;
  const auto found = find(points, 300, 10, 15);
  EXPECT_EQ(found.indices, by_definition(points, 300, 10, 15).indices);
  for (std::size_t i = 100; i < 200; ++i)
    for (std::size_t j = 0; j < 15; ++j) {
      EXPECT_EQ(found.distances[i * 15 + j], 0.0f);
      EXPECT_NE(found.indices[i * 15 + j], i);
    }
  EXPECT_EQ(found.indices[0], 100u);

  const std::vector<float> equal(500 * 3, 1.5f);
  const auto all_equal = find(equal, 500, 3, 4);
  EXPECT_EQ(all_equal.indices[0], 1u);
  EXPECT_EQ(all_equal.indices[4 * 499], 0u);
  EXPECT_EQ(*std::max_element(all_equal.distances.begin(), all_equal.distances.end()), 0.0f);
}

TEST(Neighbors, FewPoints) {
  EXPECT_EQ(find({1, 2, 3, 4}, 2, 2, 15).indices, (std::vector<std::uint32_t>{1, 0}));
  const auto one = find({1, 2}, 1, 2, 15);
  EXPECT_EQ(one.n_points, 1u);
  EXPECT_EQ(one.n_neighbors, 0u);
  EXPECT_TRUE(one.indices.empty());
  EXPECT_EQ(find({}, 0, 2, 15).n_points, 0u);
}

TEST(Neighbors, RefusesWhatIsNotFinite) {
  for (const float bad : {std::nanf(""), INFINITY}) {
    auto points = gaussian(50, 4, 1);
    points[33 * 4 + 2] = bad;
    const auto result = neighbors::compute(points, 50, 4, {}, {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::cannot_answer);
    EXPECT_NE(result.error().message.en.find("34"), std::string::npos);
    EXPECT_NE(result.error().message.zh.find("34"), std::string::npos);
    EXPECT_FALSE(result.error().remedy.empty());
  }
  EXPECT_EQ(neighbors::compute({}, 5, 0, {}, {}).error().code, ErrorCode::cannot_answer);
  EXPECT_EQ(neighbors::compute(std::vector<float>(7), 2, 2, {}, {}).error().code,
            ErrorCode::internal);
}

TEST(Neighbors, VeryLargeAndVerySmallCoordinates) {
  const auto points = gaussian(300, 5, 4);
  const auto truth = find(points, 300, 5, 6);
  for (const float scale : {0x1p110f, 0x1p-100f}) {
    auto scaled = points;
    for (float& x : scaled) x *= scale;
    const auto found = find(scaled, 300, 5, 6);
    EXPECT_EQ(found.indices, truth.indices);
    EXPECT_FLOAT_EQ(found.distances[0], truth.distances[0] * scale);
  }
}

TEST(Neighbors, SameBitsForAnyThreads) {
  const auto points = gaussian(5000, 20, 5);
  for (const auto method : {neighbors::Method::exact, neighbors::Method::inverted_lists}) {
    const auto one = find(points, 5000, 20, 15, method, 1);
    for (const unsigned threads : {2u, 7u}) {
      const auto other = find(points, 5000, 20, 15, method, threads);
      EXPECT_EQ(one.indices, other.indices);
      EXPECT_EQ(std::memcmp(one.distances.data(), other.distances.data(),
                            one.distances.size() * sizeof(float)),
                0);
    }
  }
}

TEST(Neighbors, InstructionSetsAgree) {
  const auto points = gaussian(2000, 50, 6);
  const auto best = find(points, 2000, 50, 15);
  for (const auto set : {InstructionSet::plain, InstructionSet::avx2}) {
    set_instruction_set(set);
    const auto found = find(points, 2000, 50, 15);
    EXPECT_EQ(found.indices, best.indices) << name(set);
    for (std::size_t at = 0; at < best.distances.size(); ++at)
      ASSERT_NEAR(found.distances[at], best.distances[at], 1e-5 * best.distances[at]);
    EXPECT_GT(recall(find(points, 2000, 50, 15, neighbors::Method::inverted_lists), best), 0.98);
  }
  set_instruction_set(best_instruction_set());
}

TEST(Neighbors, ListsFindAtLeast99PercentOf70000Points) {
  // A curved sheet with noise in twelve dimensions: no clusters that would make it easy.
  const std::size_t n = 70000, d = 12;
  std::vector<float> points(n * d);
  for (std::size_t i = 0; i < n; ++i) {
    RandomStream random(7, i);
    const double t = random.uniform() * 6, u = random.uniform();
    for (std::size_t k = 0; k < d; ++k) {
      const auto axis = static_cast<double>(k);
      points[i * d + k] =
          static_cast<float>(15 * std::sin(t * (1 + 0.35 * axis)) / (1 + axis / 2) +
                             6 * u * std::cos(t + axis) / (1 + axis / 2) + random.normal());
    }
  }
  const auto found = find(points, n, d, 15);
  const auto truth = find(points, n, d, 15, neighbors::Method::exact);
  EXPECT_GE(recall(found, truth), 0.99);
  EXPECT_LT(recall(found, truth), 1.0);  // else the lists were not used
  EXPECT_EQ(recall(find(points, n, d, 15, neighbors::Method::exact), truth), 1.0);
}

TEST(Neighbors, ListsWithOneProbeStillGiveEveryPointItsNeighbors) {
  const auto points = gaussian(900, 3, 8);
  neighbors::Options options;
  options.n_neighbors = 40;  // more than a list holds
  options.method = neighbors::Method::inverted_lists;
  options.probes = 1;
  const auto result = neighbors::compute(points, 900, 3, options, {});
  ASSERT_TRUE(result);
  for (std::size_t i = 0; i < 900; ++i) {
    std::vector<std::uint32_t> row(
        result->indices.begin() + static_cast<std::ptrdiff_t>(i * 40),
        result->indices.begin() + static_cast<std::ptrdiff_t>((i + 1) * 40));
    std::sort(row.begin(), row.end());
    EXPECT_EQ(std::unique(row.begin(), row.end()), row.end());
    EXPECT_LT(row.back(), 900u);
  }
}

TEST(Neighbors, StopsWhenCancelled) {
  CancellationToken token;
  token.cancel();
  Context context;
  context.cancellation = &token;
  const auto points = gaussian(3000, 10, 9);
  for (const auto method : {neighbors::Method::exact, neighbors::Method::inverted_lists}) {
    neighbors::Options options;
    options.method = method;
    const auto result = neighbors::compute(points, 3000, 10, options, context);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::cancelled);
  }
}

}  // namespace
}  // namespace celloquy
