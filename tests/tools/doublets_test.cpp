// find_doublets: known doublets found and selected; removed only when asked to.

#include "fixture.hpp"

namespace celloquy::tools::test {
namespace {

constexpr std::size_t n_doublets = 10, first_doublet = 10;

class Doublets : public StudyTest {
 protected:
  /// Cells 10 to 19, B cells, each take a monocyte's counts on top.
  void add_doublets() {
    const auto old = sample;
    sample.offsets = {0};
    sample.indices.clear();
    sample.values.clear();
    for (std::size_t cell = 0; cell + 1 < old.offsets.size(); ++cell) {
      std::map<std::uint16_t, int> counts;
      const auto add = [&](std::size_t from) {
        for (auto i = old.offsets[from]; i < old.offsets[from + 1]; ++i)
          counts[old.indices[i]] += old.values[i];
      };
      add(cell);
      if (cell >= first_doublet && cell < first_doublet + n_doublets) add(200 + cell);
      for (const auto& [gene, count] : counts) {
        sample.indices.push_back(gene);
        sample.values.push_back(static_cast<std::uint8_t>(std::min(255, count)));
      }
      sample.offsets.push_back(sample.indices.size());
    }
    write(folder / "cells.h5ad");
    open(true);
  }
};

TEST_F(Doublets, AreSelectedAndOnlyRemovedWhenAskedTo) {
  add_doublets();
  const auto before = study->state().id;
  const auto finding = ok("find_doublets");
  EXPECT_EQ(study->state().id, before) << "finding changed the study";
  ASSERT_TRUE(finding.selection);
  EXPECT_EQ(finding.selection->column, "celloquy_doublets");
  std::size_t right = 0;
  for (const auto cell : finding.selection->cells)
    right += cell >= first_doublet && cell < first_doublet + n_doublets;
  EXPECT_GE(right, n_doublets * 6 / 10);
  EXPECT_LE(finding.selection->cells.size(), right + 5);
  EXPECT_EQ(number(finding, "n_doublets"), static_cast<double>(finding.selection->cells.size()));
  EXPECT_EQ(name(finding, "field"), "lane");
  EXPECT_GE(number(finding, "n_two_lineages"), 8);
  EXPECT_EQ(name(finding, "pairs.pair[0]"), "B cells with monocytes");
  EXPECT_TRUE(says(finding, "tools.doublets.caveat_same_kind"));
  EXPECT_NE(finding.code.scanpy.find("sc.pp.scrublet(adata, batch_key=\"lane\")"),
            std::string::npos);

  const auto removed = ok("find_doublets", {{"remove", true}});
  EXPECT_EQ(removed.selection->cells, finding.selection->cells);
  EXPECT_EQ(number(removed, "n_left"), 270 - number(finding, "n_doublets"));
  EXPECT_NE(study->state().id, before);
  const auto counted = ok("count_cells");
  EXPECT_EQ(number(counted, "n_total"), number(removed, "n_left"));
  EXPECT_NE(counted.code.scanpy.find("predicted_doublet"), std::string::npos);
  ok("undo");
  EXPECT_EQ(number(ok("count_cells"), "n_total"), 270);
}

TEST_F(Doublets, AnExpectedShareAndAnotherColumnMayBeNamed) {
  const auto finding = ok("find_doublets", {{"expected_percent", 5}, {"by", "site"}});
  EXPECT_EQ(name(finding, "field"), "site");
  EXPECT_NEAR(number(finding, "expected_percent"), 5, 1e-9);
  EXPECT_FALSE(says(finding, "tools.doublets.caveat_expected"));
}

TEST_F(Doublets, CapturesThatAreTooSmallAreTakenTogetherAndThatIsSaid) {
  std::vector<std::string> runs;
  for (std::size_t i = 0; i < 270; ++i) runs.push_back("r" + std::to_string(i % 9));
  sample.obs.set("lane", categorical(runs));
  write(folder / "cells.h5ad");
  open(true);
  EXPECT_TRUE(says(ok("find_doublets"), "tools.doublets.caveat_small"));
  refused("find_doublets", {{"by", "lane"}}, ErrorCode::cannot_answer);
}

TEST_F(Doublets, Refusals) {
  refused("find_doublets", {{"expected_percent", 80}}, ErrorCode::usage);
  refused("find_doublets", {{"expected_percent", 0}}, ErrorCode::usage);
  refused("find_doublets", {{"by", "score"}}, ErrorCode::cannot_answer);
  refused("find_doublets", {{"by", "nothing"}}, ErrorCode::cannot_answer);
}

}  // namespace
}  // namespace celloquy::tools::test
