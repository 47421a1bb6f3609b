#include <gtest/gtest.h>

#include <cmath>

#include "analysis/normalize/normalize.hpp"
#include "analysis/statistics/log1p.hpp"

namespace celloquy {
namespace {

TEST(Normalize, FactorsReachTheTarget) {
  const std::vector<double> totals = {5000, 0, 20000, 12345};
  const auto normalization = normalize::compute(totals, {});
  EXPECT_EQ(normalization.kind, Normalization::Kind::log1p);
  EXPECT_EQ(normalization.scale[1], 0.0f);
  for (const std::size_t i : {0, 2, 3}) EXPECT_NEAR(normalization.scale[i] * totals[i], 1e4, 1e-2);
}

TEST(Normalize, MedianOfCellsWithCounts) {
  normalize::Options options;
  options.target_sum = 0;
  options.log1p = false;
  const auto odd = normalize::compute({10, 0, 30, 20}, options);
  EXPECT_EQ(odd.kind, Normalization::Kind::normalized);
  EXPECT_FLOAT_EQ(odd.scale[0], 2.0f);
  EXPECT_FLOAT_EQ(normalize::compute({10, 40, 20, 30}, options).scale[0], 2.5f);
  EXPECT_FLOAT_EQ(normalize::compute({0, 0}, options).scale[0], 0.0f);
}

TEST(Normalize, LogarithmOfArraysInEveryInstructionSet) {
  std::vector<float> values = {0, 1e-30f, 1e-8f, 1e-3f, 0.4142135f, 0.5f, 1, 9999.5f, 3e8f, -0.5f};
  for (int i = 0; i < 5000; ++i) values.push_back(static_cast<float>(std::exp(0.005 * i - 12)));
  for (const auto set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512}) {
    set_instruction_set(set);
    auto logs = values;
    statistics::log1p_in_place(logs.data(), logs.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double exact = std::log1p(static_cast<double>(values[i]));
      EXPECT_NEAR(logs[i], exact, 2.5e-7 * std::abs(exact)) << values[i] << " " << name(set);
    }
  }
  set_instruction_set(best_instruction_set());
}

}  // namespace
}  // namespace celloquy
