// Against the same step written plainly in numpy (tests/parity/make_labels_reference.py).

#include <gtest/gtest.h>

#include <cmath>

#include "reference.hpp"
#include "space/labels/decode.hpp"

namespace celloquy::space {
namespace {

/// The constants of the script; the formulas are compared, not the defaults.
constexpr DecodeOptions script{.offset_weight = 1.0, .spread_low = 0.20, .spread_high = 0.28};

class DecodeParity : public testing::TestWithParam<const char*> {};

TEST_P(DecodeParity, OffsetAndScaleWithin1e6ProbabilitiesWithin1e4) {
  const std::string set = GetParam();
  const auto array = [&](const char* what) { return set + "_" + what; };
  const auto expected =
      parity::reference<double>("labels", array("offset_and_scale"));  // b, then k
  ASSERT_GT(expected.size(), 1u);
  const std::size_t n_labels = expected.size() - 1;
  DenseBlock scores;
  scores.values = parity::reference<float>("labels", array("scores"));
  scores.n_columns = n_labels;
  scores.n_rows = scores.values.size() / n_labels;
  neighbors::Result neighbors;
  neighbors.indices = parity::reference<std::uint32_t>("labels", array("neighbors"));
  neighbors.n_points = static_cast<std::uint32_t>(scores.n_rows);
  neighbors.n_neighbors = static_cast<std::uint32_t>(neighbors.indices.size() / scores.n_rows);
  const auto decoding = decode_labels(scores, parity::reference<float>("labels", array("cosines")),
                                      &neighbors, script, {});
  ASSERT_TRUE(decoding) << decoding.error().message.en;

  EXPECT_NEAR(decoding->scale, expected.back(), 1e-6);
  ASSERT_EQ(decoding->offset.size(), n_labels);
  for (std::size_t l = 0; l < n_labels; ++l)
    EXPECT_NEAR(decoding->offset[l], expected[l], 1e-6) << l;
  const auto probability = parity::reference<float>("labels", array("probability"));
  ASSERT_EQ(decoding->probability.size(), probability.size());
  double worst = 0;
  for (std::size_t i = 0; i < probability.size(); ++i)
    worst =
        std::max(worst, static_cast<double>(std::abs(decoding->probability[i] - probability[i])));
  EXPECT_LT(worst, 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Sets, DecodeParity,
                         testing::Values("diverse", "one_kind", "few", "many_cells"),
                         [](const auto& set) { return std::string(set.param); });

}  // namespace
}  // namespace celloquy::space
