// Files that are not raw counts, and files that say nothing about their cells.

#include "fixture.hpp"

namespace celloquy::tools::test {
namespace {

class InputStates : public StudyTest {
 protected:
  /// Another file: values(x) for each stored count, as X.
  template <class F>
  void rewrite(F&& value, bool with_obs = true) {
    const CountMatrix counts = matrix_of(sample);
    std::vector<double> totals(counts.n_cells(), 0);
    RowDecoder rows(counts.by_cell());
    Buffer<std::uint16_t> indices(sample.indices.size());
    Buffer<float> values(sample.values.size());
    std::size_t at = 0;
    for (std::size_t cell = 0; cell < counts.n_cells(); ++cell) {
      const auto row = rows.row(cell);
      double total = 0;
      for (const float count : row.values) total += count;
      for (std::size_t i = 0; i < row.values.size(); ++i, ++at) {
        indices[at] = static_cast<std::uint16_t>(row.indices[i]);
        values[at] = static_cast<float>(value(row.values[i], total, row.indices[i]));
      }
    }
    const CountMatrix x(SparseMatrix(Order::cell_major, counts.n_cells(), counts.n_genes(),
                                     sample.offsets, std::move(indices), std::move(values)));
    DataFrame bare;
    bare.index = sample.obs.index;
    H5adContent content;
    content.x = &x;
    content.obs = with_obs ? &sample.obs : &bare;
    content.var = &sample.var;
    study.reset();
    std::filesystem::remove(folder / "cells.h5ad");
    std::filesystem::remove_all(folder / "workspace");
    const auto written = write_h5ad((folder / "cells.h5ad").string(), content, context);
    ASSERT_TRUE(written) << written.error().message.en;
    open();
  }
};

TEST_F(InputStates, LoggedValuesAreAnalysedWithoutCountQuality) {
  rewrite(
      [](double count, double total, std::uint32_t) { return std::log1p(count * 1e4 / total); });
  const auto run = ok("run_analysis");
  EXPECT_TRUE(says(run, "tools.caveat.logged_input"));
  EXPECT_GE(number(run, "n_clusters"), 3);
  refused("quality_control", json::object(), ErrorCode::cannot_answer);
  refused("filter_cells", json::object(), ErrorCode::cannot_answer);
  const auto markers = ok("markers", {{"group", "B cells"}});
  EXPECT_NE(std::find(b_genes().begin(), b_genes().end(), name(markers, "markers.gene[0]")),
            b_genes().end());
  // Without counts nothing can be summed over samples, so nothing is tested.
  EXPECT_TRUE(says(ok("compare_groups", {{"first", "treated"}, {"second", "control"}}),
                   "tools.compare.no_counts"));
}

TEST_F(InputStates, ScaledValuesAreRefusedForExpressionButCounted) {
  rewrite([](double count, double, std::uint32_t gene) {
    return (count - 3) / (1.0 + 0.1 * (gene % 5)) + 0.01;
  });
  refused("run_analysis", json::object(), ErrorCode::cannot_answer);
  refused("gene_expression", {{"genes", {"CD3E"}}}, ErrorCode::cannot_answer);
  EXPECT_EQ(number(ok("count_cells", {{"group", "B cells"}}), "n_cells"), 90);
  ok("describe_data");
}

TEST_F(InputStates, WithoutColumnsMyAnnotationNamesTheCells) {
  rewrite([](double count, double, std::uint32_t) { return count; }, false);
  const auto finding = ok("count_cells", {{"group", "B cells"}});
  EXPECT_NEAR(number(finding, "n_cells"), 90, 6);
  EXPECT_NE(name(finding, "source").find("annotation"), std::string::npos);
  EXPECT_TRUE(says(finding, "tools.done_first.clusters"));
  refused("count_cells", {{"by", "donor"}}, ErrorCode::cannot_answer);
}

}  // namespace
}  // namespace celloquy::tools::test
