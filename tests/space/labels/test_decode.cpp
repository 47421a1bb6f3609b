// What decoding is for: offsets, near labels, data of one kind, rare kinds.

#include <gtest/gtest.h>

#include "generated_labels.hpp"
#include "test_stats_matrices.hpp"

namespace celloquy::space {
namespace {

using test::GeneratedLabels;

/// Six labels, two of them near each other, one of no cell.
test::LabelPlan diverse() { return {{300, 250, 200, 150, 100, 0}, {1}}; }

TEST(DecodeLabels, CellsAreWhatTheyAreOf) {
  const GeneratedLabels data(diverse());
  const auto decoding = *data.decode();
  EXPECT_TRUE(test::are_probabilities(decoding));
  EXPECT_GT(data.accuracy(decoding.probability), 0.97);
  EXPECT_NEAR(decoding.scale, GeneratedLabels::scale, 0.03);
}

TEST(DecodeLabels, AShiftOfAllScoresChangesNoLabel) {
  GeneratedLabels data(diverse());
  const auto before = *data.decode();
  for (const double by : {0.15, -0.3}) {
    for (std::size_t l = 0; l < data.n_labels(); ++l) data.shift(l, by);
    const auto after = *data.decode();
    std::size_t changed = 0;
    for (std::size_t cell = 0; cell < data.n_cells(); ++cell)
      changed += data.best(before.probability, cell) != data.best(after.probability, cell);
    EXPECT_LE(changed, data.n_cells() / 200) << by;
  }
}

TEST(DecodeLabels, AnOffsetOfEachLabelIsFound) {
  GeneratedLabels data(diverse());
  const std::vector<double> by{0.12, -0.12, 0.05, -0.1, 0.1, -0.05};
  for (std::size_t l = 0; l < by.size(); ++l) data.shift(l, by[l]);
  EXPECT_LT(data.accuracy(data.scores.values), 0.8);  // the best score alone misleads
  const auto decoding = *data.decode();
  EXPECT_GT(data.accuracy(decoding.probability), 0.95);
  for (std::size_t l = 0; l < 5; ++l) EXPECT_NEAR(decoding.offset[l], by[l], 0.06) << l;
}

TEST(DecodeLabels, DataOfOneKindStayOfOneKind) {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const GeneratedLabels data({{0, 400, 0, 0, 0}, {2}, 0.04, seed});
    EXPECT_GT(data.accuracy(data.decode()->probability), 0.95) << seed;
  }
}

TEST(DecodeLabels, ThePairsSayWhereTheBorderFollowedTheData) {
  const GeneratedLabels two_kinds({{300, 300, 0}, {1}}), one_kind({{600, 0, 0}, {1}});
  const auto followed = [](const Decoding& decoding) {
    for (const auto& pair : decoding.pairs) {
      EXPECT_LT(pair.first, pair.second);
      EXPECT_GE(pair.n_cells, 15);
      if (pair.first == 0 && pair.second == 1) return pair.followed;
    }
    ADD_FAILURE() << "no pair of labels 0 and 1";
    return -1.0;
  };
  EXPECT_GT(followed(*two_kinds.decode()), 0.99);
  // One kind: noise spreads it a little over the distance at which borders start to follow.
  EXPECT_LT(followed(*one_kind.decode()), 0.05);
}

TEST(DecodeLabels, TenCellsOfAKindAmongFiveThousandSurviveSmoothing) {
  // Of their 15 neighbours at least six are of another kind.
  for (const std::uint64_t seed : {1u, 2u}) {
    const GeneratedLabels data({{2000, 1990, 1000, 10, 0}, {1}, 0.04, seed});
    const auto decoding = *data.decode();
    std::size_t found = 0, false_ones = 0;
    for (std::size_t cell = 0; cell < data.n_cells(); ++cell)
      if (data.best(decoding.probability, cell) == 3) ++(data.kind[cell] == 3 ? found : false_ones);
    EXPECT_GE(found, 9u) << seed;
    EXPECT_LE(false_ones, 5u) << seed;
  }
}

TEST(DecodeLabels, SameBitsForAnyNumberOfThreads) {
  // More cells than the offset is estimated on and than the mixtures take singly.
  const GeneratedLabels data({{9000, 7000, 5000, 1000}, {1}, 0.06});
  const auto results =
      test::with_threads([&](const Context& context) { return *data.decode({}, context); });
  for (const std::size_t other : {1, 2}) {
    EXPECT_TRUE(test::same_bits(results[0].probability, results[other].probability));
    EXPECT_TRUE(test::same_bits(results[0].offset, results[other].offset));
    EXPECT_EQ(results[0].scale, results[other].scale);
    ASSERT_EQ(results[0].pairs.size(), results[other].pairs.size());
    for (std::size_t i = 0; i < results[0].pairs.size(); ++i) {
      EXPECT_EQ(results[0].pairs[i].n_cells, results[other].pairs[i].n_cells);
      EXPECT_EQ(results[0].pairs[i].spread, results[other].pairs[i].spread);
    }
  }
  EXPECT_GT(data.accuracy(results[0].probability), 0.9);
  EXPECT_NEAR(results[0].scale, GeneratedLabels::scale, 0.03);
}

TEST(DecodeLabels, NeighboursOfTheirKindMakeNoisyCellsClear) {
  GeneratedLabels data({{300, 300, 300}, {1}, 0.1});
  const std::size_t k = data.neighbors.n_neighbors;
  for (std::size_t cell = 0; cell < data.n_cells(); ++cell) {
    RandomStream random(9, cell);
    for (std::size_t i = 0; i < k; ++i)
      data.neighbors.indices[cell * k + i] =
          static_cast<std::uint32_t>(300 * data.kind[cell] + random.below(300));
  }
  const auto without = *decode_labels(data.scores, data.cosines, nullptr, {}, {});
  const double smoothed = data.accuracy(data.decode()->probability);
  EXPECT_GT(smoothed, data.accuracy(without.probability) + 0.05);
  EXPECT_GT(smoothed, 0.95);
  EXPECT_TRUE(test::same_bits(without.probability, data.decode({.smoothing = 0})->probability));
}

TEST(DecodeLabels, FewCellsAreNotSmoothed) {
  const GeneratedLabels data({{20, 20, 19}, {}});
  const auto without = *decode_labels(data.scores, data.cosines, nullptr, {}, {});
  EXPECT_TRUE(test::same_bits(without.probability, data.decode()->probability));
  EXPECT_FALSE(
      test::same_bits(without.probability, data.decode({.fewest_for_smoothing = 59})->probability));
}

}  // namespace
}  // namespace celloquy::space
