#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.hpp"
#include "space/labels/mixture.hpp"

namespace celloquy::space {
namespace {

struct Moments {
  double mean = 0, deviation = 0;
};
Moments moments(const std::vector<WeightedPoint>& points) {
  double weight = 0, sum = 0, squares = 0;
  for (const auto& p : points) weight += p.weight, sum += p.weight * p.position;
  const double mean = sum / weight;
  for (const auto& p : points) squares += p.weight * (std::pow(p.position - mean, 2) + p.variance);
  return {mean, std::sqrt(squares / weight)};
}
TwoGroups groups_of(const std::vector<WeightedPoint>& points) {
  const auto m = moments(points);
  return two_groups(points, m.mean, m.deviation);
}

/// 30 % around 5, the others around 2.
std::vector<WeightedPoint> two_kinds(std::size_t n, double deviation) {
  std::vector<WeightedPoint> points;
  for (std::size_t i = 0; i < n; ++i) {
    RandomStream random(3, i);
    points.push_back({1, (i % 10 < 3 ? 5 : 2) + deviation * random.normal(), 0});
  }
  return points;
}

TEST(Logistic, IsExactInTheMiddleAndSafeAtTheEnds) {
  EXPECT_EQ(logistic(0), 0.5);
  EXPECT_NEAR(logistic(2), 1 / (1 + std::exp(-2.0)), 1e-16);
  EXPECT_NEAR(logistic(-2), 1 / (1 + std::exp(2.0)), 1e-16);
  EXPECT_EQ(logistic(1e6), 1);
  EXPECT_EQ(logistic(-1e6), 0);
  EXPECT_NEAR(logistic(-700) / std::exp(-700.0), 1, 1e-12);  // not lost beside 1
}

TEST(TwoGroups, AreFoundWhereTheyAre) {
  const auto groups = groups_of(two_kinds(4000, 0.5));
  EXPECT_NEAR(groups.low, 2, 0.03);
  EXPECT_NEAR(groups.high, 5, 0.05);
  EXPECT_NEAR(groups.variance, 0.25, 0.02);
  EXPECT_NEAR(groups.share_high, 0.3, 0.01);
  EXPECT_NEAR(groups.gap(), 6, 0.2);
  // Where 0.7·N(2) = 0.3·N(5): 3.5 + 0.25/3 · ln(7/3).
  EXPECT_NEAR(groups.border(), 3.5 + 0.25 / 3 * std::log(7.0 / 3), 0.03);
}

TEST(TwoGroups, MirroredPointsGiveMirroredGroups) {
  auto points = two_kinds(500, 0.8);
  const auto groups = groups_of(points);
  for (auto& point : points) point.position = -point.position;
  const auto mirrored = groups_of(points);
  EXPECT_NEAR(mirrored.low, -groups.high, 1e-9);
  EXPECT_NEAR(mirrored.share_high, 1 - groups.share_high, 1e-9);
  EXPECT_NEAR(mirrored.border(), -groups.border(), 1e-9);
}

TEST(TwoGroups, AWeightCountsAsSoManyPoints) {
  auto once = two_kinds(300, 0.7), repeated = once;
  for (std::size_t i = 0; i < once.size(); ++i)
    if (i % 4 == 0) once[i].weight = 2, repeated.push_back(repeated[i]);
  const auto a = groups_of(once), b = groups_of(repeated);
  EXPECT_NEAR(a.low, b.low, 1e-9);
  EXPECT_NEAR(a.high, b.high, 1e-9);
  EXPECT_NEAR(a.variance, b.variance, 1e-9);
  EXPECT_NEAR(a.share_high, b.share_high, 1e-9);
}

TEST(TwoGroups, PointsThatLieTogetherMayBeOneWithTheirVariance) {
  const auto points = two_kinds(4000, 0.5);
  std::vector<WeightedPoint> bins(900, {0, 0, 0});
  for (const auto& p : points) {
    auto& bin = bins.at(static_cast<std::size_t>((p.position + 1) / 0.01));
    bin.weight += 1;
    bin.position += p.position;
    bin.variance += p.position * p.position;
  }
  std::erase_if(bins, [](const auto& bin) { return bin.weight == 0; });
  for (auto& bin : bins) {
    bin.position /= bin.weight;
    bin.variance = bin.variance / bin.weight - bin.position * bin.position;
  }
  ASSERT_LT(bins.size(), points.size() / 4);
  const auto exact = groups_of(points), binned = groups_of(bins);
  EXPECT_NEAR(binned.low, exact.low, 1e-4);
  EXPECT_NEAR(binned.high, exact.high, 1e-4);
  EXPECT_NEAR(binned.variance, exact.variance, 1e-4);
  EXPECT_NEAR(binned.share_high, exact.share_high, 1e-4);
}

TEST(TwoGroups, TheBorderOfUnlikeSharesStaysBetweenTheMeans) {
  // Nearly everything is one group: the point of equal odds lies far outside.
  const TwoGroups groups{0, 1, 4, 0.98};
  EXPECT_EQ(groups.border(), 0.5);
}

TEST(TwoGroups, OfTwoSingleValuesHaveNoVarianceButAFiniteGap) {
  std::vector<WeightedPoint> points;
  for (int i = 0; i < 40; ++i) points.push_back({1, i % 2 ? 1.0 : -1.0, 0});
  const auto groups = groups_of(points);
  EXPECT_NEAR(groups.low, -1, 1e-9);
  EXPECT_NEAR(groups.high, 1, 1e-9);
  EXPECT_TRUE(std::isfinite(groups.gap()));
  EXPECT_GT(groups.gap(), 1000);
}

}  // namespace
}  // namespace celloquy::space
