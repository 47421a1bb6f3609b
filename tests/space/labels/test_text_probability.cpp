#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "space/labels/text_probability.hpp"

namespace celloquy::space {
namespace {

// Two types and two cells: the first cell is surely the first type, the second the other.
const std::vector<float> sure{1, 0, 0, 1};

TEST(FitOfTypes, IsRelativeToTheBestAndFullForKinds) {
  const std::vector<float> cosines{0.2f, 0.4f, -0.3f, 0.1f};
  const std::vector<std::uint8_t> kinds{0, 0, 0, 1};
  const auto fit = fit_of_types(cosines, kinds);
  EXPECT_FLOAT_EQ(fit[0], 0.25f) << "squared";
  EXPECT_FLOAT_EQ(fit[1], 1.0f);
  EXPECT_FLOAT_EQ(fit[2], 0.0f) << "a text that is the contrary of a type does not fit it";
  EXPECT_FLOAT_EQ(fit[3], 1.0f);
}

TEST(FitOfTypes, IsNothingWhereNoTypeIsNear) {
  const std::vector<float> cosines{-0.2f, 0.0f};
  const std::vector<std::uint8_t> kinds{0, 0};
  for (const float one : fit_of_types(cosines, kinds)) EXPECT_EQ(one, 0.0f);
}

TEST(TextProbability, IsHighForCellsOfFittingTypesOnly) {
  const std::vector<float> fit{1.0f, 0.3f};
  const auto p = text_probability(sure, fit, 1.0);
  EXPECT_GT(p[0], 0.85f);
  EXPECT_LT(p[1], 0.05f);
}

TEST(TextProbability, AddsUpOverTypesThatFitAlike) {
  // A cell that may be either of two fitting types is what the text says.
  const std::vector<float> undecided{0.5f, 0.5f};
  const std::vector<float> fit{1.0f, 1.0f};
  EXPECT_GT(text_probability(undecided, fit, 1.0)[0], 0.85f);
  const std::vector<float> only_one{1.0f, 0.0f};
  EXPECT_LT(text_probability(undecided, only_one, 1.0)[0], 0.5f);
}

TEST(TextProbability, IsZeroForWhatIsLikeNothingKnown) {
  const std::vector<float> fit{1.0f, 0.3f};
  const TextProbabilityOptions options;
  for (const float p : text_probability(sure, fit, options.unknown)) EXPECT_EQ(p, 0.0f);
  const auto half = text_probability(sure, fit, (options.unknown + options.known) / 2);
  EXPECT_NEAR(half[0], text_probability(sure, fit, options.known)[0] / 2, 1e-6);
}

}  // namespace
}  // namespace celloquy::space
