#include "training/optimizer.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::training {
namespace {

TEST(RateFactor, RisesThenFallsToNothing) {
  EXPECT_DOUBLE_EQ(rate_factor(0, 1000, 100), 0.01);
  EXPECT_DOUBLE_EQ(rate_factor(99, 1000, 100), 1);
  EXPECT_DOUBLE_EQ(rate_factor(100, 1000, 100), 1);
  EXPECT_NEAR(rate_factor(550, 1000, 100), 0.5, 1e-12);
  EXPECT_LT(rate_factor(999, 1000, 100), 1e-5);
  EXPECT_DOUBLE_EQ(rate_factor(0, 10, 0), 1);
  EXPECT_DOUBLE_EQ(rate_factor(4, 5, 60), 1) << "a run shorter than its warm-up";
}

/// AdamW as in the paper's algorithm 2, a number at a time in double precision.
TEST(Optimizer, FollowsThePaper) {
  const ParameterLayout layout({3, 2, 2}, {2, 2, 2});
  OptimizerOptions options;
  options.warm_up = 2;
  RandomStream random(1);
  std::vector<float> parameters(layout.size()), gradient(layout.size());
  std::vector<double> expected, m(layout.size()), v(layout.size());
  for (auto& p : parameters) p = static_cast<float>(random.normal());
  expected.assign(parameters.begin(), parameters.end());
  Moments moments;
  constexpr std::size_t steps = 20;
  for (std::size_t step = 0; step < steps; ++step) {
    for (auto& g : gradient) g = static_cast<float>(random.normal() * 0.1);
    update(layout, options, step, steps, gradient, parameters, moments, {});
    for (const auto& group : layout.groups()) {
      const double rate = group.rate == Rate::matrix ? 2e-4 : 1e-3;
      const double eta = rate * rate_factor(step, steps, options.warm_up);
      for (std::size_t i = group.offset; i < group.offset + group.size(); ++i) {
        m[i] = 0.9 * m[i] + 0.1 * gradient[i];
        v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i];
        const double m_hat = m[i] / (1 - std::pow(0.9, step + 1)),
                     v_hat = v[i] / (1 - std::pow(0.999, step + 1));
        expected[i] -= eta * (m_hat / (std::sqrt(v_hat) + 1e-8) +
                              (group.decays ? options.weight_decay * expected[i] : 0));
      }
    }
  }
  for (std::size_t i = 0; i < parameters.size(); ++i)
    EXPECT_NEAR(parameters[i], expected[i], 2e-6 * (1 + std::abs(expected[i]))) << i;
}

TEST(Optimizer, DecaysWeightsButNotBiases) {
  const ParameterLayout layout({3, 2, 2}, {2, 2, 2});
  OptimizerOptions options;
  options.warm_up = 0;
  std::vector<float> parameters(layout.size(), 1.0f), gradient(layout.size(), 0.0f);
  Moments moments;
  update(layout, options, 0, 10, gradient, parameters, moments, {});
  for (const auto& group : layout.groups())
    for (std::size_t i = group.offset; i < group.offset + group.size(); ++i) {
      if (group.decays)
        EXPECT_LT(parameters[i], 1) << group.name;
      else
        EXPECT_EQ(parameters[i], 1) << group.name;
    }
}

TEST(Optimizer, HasTheSameBitsForAnyNumberOfThreads) {
  const ParameterLayout layout({3000, 64, 32}, {40, 64, 32});
  std::vector<float> gradient(layout.size()), one(layout.size());
  RandomStream random(2);
  for (auto& g : gradient) g = static_cast<float>(random.normal());
  auto several = one;
  Moments a, b;
  ThreadPool pool(3);
  Context context;
  context.threads = &pool;
  for (std::size_t step = 0; step < 3; ++step) {
    update(layout, {}, step, 10, gradient, one, a, {});
    update(layout, {}, step, 10, gradient, several, b, context);
  }
  EXPECT_EQ(one, several);
  EXPECT_EQ(a.second, b.second);
}

}  // namespace
}  // namespace celloquy::training
