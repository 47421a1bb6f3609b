// Many labels, hardly any data, useless data, mistakes, and being stopped.

#include <gtest/gtest.h>

#include <limits>

#include "base/thread_pool.hpp"
#include "generated_labels.hpp"
#include "test_stats_matrices.hpp"

namespace celloquy::space {
namespace {

using test::GeneratedLabels;

float probability(const Decoding& decoding, std::size_t cell, std::size_t label) {
  return decoding.probability[cell * decoding.n_labels + label];
}

TEST(DecodeLimits, OfManyLabelsThoseNearSomeCellsAreKept) {
  test::LabelPlan plan{std::vector<std::size_t>(150, 0), {}};
  for (const std::size_t label : {7, 70, 140}) plan.n_cells[label] = 100;
  const GeneratedLabels data(plan);
  for (const std::size_t most : {10, 3}) {
    const auto decoding = *data.decode({.most_labels = most});
    ASSERT_TRUE(test::are_probabilities(decoding));
    std::size_t used = 0;
    for (std::size_t l = 0; l < 150; ++l) {
      const bool kept = probability(decoding, 0, l) > 0;
      used += kept;
      EXPECT_EQ(kept, decoding.offset[l] != 0) << l;
    }
    EXPECT_LE(used, most);
    for (const std::size_t label : {7, 70, 140}) EXPECT_GT(probability(decoding, 0, label), 0);
    EXPECT_GT(data.accuracy(decoding.probability), 0.95);
    for (const auto& pair : decoding.pairs) {
      EXPECT_GT(probability(decoding, 0, pair.first), 0);
      EXPECT_GT(probability(decoding, 0, pair.second), 0);
    }
  }
  // As many labels as may be: all are paired.
  const auto all = *data.decode({.most_labels = 150});
  EXPECT_GT(*std::min_element(all.probability.begin(), all.probability.end()), 0);
}

TEST(DecodeLimits, ALabelOfThreeCellsIsKeptOneOfTwoIsNot) {
  // Labels with scores of their own only; 0 to 2 are everybody's best three.
  const std::size_t n_cells = 100, n_labels = 12;
  DenseBlock scores{n_cells, n_labels, std::vector<float>(n_cells * n_labels, 0.01f)};
  std::vector<float> cosines(n_labels * n_labels, 0.0f);
  for (std::size_t l = 0; l < n_labels; ++l) cosines[l * n_labels + l] = 1;
  for (std::size_t cell = 0; cell < n_cells; ++cell)
    for (std::size_t l = 0; l < 3; ++l) scores.values[cell * n_labels + l] = 0.1f;
  for (const std::size_t cell : {10, 20, 30}) scores.values[cell * n_labels + 8] = 0.4f;
  for (const std::size_t cell : {40, 50}) scores.values[cell * n_labels + 9] = 0.4f;
  const auto decoding = *decode_labels(scores, cosines, nullptr, {.most_labels = 11}, {});
  EXPECT_TRUE(test::are_probabilities(decoding));
  EXPECT_GT(probability(decoding, 10, 8), 0.5);
  EXPECT_EQ(probability(decoding, 40, 9), 0);
  // Data too few to be smoothed: one cell is enough.
  const auto few = *decode_labels(scores, cosines, nullptr,
                                  {.fewest_for_smoothing = 101, .most_labels = 11}, {});
  EXPECT_GT(probability(few, 40, 9), 0.5);
}

TEST(DecodeLimits, MoreLabelsThanCellsToTellThemBy) {
  for (const std::size_t n_cells : {1, 2, 5}) {
    test::LabelPlan plan{std::vector<std::size_t>(100, 0), {}};
    for (std::size_t i = 0; i < n_cells; ++i) plan.n_cells[i * 7] = 1;
    const GeneratedLabels data(plan);
    const auto decoding = data.decode();
    ASSERT_TRUE(decoding);
    EXPECT_TRUE(test::are_probabilities(*decoding));
  }
}

TEST(DecodeLimits, OneLabelIsEveryCells) {
  const GeneratedLabels data({{80}, {}});
  const auto decoding = *data.decode();
  for (const float p : decoding.probability) EXPECT_EQ(p, 1);
  EXPECT_TRUE(decoding.pairs.empty());
  EXPECT_TRUE(std::isfinite(decoding.scale));
}

TEST(DecodeLimits, NoLabelAndNoCellAreNoMistake) {
  const auto no_label = decode_labels({5, 0, {}}, {}, nullptr, {}, {});
  ASSERT_TRUE(no_label);
  EXPECT_TRUE(no_label->probability.empty());
  const std::vector<float> cosines{1, 0, 0, 1};
  const auto no_cell = decode_labels({0, 2, {}}, cosines, nullptr, {}, {});
  ASSERT_TRUE(no_cell);
  EXPECT_EQ(no_cell->offset.size(), 2u);
}

TEST(DecodeLimits, OneCellIsWhatItIsOf) {
  const GeneratedLabels data({{0, 1, 0}, {}, 0.01});
  const auto decoding = *data.decode();
  EXPECT_TRUE(test::are_probabilities(decoding));
  EXPECT_EQ(data.best(decoding.probability, 0), 1u);
}

TEST(DecodeLimits, TheSameLabelTwiceHasEqualShares) {
  const GeneratedLabels one({{200, 150, 100}, {}});
  // Labels 0, 1, 2, and 1 again.
  DenseBlock scores{one.n_cells(), 4, {}};
  std::vector<float> cosines;
  for (std::size_t cell = 0; cell < one.n_cells(); ++cell)
    for (const std::size_t l : {0, 1, 2, 1})
      scores.values.push_back(one.scores.values[cell * 3 + l]);
  for (const std::size_t a : {0, 1, 2, 1})
    for (const std::size_t b : {0, 1, 2, 1}) cosines.push_back(one.cosines[a * 3 + b]);
  const auto decoding = *decode_labels(scores, cosines, &one.neighbors, {}, {});
  ASSERT_TRUE(test::are_probabilities(decoding));
  for (std::size_t cell = 0; cell < one.n_cells(); ++cell) {
    EXPECT_NEAR(probability(decoding, cell, 1), probability(decoding, cell, 3), 1e-5);
    if (one.kind[cell] == 1) {
      EXPECT_GT(probability(decoding, cell, 1), 0.3);
    }
  }
}

TEST(DecodeLimits, ScoresThatSayNothingGiveFiniteProbabilities) {
  const GeneratedLabels data({{100, 100, 100}, {1}});
  std::vector<float> identity{1, 0, 0, 0, 1, 0, 0, 0, 1}, opposites{1, -1, -1, 1};
  for (const float score : {0.0f, 0.3f, -0.3f}) {
    const DenseBlock equal{300, 3, std::vector<float>(900, score)};
    const auto general = *decode_labels(equal, data.cosines, &data.neighbors, {}, {});
    EXPECT_TRUE(test::are_probabilities(general)) << score;
    const auto symmetric = *decode_labels(equal, identity, &data.neighbors, {}, {});
    for (const float p : symmetric.probability) EXPECT_NEAR(p, 1.0 / 3, 1e-5) << score;
    const DenseBlock two{300, 2, std::vector<float>(600, score)};
    EXPECT_TRUE(test::are_probabilities(*decode_labels(two, opposites, nullptr, {}, {}))) << score;
  }
  // Texts that no gene of the data speaks of: all scores 0, and cosines with them too.
  const DenseBlock nothing{300, 3, std::vector<float>(900, 0.0f)};
  const std::vector<float> no_cosines(9, 0.0f);
  EXPECT_TRUE(test::are_probabilities(*decode_labels(nothing, no_cosines, nullptr, {}, {})));
}

TEST(DecodeLimits, LabelsThatAreOppositesAreToldApart) {
  DenseBlock scores{200, 2, {}};
  for (std::size_t i = 0; i < 200; ++i) {
    RandomStream random(8, i);
    const auto x = static_cast<float>((i < 120 ? 0.2 : -0.2) + 0.03 * random.normal());
    scores.values.push_back(x);
    scores.values.push_back(-x);
  }
  const std::vector<float> cosines{1, -1, -1, 1};
  const auto decoding = *decode_labels(scores, cosines, nullptr, {}, {});
  EXPECT_TRUE(test::are_probabilities(decoding));
  for (std::size_t i = 0; i < 200; ++i) EXPECT_EQ(probability(decoding, i, 0) > 0.5, i < 120) << i;
}

TEST(DecodeLimits, MistakesOfTheCallerAreSaid) {
  const GeneratedLabels data({{40, 40, 40}, {}});
  const auto code = [](const Expected<Decoding>& result) {
    return result ? 0 : static_cast<int>(result.error().code);
  };
  const int internal = static_cast<int>(ErrorCode::internal);
  const auto decode = [&](const DenseBlock& scores, const std::vector<float>& cosines,
                          const neighbors::Result& neighbors) {
    return code(decode_labels(scores, cosines, &neighbors, {}, {}));
  };
  EXPECT_EQ(decode(data.scores, data.cosines, data.neighbors), 0);
  for (const float wrong : {std::numeric_limits<float>::quiet_NaN(), HUGE_VALF}) {
    auto scores = data.scores;
    scores.values[77] = wrong;
    EXPECT_EQ(decode(scores, data.cosines, data.neighbors), internal);
    auto cosines = data.cosines;
    cosines[4] = wrong;
    EXPECT_EQ(decode(data.scores, cosines, data.neighbors), internal);
  }
  auto cosines = data.cosines;
  cosines.pop_back();
  EXPECT_EQ(decode(data.scores, cosines, data.neighbors), internal);
  EXPECT_EQ(decode(data.scores, {1, 5, 5, 5, 1, 5, 5, 5, 1}, data.neighbors), internal);
  auto scores = data.scores;
  scores.values.pop_back();
  EXPECT_EQ(decode(scores, data.cosines, data.neighbors), internal);
  auto neighbors = data.neighbors;
  neighbors.indices[5] = 120;
  EXPECT_EQ(decode(data.scores, data.cosines, neighbors), internal);
  neighbors = data.neighbors;
  --neighbors.n_points;
  EXPECT_EQ(decode(data.scores, data.cosines, neighbors), internal);
}

class Progress : public ProgressSink {
 public:
  explicit Progress(double stop_at = 2) : stop_at_(stop_at) {}
  void report(std::string_view step, double fraction) override {
    EXPECT_EQ(step, "decode_labels");
    EXPECT_GE(fraction, last);
    EXPECT_LE(fraction, 1);
    last = fraction;
    if (fraction >= stop_at_) token.cancel();
  }
  double last = 0;
  CancellationToken token;

 private:
  double stop_at_;
};

TEST(DecodeLimits, ReportsProgressAndStopsAtAnyPointOfIt) {
  const GeneratedLabels data({{100, 100, 100, 100}, {1}});
  for (const double stop_at : {2.0, 0.01, 0.3, 0.5, 0.6, 0.8, 0.95}) {
    ThreadPool pool(2);
    Progress progress(stop_at);
    const Context context{&pool, &progress.token, &progress};
    const auto decoding = data.decode({}, context);
    if (stop_at > 1) {
      EXPECT_TRUE(decoding);
      EXPECT_GT(progress.last, 0.8);
    } else {
      ASSERT_FALSE(decoding) << stop_at;
      EXPECT_EQ(decoding.error().code, ErrorCode::cancelled);
    }
  }
  CancellationToken before;
  before.cancel();
  const Context context{nullptr, &before};
  EXPECT_FALSE(data.decode({}, context));
}

}  // namespace
}  // namespace celloquy::space
