// The gradient that was derived by hand, against central differences in double
// precision: every number of every group.

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "base/thread_pool.hpp"
#include "training/objective.hpp"

namespace celloquy::training {
namespace {

template <class Real>
struct Problem {
  ParameterLayout layout{{23, 7, 9}, {11, 7, 5}};
  std::vector<Real> parameters;
  TowerInput<Real> cells, texts;
  std::vector<Real> dense_cells, dense_texts;
  std::vector<float> weights;
  std::size_t rows = 0;

  Problem(std::size_t dense, std::size_t sparse, std::uint64_t seed) : rows(dense + sparse) {
    RandomStream random(seed);
    parameters.resize(layout.size());
    for (auto& p : parameters) p = static_cast<Real>(random.normal() * 0.5);
    parameters[layout.log_scale()] = static_cast<Real>(0.8);
    dense_cells.resize(dense * 23);
    for (auto& x : dense_cells) x = static_cast<Real>(random.normal());
    dense_texts.resize(rows * 11);
    for (auto& x : dense_texts) x = static_cast<Real>(random.normal());
    for (std::size_t r = 0; r < sparse; ++r) {
      for (std::uint32_t column = 0; column < 23; ++column)
        if (random.uniform() < 0.3) {
          cells.columns.push_back(column);
          cells.values.push_back(static_cast<Real>(random.normal()));
        }
      cells.offsets.push_back(cells.columns.size());
    }
    cells.dense_rows = dense;
    cells.dense = dense_cells.data();
    texts.dense_rows = rows;
    texts.dense = dense_texts.data();
    weights.assign(rows * rows, 0.0f);
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j <= i; ++j) {
        const double u = random.uniform();
        const float w = i == j ? 1.5f : u < 0.1 ? 1.0f : u < 0.3 ? 0.3f : 0.0f;
        weights[i * rows + j] = weights[j * rows + i] = w;
      }
  }
  Problem(const Problem&) = delete;

  double loss(const std::vector<Real>& at, std::vector<Real>& gradient,
              const Context& context = {}) const {
    ObjectivePass<Real> pass;
    auto alone = one_process();
    return evaluate(layout, at, cells, texts, weights, *alone, pass, gradient, context).loss;
  }
};

void compare_with_differences(const Problem<double>& problem) {
  std::vector<double> gradient, ignored;
  problem.loss(problem.parameters, gradient);
  for (const auto& group : problem.layout.groups()) {
    double largest = 0, difference = 0;
    for (std::size_t i = group.offset; i < group.offset + group.size(); ++i) {
      constexpr double step = 1e-5;
      auto moved = problem.parameters;
      moved[i] += step;
      const double above = problem.loss(moved, ignored);
      moved[i] -= 2 * step;
      const double below = problem.loss(moved, ignored);
      const double expected = (above - below) / (2 * step);
      largest = std::max(largest, std::abs(expected));
      difference = std::max(difference, std::abs(expected - gradient[i]));
    }
    EXPECT_GT(largest, 1e-4) << group.name << " has no gradient to compare";
    EXPECT_LT(difference, 1e-8 * (1 + largest)) << group.name << ", largest " << largest;
  }
}

TEST(Gradient, EqualsCentralDifferencesForProfilesAndSets) {
  compare_with_differences(Problem<double>(6, 5, 1));
}
TEST(Gradient, EqualsCentralDifferencesForProfilesAlone) {
  compare_with_differences(Problem<double>(9, 0, 2));
}
TEST(Gradient, EqualsCentralDifferencesForSetsAlone) {
  compare_with_differences(Problem<double>(0, 8, 3));
}
TEST(Gradient, EqualsCentralDifferencesOverSeveralBlocksOfRows) {
  compare_with_differences(Problem<double>(61, 70, 4));
}

TEST(Gradient, InSinglePrecisionIsThatOfDoublePrecision) {
  Problem<double> exact(70, 65, 5);
  Problem<float> single(70, 65, 5);
  std::vector<double> expected;
  std::vector<float> found;
  const double loss = exact.loss(exact.parameters, expected);
  EXPECT_NEAR(single.loss(single.parameters, found), loss, 1e-6 * loss);
  for (const auto& group : exact.layout.groups()) {
    double square = 0, difference = 0;
    for (std::size_t i = group.offset; i < group.offset + group.size(); ++i) {
      square += expected[i] * expected[i];
      difference += (found[i] - expected[i]) * (found[i] - expected[i]);
    }
    EXPECT_LT(std::sqrt(difference), 2e-5 * std::sqrt(square)) << group.name;
  }
}

TEST(Gradient, HasTheSameBitsForAnyNumberOfThreads) {
  const Problem<float> problem(150, 140, 6);
  std::vector<float> one, several;
  const double loss = problem.loss(problem.parameters, one);
  for (const unsigned threads : {2u, 3u, 8u}) {
    ThreadPool pool(threads);
    Context context;
    context.threads = &pool;
    EXPECT_EQ(problem.loss(problem.parameters, several, context), loss);
    EXPECT_EQ(one, several) << threads << " threads";
  }
}

TEST(Gradient, ARowOfZerosHarmsNothing) {
  Problem<float> problem(4, 0, 7);
  for (auto& p : problem.parameters) p = 0;  // every y is 0
  std::vector<float> gradient;
  EXPECT_TRUE(std::isfinite(problem.loss(problem.parameters, gradient)));
  for (const float g : gradient) EXPECT_TRUE(std::isfinite(g));
}

TEST(ContrastiveLoss, IsTheEntropyOfTheTargetsAtItsBest) {
  // Two pairs that are alike and one that is not: vectors that say just that, at
  // a high scale, leave the uncertainty between the two only.
  const std::vector<double> vectors = {1, 0, 1, 0, 0, 1};
  const std::vector<float> weights = {1, 1, 0, 1, 1, 0, 0, 0, 1};
  LossPass<double> pass;
  const auto result =
      contrastive_loss(3, 2, vectors.data(), vectors.data(), 6.0, weights.data(), pass, {});
  EXPECT_NEAR(result.loss, 2.0 / 3 * std::log(2), 1e-9);
  EXPECT_EQ(result.cells_to_texts, 1);
  EXPECT_EQ(result.texts_to_cells, 1);
  for (const double g : pass.d_cells) EXPECT_NEAR(g, 0, 1e-9);
}

TEST(ContrastiveLoss, CountsARowAsFoundWhenItsNearestBelongsToIt) {
  // Texts 0 and 1 are swapped; a weight below 1 is a resemblance, not an answer.
  const std::vector<float> cells = {1, 0, 0, 0, 1, 0, 0, 0, 1}, texts = {0, 1, 0, 1, 0, 0, 0, 0, 1};
  LossPass<float> pass;
  std::vector<float> weights = {1.5f, 0.3f, 0, 0.3f, 1.5f, 0, 0, 0, 1.5f};
  EXPECT_NEAR(contrastive_loss(3, 3, cells.data(), texts.data(), 1.0, weights.data(), pass, {})
                  .cells_to_texts,
              1.0 / 3, 1e-12);
  weights[1] = weights[3] = 1;
  EXPECT_EQ(contrastive_loss(3, 3, cells.data(), texts.data(), 1.0, weights.data(), pass, {})
                .cells_to_texts,
            1);
}

}  // namespace
}  // namespace celloquy::training
