#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <limits>

#include "base/instruction_set.hpp"
#include "cells_by_definition.hpp"
#include "space/cells/score.hpp"

namespace celloquy::space {
namespace {

using test::SpaceData;

TextWeights some_texts(const SpaceData& data, std::size_t n_texts, std::uint64_t seed = 5) {
  TextWeights texts{n_texts, data.n_space(),
                    test::random_weights(n_texts * data.n_space(), seed, true)};
  for (std::size_t t = 0; t < n_texts; ++t)  // of different lengths
    for (std::size_t g = 0; g < texts.n_genes; ++g)
      texts.values[t * texts.n_genes + g] *= static_cast<float>(1 + t % 7);
  return texts;
}

/// Largest distance from the cosines by definition.
double error_of(const DenseBlock& scores, const SpaceData& data, const TextWeights& texts) {
  double worst = 0;
  for (std::size_t cell = 0; cell < data.dense.n_cells; ++cell) {
    const auto z = test::z_of(data, cell);
    for (std::size_t t = 0; t < texts.n_texts; ++t) {
      const float* w = texts.values.data() + t * texts.n_genes;
      const double cosine = test::dot(z, w) / (test::length(z) * test::length(w, texts.n_genes));
      worst = std::max(worst, std::abs(scores.values[cell * texts.n_texts + t] - cosine));
    }
  }
  return worst;
}

TEST(ScoreCells, AreTheCosinesByDefinitionWithin1e6) {
  const SpaceData data(150, 700, 900);
  for (const std::size_t n_texts : {1, 16, 17, 70}) {
    const auto texts = some_texts(data, n_texts);
    const auto scores = score_cells(data.view(), data.standardization, texts, {});
    ASSERT_TRUE(scores) << scores.error().message.en;
    ASSERT_EQ(scores->n_rows, 150u);
    ASSERT_EQ(scores->n_columns, n_texts);
    EXPECT_LT(error_of(*scores, data, texts), 1e-6);
  }
}

TEST(ScoreCells, CellsWithThousandsOfGenesWithin1e6) {
  // Enough genes for several segments of rows, narrow and wide.
  const SpaceData data(40, 6000, 5500, 3, 1.5);
  for (const std::size_t n_texts : {40, 140}) {
    const auto texts = some_texts(data, n_texts);
    EXPECT_LT(error_of(*score_cells(data.view(), data.standardization, texts, {}), data, texts),
              1e-6);
  }
}

TEST(ScoreCells, OfEveryStorageTypeAndOfValuesThatAreLogsAlready) {
  SpaceData data(90, 300, 400);
  const auto texts = some_texts(data, 9);
  const auto expected = *score_cells(data.view(), data.standardization, texts, {});
  data.matrix = test::stored_as<std::uint16_t>(data.dense);
  EXPECT_TRUE(test::same_bits(expected.values,
                              score_cells(data.view(), data.standardization, texts, {})->values));
  data.matrix = test::stored_as<std::uint32_t>(data.dense);
  EXPECT_TRUE(test::same_bits(expected.values,
                              score_cells(data.view(), data.standardization, texts, {})->values));
  auto logs = data.dense;
  for (std::size_t cell = 0; cell < 90; ++cell)
    for (std::size_t g = 0; g < 300; ++g) logs.at(cell, g) = data.x(cell, g);
  const auto matrix = test::stored_as<float>(logs);
  const Normalization identity;
  const auto scores =
      score_cells(ExpressionView{&matrix, &identity}, data.standardization, texts, {});
  ASSERT_TRUE(scores);
  EXPECT_LT(error_of(*scores, data, texts), 1e-6);
}

TEST(ScoreCells, OfEveryInstructionSetAndWidthWithin1e6) {
  const SpaceData data(70, 400, 500);
  for (const auto set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512}) {
    if (set > best_instruction_set()) continue;
    set_instruction_set(set);
    // All numbers of registers a row, a full tile, and two or three of them.
    for (const std::size_t n_texts : {5, 16, 30, 47, 50, 80, 90, 100, 127, 128, 129, 300}) {
      const auto texts = some_texts(data, n_texts);
      EXPECT_LT(error_of(*score_cells(data.view(), data.standardization, texts, {}), data, texts),
                1e-6)
          << name(set) << " " << n_texts;
    }
  }
  set_instruction_set(best_instruction_set());
}

TEST(ScoreCells, SameBitsForAnyNumberOfThreads) {
  const SpaceData data(700, 300, 400);
  const auto texts = some_texts(data, 70);
  const auto results = test::with_threads([&](const Context& context) {
    return score_cells(data.view(), data.standardization, texts, context)->values;
  });
  EXPECT_TRUE(test::same_bits(results[0], results[1]));
  EXPECT_TRUE(test::same_bits(results[0], results[2]));
}

TEST(ScoreCells, ACellsScoresDoNotDependOnItsNeighbours) {
  const SpaceData data(200, 300, 400);
  const auto texts = some_texts(data, 5);
  const auto all = *score_cells(data.view(), data.standardization, texts, {});
  const std::vector<std::uint32_t> some{3, 70, 71, 199};
  const CountMatrix matrix(*subset(data.matrix.by_cell(), some, {}, {}));
  Normalization logs;
  logs.kind = data.logs.kind;
  for (const auto cell : some) logs.scale.push_back(data.logs.scale[cell]);
  const auto few = *score_cells({&matrix, &logs}, data.standardization, texts, {});
  for (std::size_t i = 0; i < some.size(); ++i)
    for (std::size_t t = 0; t < 5; ++t)
      EXPECT_EQ(few.values[i * 5 + t], all.values[some[i] * 5 + t]);
}

TEST(ScoreCells, AreNeverNaN) {
  SpaceData data(60, 200, 300);
  auto texts = some_texts(data, 4);
  for (std::size_t g = 0; g < texts.n_genes; ++g) texts.values[2 * texts.n_genes + g] = 0;
  // The empty cell has z0 everywhere; without a centre it has no direction at all.
  for (const bool centred : {true, false}) {
    if (!centred) std::fill_n(data.standardization.centre.begin(), data.n_space(), 0.0f);
    const auto scores = *score_cells(data.view(), data.standardization, texts, {});
    for (const float score : scores.values) {
      ASSERT_TRUE(std::isfinite(score));
      ASSERT_LE(std::abs(score), 1 + 1e-6);
    }
    for (std::size_t cell = 0; cell < 60; ++cell) EXPECT_EQ(scores.values[cell * 4 + 2], 0);
    for (const std::size_t t : {0, 1, 3}) {
      if (centred)
        EXPECT_NE(scores.values[30 * 4 + t], 0);
      else
        EXPECT_EQ(scores.values[30 * 4 + t], 0);
    }
  }
}

TEST(ScoreCells, DependOnTheDirectionOfATextAlone) {
  const SpaceData data(40, 200, 300);
  const auto texts = some_texts(data, 3);
  const auto expected = *score_cells(data.view(), data.standardization, texts, {});
  for (const float length : {1e-40f, 1e-30f, 1e30f}) {
    auto scaled = texts;
    for (auto& weight : scaled.values) weight *= length;
    const auto scores = *score_cells(data.view(), data.standardization, scaled, {});
    // Numbers about 1e-40 have few digits left.
    for (std::size_t i = 0; i < scores.values.size(); ++i)
      ASSERT_NEAR(scores.values[i], expected.values[i], length < 1e-35f ? 1e-4 : 1e-6) << length;
  }
}

TEST(ScoreCells, ACellAtTheCentreHasNoDirection) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SpaceData data(5, 200, 300, seed);
    for (std::size_t g = 0; g < 200; ++g) data.dense.at(1, g) = 1;
    data.rebuild();
    for (std::size_t g = 0; g < 200; ++g)
      if (const auto at = data.standardization.space_gene[g]; at >= 0)
        data.standardization.centre[static_cast<std::size_t>(at)] =
            static_cast<float>(data.x(1, g));
    // Squares of very different sizes, so that their sums in two orders differ.
    for (std::size_t g = 0; g < 300; g += 2)
      data.standardization.inverse_scale[g] *=
          static_cast<float>(std::pow(10.0, -0.5 * static_cast<double>(g % 13)));
    const auto norms = *cell_norms(data.view(), data.standardization, {});
    EXPECT_EQ(norms[1], 0);
    EXPECT_GT(norms[0], 1.0f);
    const auto scores = *score_cells(data.view(), data.standardization, some_texts(data, 3), {});
    for (std::size_t t = 0; t < 3; ++t) EXPECT_EQ(scores.values[3 + t], 0);
  }
}

