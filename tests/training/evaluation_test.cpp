// The measures of celloquy eval, on inputs whose results can be worked out by hand.

#include <gtest/gtest.h>

#include <cmath>

#include "synthetic_pairs.hpp"
#include "training/evaluation/bulk.hpp"
#include "training/evaluation/cells.hpp"
#include "training/evaluation/gene_sets.hpp"
#include "training/evaluation/presence.hpp"
#include "training/evaluation/queries.hpp"
#include "training/evaluation/tower_route.hpp"

namespace celloquy::training {
namespace {

TEST(Measures, AreaUnderTheCurveCountsTiesByHalf) {
  const std::vector<float> score = {0.1f, 0.4f, 0.35f, 0.8f};
  EXPECT_DOUBLE_EQ(auroc(score, std::vector<std::uint8_t>{0, 0, 1, 1}), 0.75);
  EXPECT_DOUBLE_EQ(auroc(score, std::vector<std::uint8_t>{1, 0, 1, 0}), 0.0);
  EXPECT_DOUBLE_EQ(auroc(std::vector<float>{1, 1, 1}, std::vector<std::uint8_t>{1, 0, 0}), 0.5);
  EXPECT_TRUE(std::isnan(auroc(score, std::vector<std::uint8_t>{1, 1, 1, 1})));
}

TEST(Measures, CalibrationErrorIsTheMeanDistanceOfBins) {
  const std::vector<float> stated = {0.95f, 0.95f, 0.55f, 1.0f};
  const std::vector<std::uint8_t> right = {1, 0, 1, 1};
  const auto bins = reliability(stated, right);
  EXPECT_EQ(bins.bins[9].count, 3);  // 1.0 belongs to the last bin
  EXPECT_EQ(bins.bins[9].right, 2);
  EXPECT_EQ(bins.bins[5].count, 1);
  // |2.9 − 2| + |0.55 − 1|, over four.
  EXPECT_NEAR(calibration_error(stated, right), (0.9 + 0.45) / 4, 1e-6);
  auto twice = bins;
  twice += bins;
  EXPECT_EQ(twice.count(), 8);
  EXPECT_NEAR(calibration_error(twice), (0.9 + 0.45) / 4, 1e-6);
  EXPECT_EQ(calibration_error(Reliability{}), 0);
}

TEST(Measures, RanksDoNotRewardEqualScores) {
  const std::vector<float> scores = {0.3f, 0.9f, 0.3f, 0.3f, 0.1f};
  EXPECT_EQ(rank_of(scores, 1), 1u);
  EXPECT_EQ(rank_of(scores, 0), 3u);  // of ranks 2 to 4
  EXPECT_EQ(rank_of(scores, 4), 5u);
  EXPECT_EQ(rank_of(std::vector<float>(101, 0.0f), 7), 51u);
  EXPECT_NEAR(mean_reciprocal_rank(std::vector<std::size_t>{1, 2, 4}), 1.75 / 3, 1e-12);
}

TEST(Measures, IntervalsDrawWholeGroups) {
  // Within a group all values are equal: however many there are, two groups know little.
  std::vector<double> values(1000, 0.0);
  std::vector<std::size_t> group(1000, 0);
  for (std::size_t i = 500; i < 1000; ++i) values[i] = 1, group[i] = 1;
  const auto two = estimate_mean(values, group, 3);
  EXPECT_DOUBLE_EQ(two.mean, 0.5);
  EXPECT_EQ(two.low, 0);
  EXPECT_EQ(two.high, 1);
  EXPECT_EQ(two.n, 1000u);
  EXPECT_EQ(two.n_groups, 2u);
  const auto one = estimate_mean(values, std::vector<std::size_t>(1000, 0), 1);
  EXPECT_EQ(one.low, 0.5);
  EXPECT_EQ(one.high, 0.5);
  EXPECT_EQ(estimate_mean({}, {}, 4).n, 0u);
}

TEST(Measures, LabelsByCellAndByCluster) {
  space::Decoding decoded;
  decoded.n_cells = 5;
  decoded.n_labels = 2;
  decoded.probability = {0.9f, 0.1f, 0.6f, 0.4f, 0.4f, 0.6f, 0.2f, 0.8f, 0.3f, 0.7f};
  const std::vector<std::size_t> truth = {0, 0, 0, 1, 0};
  const std::vector<std::int32_t> cluster = {0, 0, 0, 1, 1};
  const auto m = measure_labels(decoded, truth, cluster);
  EXPECT_DOUBLE_EQ(m.top1, 0.6);
  EXPECT_DOUBLE_EQ(m.balanced, (0.5 + 1) / 2);
  EXPECT_DOUBLE_EQ(m.auroc, 1.0);
  EXPECT_EQ(m.n_clusters, 2u);
  // Cluster 0 is label 0 (three cells right), cluster 1 label 1 (one of two right); most
  // cells of cluster 1: a tie, which the first label wins.
  EXPECT_DOUBLE_EQ(m.cluster_top1, 0.8);
  EXPECT_DOUBLE_EQ(m.clusters_right, 0.5);
  const auto without = measure_labels(decoded, truth, {});
  EXPECT_EQ(without.n_clusters, 0u);
  EXPECT_TRUE(std::isnan(without.cluster_top1));
}

TEST(Measures, CalibrationOverSetsCountsEachFileAlike) {
  std::vector<CellTask> tasks(3);
  tasks[0].file = tasks[1].file = "a";
  tasks[2].file = "b";
  std::vector<CellAnswers> answers(3);
  answers[0].measures.reliability.bins[9] = {10, 10, 10};
  answers[1].measures.reliability.bins[9] = {990, 990, 990};
  answers[2].measures.reliability.bins[9] = {10, 10, 0};
  const auto over = calibration_over_sets(tasks, answers);
  EXPECT_DOUBLE_EQ(over.mean, 0.5);
  EXPECT_EQ(over.low, 0);
  EXPECT_EQ(over.high, 1);
  EXPECT_EQ(over.n, 1010u);
  EXPECT_EQ(over.n_groups, 2u);
}

TEST(Measures, PresenceComparesKindsOfAbsenceApart) {
  const auto answer = [](std::size_t set, Presence truth, std::size_t matches, double highest) {
    return PresenceAnswer{set, "x", truth, 0, matches, highest};
  };
  const std::vector<PresenceAnswer> answers = {
      answer(0, Presence::present, 50, 0.9),   answer(0, Presence::present, 0, 0.4),
      answer(0, Presence::absent, 0, 0.1),     answer(0, Presence::near_absent, 3, 0.6),
      answer(0, Presence::taken_out, 9, 0.95), answer(1, Presence::present, 7, 0.8),
      answer(1, Presence::absent, 0, 0.3)};
  const auto m = measure_presence(answers, 2);
  const auto at = [](Presence kind) { return static_cast<std::size_t>(kind); };
  EXPECT_DOUBLE_EQ(m.found[at(Presence::present)].mean, 2.0 / 3);
  EXPECT_EQ(m.found[at(Presence::absent)].mean, 0);
  EXPECT_EQ(m.found[at(Presence::near_absent)].mean, 1);
  EXPECT_DOUBLE_EQ(m.auroc[at(Presence::absent)].mean, 1);
  EXPECT_DOUBLE_EQ(m.auroc[at(Presence::near_absent)].mean, 2.0 / 3);
  EXPECT_DOUBLE_EQ(m.auroc[at(Presence::taken_out)].mean, 0);
  EXPECT_DOUBLE_EQ(m.auroc_matches[at(Presence::near_absent)].mean, 2.0 / 3);
  EXPECT_DOUBLE_EQ(m.auroc_matches[at(Presence::absent)].mean, (2 + 0.5 * 1) / 3);
  EXPECT_EQ(m.auroc[at(Presence::absent)].n, 2u);
}

TEST(Measures, SamplesAgainstTexts) {
  // Three samples of text 0, one of text 1.
  const std::vector<float> scores = {0.9f, 0.1f, 0.2f, 0.3f, 0.8f, 0.0f, 0.5f, 0.6f};
  const auto m = measure_bulk(scores, std::vector<std::size_t>{0, 0, 0, 1}, 2);
  EXPECT_DOUBLE_EQ(m.top1, 0.75);
  EXPECT_DOUBLE_EQ(m.balanced, (2.0 / 3 + 1) / 2);
  EXPECT_DOUBLE_EQ(m.chance, 0.75);
  EXPECT_DOUBLE_EQ(m.auroc, (2.0 / 3 + 1) / 2);
}

TEST(Towers, WhatTextsShareIsTakenOff) {
  const std::vector<float> vectors{0.6f, 0.8f, 0.8f, 0.6f};
  EXPECT_EQ(contrasted(vectors, 2, 0), vectors);
  const auto apart = contrasted(vectors, 2, 1);  // the mean is (.7, .7)
  EXPECT_NEAR(apart[0], -std::sqrt(0.5), 1e-5);
  EXPECT_NEAR(apart[1], std::sqrt(0.5), 1e-5);
  const auto cosines = products(apart, apart, 2);
  ASSERT_EQ(cosines.values.size(), 4u);
  EXPECT_NEAR(cosines.values[0], 1, 1e-5);
  EXPECT_NEAR(cosines.values[1], -1, 1e-5);
}

TEST(Measures, DiagonalRanksGoBothWays) {
  // Set 0 prefers name 1; name 0 prefers set 0.
  const std::vector<float> scores = {0.5f, 0.6f, 0.1f, 0.9f};
  EXPECT_EQ(diagonal_ranks(scores, 2, true), (std::vector<std::size_t>{2, 1}));
  EXPECT_EQ(diagonal_ranks(scores, 2, false), (std::vector<std::size_t>{1, 1}));
}

class EvaluationTasks : public ::testing::Test {
 protected:
  Expected<std::vector<CellTask>> read(const std::string& text) {
    testing_folder_file = folder / "tasks.json";
    celloquy::testing::write_file(testing_folder_file, text);
    return read_cell_tasks(testing_folder_file);
  }
  celloquy::testing::TemporaryFolder folder;
  std::filesystem::path testing_folder_file;
};

TEST_F(EvaluationTasks, TakeOverWhatTheyAreLike) {
  const auto tasks = read(R"([
    {"name": "all", "file": "a.h5ad", "column": "type", "role": "test", "labels": {"B": "B cell"}, "only": ["B"]},
    {"name": "part", "like": "all", "without": ["T"], "take": {"B": 3}}])");
  ASSERT_TRUE(tasks) << tasks.error().message.en;
  const auto& part = tasks->at(1);
  EXPECT_EQ(part.file, "a.h5ad");
  EXPECT_EQ(part.labels.at("B"), "B cell");
  EXPECT_TRUE(part.only.empty());
  EXPECT_EQ(part.without, std::vector<std::string>{"T"});
  EXPECT_EQ(part.take.at("B"), 3u);
}

TEST_F(EvaluationTasks, SayWhatIsWrong) {
  for (const char* text : {"", "{}", "[1]", R"([{"name": "x"}])", R"([{"name": "x", "like": "y"}])",
                           R"([{"file": "a", "column": "b"}])",
                           R"([{"name": "x", "file": "a", "column": "b", "labels": [1]}])"}) {
    SCOPED_TRACE(text);
    const auto tasks = read(text);
    ASSERT_FALSE(tasks);
    EXPECT_EQ(tasks.error().code, ErrorCode::unusable_input);
    EXPECT_NE(tasks.error().message.en.find("tasks.json"), std::string::npos);
  }
  read("[]");
  EXPECT_FALSE(read_presence_tasks(folder / "missing.json", {}));
  celloquy::testing::write_file(testing_folder_file, R"([{"like": "nobody"}])");
  EXPECT_FALSE(read_presence_tasks(testing_folder_file, {}));
  celloquy::testing::write_file(testing_folder_file,
                                R"([{"name": "x", "file": 3, "left_out": []}])");
  EXPECT_FALSE(read_bulk_tasks(testing_folder_file));
}

TEST_F(EvaluationTasks, MarkerListsBecomeTextsWithSigns) {
  EXPECT_EQ(marker_list_queries(folder.path())->size(), 0u);
  celloquy::testing::write_file(folder / "held_out_lists.tsv",
                                "cell_type\tname\tgenes\n"
                                "CL:0000236\tB cells\tCD79A MS4A1\n"
                                "CL:9999999\tnothing\tCD3D\n"
                                "CL:0000084\tT cells\tA B C D E F G H I J K L\n");
  const auto lists = marker_list_queries(folder.path());
  ASSERT_TRUE(lists) << lists.error().message.en;
  ASSERT_EQ(lists->size(), 2u);
  EXPECT_EQ((*lists)[0].text, "CD79A+ MS4A1+");
  EXPECT_EQ((*lists)[1].text, "A+ B+ C+ D+ E+ F+ G+ H+ I+ J+");
}

TEST_F(EvaluationTasks, ListedTermsAreThoseOfTheOntology) {
  EXPECT_TRUE(listed_terms(folder.path())->empty());
  celloquy::testing::write_file(folder / "ontology_terms.txt",
                                "CL:0000236\nCL:9999999\nCL:0000084\n");
  const auto terms = listed_terms(folder.path());
  ASSERT_TRUE(terms) << terms.error().message.en;
  EXPECT_EQ(terms->size(), 2u);
}

TEST_F(EvaluationTasks, TowersWithoutFilesAreRefused) {
  EXPECT_FALSE(TowerRoute::open(folder.path()));
}

}  // namespace
}  // namespace celloquy::training
