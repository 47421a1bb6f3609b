// correct_batches: which column, what it says, what the study then uses.

#include "fixture.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools::test {
namespace {

class Batches : public StudyTest {
 protected:
  /// Lane L2 has every fifth gene several times as high.
  void shift_lane() {
    const auto& lane = std::get<Categorical>(*sample.obs.find("lane"));
    for (std::size_t cell = 0; cell + 1 < sample.offsets.size(); ++cell) {
      if (lane.categories[static_cast<std::size_t>(lane.codes[cell])] != "L2") continue;
      for (auto i = sample.offsets[cell]; i < sample.offsets[cell + 1]; ++i)
        if (sample.indices[i] % 5 == 0)
          sample.values[i] = static_cast<std::uint8_t>(std::min(255, sample.values[i] * 4));
    }
    rewrite();
  }
  void rewrite() {
    write(folder / "cells.h5ad");
    open(true);
  }
};

TEST_F(Batches, AreBroughtTogetherAndEverythingAfterUsesIt) {
  shift_lane();
  const auto before = study->state().id;
  const auto finding = ok("correct_batches");
  EXPECT_EQ(name(finding, "field"), "lane");
  EXPECT_TRUE(says(finding, "tools.batches.by_name"));
  EXPECT_EQ(number(finding, "n_batches"), 2);
  // Neighbourhoods are larger than a kind's cells of one lane, so that one lane cannot fill them.
  EXPECT_LT(number(finding, "ilisi_before"), 1.6);
  EXPECT_GT(number(finding, "ilisi_after"), 1.8);
  EXPECT_LE(number(finding, "ilisi_after"), number(finding, "ilisi_perfect") + 0.05);
  EXPECT_NEAR(number(finding, "clisi_after"), 1, 0.1);
  EXPECT_FALSE(says(finding, "tools.batches.caveat_mixed_before"));
  EXPECT_NE(finding.code.scanpy.find("run_harmony"), std::string::npos);
  EXPECT_NE(finding.code.scanpy.find("use_rep=\"X_pca_harmony\""), std::string::npos);
  EXPECT_NE(finding.code.seurat.find("reduction = \"harmony\""), std::string::npos);
  ASSERT_EQ(finding.plots.size(), 2u);
  EXPECT_EQ(study->state().slots.at("batch"), "lane");

  // Three clusters of both lanes; without the correction lanes would split them.
  ok("recluster", {{"n_clusters", 3}});
  Pipeline pipeline(*study, context);
  const auto clusters = pipeline.cluster_grouping();
  const auto lanes = pipeline.field_grouping("lane");
  ASSERT_TRUE(clusters && lanes);
  std::vector<double> in_first(3, 0), in_all(3, 0);
  for (std::size_t i = 0; i < clusters->codes.size(); ++i) {
    const auto c = static_cast<std::size_t>(clusters->codes[i]);
    in_first.at(c) += lanes->codes[i] == 0;
    ++in_all.at(c);
  }
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(in_first[c] / in_all[c], 0.5, 0.15);
  EXPECT_NE(ok("recluster", {{"n_clusters", 3}}).method.en.find("“lane”"), std::string::npos);

  // A second time nothing changes; undo brings the plain components back.
  const auto corrected = study->state().id;
  EXPECT_TRUE(says(ok("correct_batches", {{"by", "lane"}}), "tools.batches.already"));
  EXPECT_EQ(study->state().id, corrected);
  ok("undo", {{"steps", 2}});
  EXPECT_EQ(study->state().id, before);
  EXPECT_FALSE(study->state().slots.contains("batch"));
}

TEST_F(Batches, OfAnEarlierStateAreTakenAsTheyWereThere) {
  shift_lane();
  ok("list_clusters");
  ok("correct_batches");
  ok("list_clusters");
  const auto finding = ok("compare_states");
  EXPECT_TRUE(says(finding, "tools.compare_states.clusters"));
  EXPECT_FALSE(says(finding, "tools.compare_states.same_clusters"));
}

TEST_F(Batches, ThatWereMixedAreSaidToBe) {
  const auto before = study->state().id;
  const auto measured = ok("correct_batches", {{"measure_only", true}});
  EXPECT_TRUE(says(measured, "tools.batches.mixed"));
  EXPECT_GT(number(measured, "share"), 80);
  EXPECT_EQ(study->state().id, before) << "measuring changed the study";
  EXPECT_TRUE(says(ok("correct_batches"), "tools.batches.caveat_mixed_before"));
}

TEST_F(Batches, WithinAConditionAreWarnedOf) {
  const auto finding = ok("correct_batches", {{"by", "donor"}});
  EXPECT_TRUE(says(finding, "tools.batches.caveat_nested"));
  EXPECT_EQ(name(finding, "condition"), "condition");
  EXPECT_FALSE(says(finding, "tools.batches.by_name"));
}

TEST_F(Batches, ThatAreTheConditionsThemselvesAreWarnedOf) {
  sample.obs.set("run", *sample.obs.find("condition"));
  rewrite();
  EXPECT_TRUE(says(ok("correct_batches", {{"by", "run"}, {"measure_only", true}}),
                   "tools.batches.caveat_same_split"));
  // "lane" and "run" could both be meant now.
  const auto error = refused("correct_batches", {}, ErrorCode::cannot_answer);
  EXPECT_NE(error.message.en.find("run"), std::string::npos);
  EXPECT_NE(error.message.en.find("lane"), std::string::npos);
  EXPECT_FALSE(error.remedy.en.empty());
}

TEST_F(Batches, ASubsetOfOneBatchGoesOnWithoutCorrection) {
  ok("correct_batches");
  ok("subset", {{"groups", {"L1"}}});
  EXPECT_EQ(number(ok("count_cells"), "n_total"), 135);
  EXPECT_GE(number(ok("list_clusters"), "n_clusters"), 2);
  refused("correct_batches", {{"by", "lane"}}, ErrorCode::cannot_answer);
}

TEST_F(Batches, ColumnsThatCannotBeBatchesAreRefused) {
  refused("correct_batches", {{"by", "cell_type"}}, ErrorCode::cannot_answer);
  refused("correct_batches", {{"by", "score"}}, ErrorCode::cannot_answer);
  refused("correct_batches", {{"by", "nonsense"}}, ErrorCode::cannot_answer);
  auto site = std::get<Categorical>(*sample.obs.find("site"));
  site.codes[7] = -1;
  sample.obs.set("site", site);
  sample.obs.columns.erase(
      std::remove_if(sample.obs.columns.begin(), sample.obs.columns.end(),
                     [](const auto& c) { return c.first == "lane" || c.first == "donor"; }),
      sample.obs.columns.end());
  rewrite();
  const auto missing = refused("correct_batches", {{"by", "site"}}, ErrorCode::cannot_answer);
  EXPECT_NE(missing.message.en.find("1 cells"), std::string::npos) << missing.message.en;
  const auto none = refused("correct_batches", {}, ErrorCode::cannot_answer);
  EXPECT_NE(none.message.en.find("condition"), std::string::npos) << none.message.en;
}

}  // namespace
}  // namespace celloquy::tools::test