TEST(ScoreCells, ASingleGeneCannotDecideAlone) {
  SpaceData data(4, 100, 100);
  data.dense.at(0, 0) = 250;
  data.rebuild();
  const auto gene = static_cast<std::size_t>(data.standardization.space_gene[0]);
  data.standardization.inverse_scale[gene] = 6;  // unclipped: 6 · ln(…) above 30
  const auto z = test::z_of(data, 0);
  ASSERT_EQ(z[gene], 8);
  const auto texts = some_texts(data, 3);
  EXPECT_LT(error_of(*score_cells(data.view(), data.standardization, texts, {}), data, texts),
            1e-6);
}

TEST(CellNorms, AreTheLengthsByDefinition) {
  const SpaceData data(150, 700, 900);
  const auto norms = cell_norms(data.view(), data.standardization, {});
  ASSERT_TRUE(norms);
  for (std::size_t cell = 0; cell < 150; ++cell) {
    const double expected = test::length(test::z_of(data, cell));
    EXPECT_NEAR((*norms)[cell], expected, 2e-6 * expected);
  }
}

TEST(ScoreCells, RefusesWhatCannotBeScored) {
  SpaceData data(20, 50, 60);
  const auto texts = some_texts(data, 2);
  const auto code = [&](const Standardization& s, const TextWeights& t) {
    const auto scores = score_cells(data.view(), s, t, {});
    return scores ? 0 : static_cast<int>(scores.error().code);
  };
  EXPECT_EQ(code(data.standardization, texts), 0);

  auto unknown = data.standardization;
  std::fill(unknown.space_gene.begin(), unknown.space_gene.end(), -1);
  const auto refused = score_cells(data.view(), unknown, texts, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::cannot_answer);
  EXPECT_NE(refused.error().message.en.find("None of the 50 gene names"), std::string::npos);
  EXPECT_NE(refused.error().message.zh.find("50"), std::string::npos);
  EXPECT_FALSE(refused.error().remedy.en.empty());

  auto twice = data.standardization;
  twice.space_gene[1] = twice.space_gene[0];
  EXPECT_EQ(code(twice, texts), 1);
  auto far = data.standardization;
  far.space_gene[1] = 60;
  EXPECT_EQ(code(far, texts), 1);
  auto not_a_number = data.standardization;
  not_a_number.centre[0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(code(not_a_number, texts), 1);
  auto bad = texts;
  bad.values[7] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(code(data.standardization, bad), 1);
  bad = texts;
  bad.values.pop_back();
  EXPECT_EQ(code(data.standardization, bad), 1);
  EXPECT_EQ(code(data.standardization, some_texts(SpaceData(5, 20, 61), 2)), 1);
  EXPECT_EQ(code(data.standardization, {std::size_t{1} << 40, 60, {}}), 4);
  auto one_short = data.logs;
  one_short.scale[3] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(score_cells({&data.matrix, &one_short}, data.standardization, texts, {}).error().code,
            ErrorCode::unusable_input);
  one_short.scale.pop_back();
  one_short.scale[3] = 1;
  EXPECT_EQ(score_cells({&data.matrix, &one_short}, data.standardization, texts, {}).error().code,
            ErrorCode::internal);
}

TEST(ScoreCells, RefusesValuesThatAreNotNumbersOrBelowZero) {
  SpaceData data(20, 50, 60);
  const auto texts = some_texts(data, 2);
  auto broken = data.dense;
  broken.at(3, 4) = std::numeric_limits<double>::quiet_NaN();
  data.matrix = test::stored_as<float>(broken);
  EXPECT_EQ(score_cells(data.view(), data.standardization, texts, {}).error().code,
            ErrorCode::unusable_input);
  broken.at(3, 4) = -2;
  data.matrix = test::stored_as<float>(broken);
  const auto refused = score_cells(data.view(), data.standardization, texts, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unusable_input);
  EXPECT_NE(refused.error().message.en.find("below zero"), std::string::npos);
}

class Sink : public ProgressSink {
 public:
  void report(std::string_view, double fraction) override {
    ++reports;
    EXPECT_GE(fraction, 0);
    EXPECT_LE(fraction, 1);
    if (cancel_at && reports == *cancel_at) token.cancel();
  }
  int reports = 0;
  std::optional<int> cancel_at;
  CancellationToken token;
};

TEST(ScoreCells, ReportsAndStops) {
  const SpaceData data(900, 100, 120);
  const auto texts = some_texts(data, 3);
  Sink sink;
  Context context;
  context.progress = &sink;
  context.cancellation = &sink.token;
  ASSERT_TRUE(score_cells(data.view(), data.standardization, texts, context));
  EXPECT_GT(sink.reports, 2);
  sink.reports = 0;
  sink.cancel_at = 2;
  const auto stopped = score_cells(data.view(), data.standardization, texts, context);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
  EXPECT_EQ(sink.reports, 2);
}

}  // namespace
}  // namespace celloquy::space
