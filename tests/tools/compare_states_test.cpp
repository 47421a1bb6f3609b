// Two states of the history side by side.

#include "analysis/partition_overlap/partition_overlap.hpp"
#include "fixture.hpp"

namespace celloquy::tools::test {
namespace {

using CompareStates = StudyTest;

TEST_F(CompareStates, SaysWhichCellsAndClustersStayed) {
  refused("compare_states", json::object(), ErrorCode::cannot_answer);
  ok("list_clusters");
  ok("subset", {{"exclude", {"Monocytes"}}});
  auto finding = ok("compare_states");
  EXPECT_EQ(number(finding, "n_first"), 270);
  EXPECT_EQ(number(finding, "n_second"), 180);
  EXPECT_EQ(number(finding, "n_both"), 180);
  EXPECT_EQ(number(finding, "n_left_out"), 90);
  EXPECT_EQ(number(finding, "n_added"), 0);
  EXPECT_EQ(finding.caveats.front().message, "tools.compare_states.no_clusters");
  ok("list_clusters");
  finding = ok("compare_states", {{"first", "previous"}});
  // Three kinds of cells, one left out: the others are found again.
  EXPECT_EQ(number(finding, "k_first"), 3);
  EXPECT_EQ(number(finding, "k_second"), 2);
  EXPECT_GT(number(finding, "agreement"), 0.95);
  const auto* table = finding.table("clusters");
  ASSERT_TRUE(table);
  for (std::size_t row = 0; row < 2; ++row) {
    EXPECT_GE(std::get<double>(table->find("shared")->cells[row].content), 88);
    EXPECT_GE(std::get<double>(table->find("n_genes_shared")->cells[row].content), 1);
  }
  EXPECT_EQ(finding.table("steps")->n_rows(), 1u);
  // The comparison moved nothing, and the other way round cells come in.
  EXPECT_EQ(number(ok("count_cells"), "n_total"), 180);
  finding = ok("compare_states", {{"first", "current"}, {"second", "beginning"}});
  EXPECT_EQ(number(finding, "n_added"), 90);
}

TEST_F(CompareStates, KnowsBranchesIdsAndNames) {
  const auto root = study->state().id;
  ok("rename_group", {{"group", "Monocytes"}, {"name", "Monos"}});
  auto finding = ok("compare_states", {{"first", root.substr(0, 8)}});
  EXPECT_EQ(name(finding, "fields"), "cell_type");
  EXPECT_TRUE(says(finding, "tools.compare_states.same_cells"));
  finding = ok("compare_states", {{"first", "main"}});
  EXPECT_TRUE(says(finding, "tools.compare_states.same"));
  refused("compare_states", {{"first", "nowhere"}}, ErrorCode::cannot_answer);
}

TEST(PartitionOverlap, AgreesWithValuesWorkedOutByHand) {
  // sklearn.metrics.adjusted_rand_score([0,0,1,1,2,2],[0,0,1,2,2,2]) = 0.4444…
  const std::vector<std::int32_t> a = {0, 0, 1, 1, 2, 2, -1}, b = {0, 0, 1, 2, 2, 2, 0};
  const auto overlap = partition_overlap::compute(a, 3, b, 3);
  EXPECT_EQ(overlap.n_cells, 6u);
  EXPECT_NEAR(overlap.adjusted_rand, 4.0 / 9, 1e-12);
  EXPECT_EQ(overlap.best_first(2), 2u);
  EXPECT_NEAR(overlap.jaccard(2, 2), 2.0 / 3, 1e-12);
  EXPECT_NEAR(partition_overlap::compute(a, 3, a, 3).adjusted_rand, 1, 1e-12);
  const std::vector<std::int32_t> one(7, 0);
  EXPECT_EQ(partition_overlap::compute(one, 1, one, 1).adjusted_rand, 1);
  EXPECT_EQ(partition_overlap::compute({}, 0, {}, 0).adjusted_rand, 1);
}

}  // namespace
}  // namespace celloquy::tools::test
