// Against sc.tl.rank_genes_groups(tie_correct=True) of Scanpy.
#include "analysis/markers/markers.hpp"

#include "input.hpp"

namespace celloquy::parity {
namespace {

class MarkersParity : public testing::TestWithParam<const char*> {
 protected:
  markers::Result compute(markers::Test test) {
    const Input* data = input(GetParam());
    if (!data) return {};
    const auto codes = reference<std::int32_t>(GetParam(), "group_codes");
    const auto n_groups =
        static_cast<std::uint32_t>(*std::max_element(codes.begin(), codes.end()) + 1);
    auto result = markers::compute(data->logged(), codes, n_groups, {test, -1}, data->context);
    if (!result) {
      ADD_FAILURE() << result.error().message.en;
      return {};
    }
    return *std::move(result);
  }
  /// Largest difference of log10 p, relative to its size above 1.
  double compare_p(const std::vector<double>& p, const std::string& name) {
    const auto theirs = reference<float>(GetParam(), name);
    double largest = 0;
    if (p.size() != theirs.size()) return INFINITY;
    for (std::size_t i = 0; i < p.size(); ++i) {
      const double ours = std::log10(p[i]);
      if (ours == theirs[i]) continue;  // both −∞
      largest = std::max(largest, std::abs(ours - theirs[i]) / std::max(1.0, std::abs(ours)));
    }
    return largest;
  }
  std::vector<float> theirs(const std::string& name) { return reference<float>(GetParam(), name); }
};

TEST_P(MarkersParity, WilcoxonZWithin1e3AndLogPWithin1e3) {
  const auto result = compute(markers::Test::wilcoxon);
  const double z = largest_difference(result.score, theirs("markers_wilcoxon_score"));
  report("largest difference of z", z);
  EXPECT_LT(z, 1e-3);
  const double p = compare_p(result.p_value, "markers_wilcoxon_log10_p");
  const double adjusted = compare_p(result.p_adjusted, "markers_wilcoxon_log10_p_adjusted");
  report("largest relative difference of log10 p", p);
  report("largest relative difference of log10 adjusted p", adjusted);
  EXPECT_LT(p, 1e-3);
  EXPECT_LT(adjusted, 1e-3);

  const double change =
      largest_difference(result.log2_fold_change, theirs("markers_log2_fold_change"));
  report("largest difference of log2 fold change", change);
  EXPECT_LT(change, 1e-3);
  EXPECT_LT(largest_difference(result.fraction_in, theirs("markers_fraction_in")), 1e-6);
  EXPECT_LT(largest_difference(result.fraction_out, theirs("markers_fraction_out")), 1e-6);
  std::vector<float> every_tenth;
  for (std::size_t g = 0; g < result.n_groups; ++g)
    for (std::size_t gene = 0; gene < result.n_genes; gene += 10)
      every_tenth.push_back(result.auc[g * result.n_genes + gene]);
  const double auc = largest_difference(every_tenth, theirs("markers_auc_every_10th_gene"));
  report("largest difference of AUC", auc);
  // Scanpy's single-precision logarithms tie some values that differ, and part
  // some that are equal; our ranks are those of count·scale.
  EXPECT_LT(auc, 1e-4);
}

TEST_P(MarkersParity, WelchTWithin1e3AndLogPWithin1e3) {
  const auto result = compute(markers::Test::t_test);
  double t = 0;
  const auto scores = theirs("markers_t_test_score");
  ASSERT_EQ(scores.size(), result.score.size());
  for (std::size_t i = 0; i < scores.size(); ++i)
    t = std::max(t, std::abs(double{result.score[i]} - scores[i]) /
                        std::max(1.0, std::abs(double{scores[i]})));
  report("largest relative difference of t", t);
  EXPECT_LT(t, 1e-3);
  const double p = compare_p(result.p_value, "markers_t_test_log10_p");
  const double adjusted = compare_p(result.p_adjusted, "markers_t_test_log10_p_adjusted");
  report("largest relative difference of log10 p", p);
  report("largest relative difference of log10 adjusted p", adjusted);
  EXPECT_LT(p, 1e-3);
  EXPECT_LT(adjusted, 1e-3);
}

INSTANTIATE_TEST_SUITE_P(Sets, MarkersParity, testing::Values("demo", "pbmc68k"));

}  // namespace
}  // namespace celloquy::parity
