// Against scanpy.tl.score_genes and score_genes_cell_cycle (make_gene_sets_reference.py).
#include <fstream>

#include "analysis/cell_cycle/cell_cycle.hpp"
#include "input.hpp"

namespace celloquy::parity {
namespace {

std::vector<std::uint32_t> columns_of(const Input& in, const std::string& list) {
  std::ifstream file(std::string(CELLOQUY_SOURCE_DIR) + "/tests/parity/reference/gene_sets/" +
                     list + ".txt");
  std::vector<std::uint32_t> columns;
  for (std::string gene; std::getline(file, gene);) {
    const auto& names = in.data.var.index;
    const auto found = std::find(names.begin(), names.end(), gene);
    if (found == names.end())
      ADD_FAILURE() << gene << " is not measured";
    else
      columns.push_back(static_cast<std::uint32_t>(found - names.begin()));
  }
  return columns;
}

template <class A, class B>
double correlation(const std::vector<A>& a, const std::vector<B>& b) {
  double sa = 0, sb = 0, aa = 0, bb = 0, ab = 0;
  const double n = static_cast<double>(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i], y = b[i];
    sa += x, sb += y, aa += x * x, bb += y * y, ab += x * y;
  }
  return (ab - sa * sb / n) / std::sqrt((aa - sa * sa / n) * (bb - sb * sb / n));
}

TEST(CellCycleParity, ScoresEqualScanpysTo1e5WhereNothingIsDrawn) {
  const Input* in = input("demo");
  ASSERT_TRUE(in);
  const auto s = columns_of(*in, "s_genes"), g2m = columns_of(*in, "g2m_genes");
  const auto result = cell_cycle::compute(in->logged(), s, g2m, {}, in->context);
  ASSERT_TRUE(result);
  const double of_s = largest_difference(result->s_score, reference<float>("gene_sets", "s_score"));
  const double of_g2m =
      largest_difference(result->g2m_score, reference<float>("gene_sets", "g2m_score"));
  report("largest difference of S scores", of_s);
  report("largest difference of G2/M scores", of_g2m);
  EXPECT_LT(of_s, 1e-5);
  EXPECT_LT(of_g2m, 1e-5);
}

// Control genes are drawn: two of Scanpy's own draws correlate with 0.92 and agree on the phase of
// 76 % of these cells (few of which divide), so no more can be asked of another draw.
TEST(CellCycleParity, DrawnScoresCorrelateAbove092WithTheMeanOfScanpysDraws) {
  const Input* in = input("demo");
  ASSERT_TRUE(in);
  const auto s = columns_of(*in, "s_genes"), g2m = columns_of(*in, "g2m_genes");
  cell_cycle::Options options;
  options.n_controls = static_cast<std::uint32_t>(std::min(s.size(), g2m.size()));
  const auto result = cell_cycle::compute(in->logged(), s, g2m, options, in->context);
  ASSERT_TRUE(result);
  const double of_s = correlation(result->s_score, reference<float>("gene_sets", "drawn_s_score"));
  const double of_g2m =
      correlation(result->g2m_score, reference<float>("gene_sets", "drawn_g2m_score"));
  report("correlation of S scores", of_s);
  report("correlation of G2/M scores", of_g2m);
  EXPECT_GT(of_s, 0.92);
  EXPECT_GT(of_g2m, 0.92);
  const auto drawn = reference<std::uint8_t>("gene_sets", "drawn_phase");
  const std::size_t n = result->phase.size();
  double ours = 0, theirs = 0;
  for (std::size_t a = 0; a < 10; ++a) {
    for (std::size_t i = 0; i < n; ++i)
      ours += static_cast<std::uint8_t>(result->phase[i]) == drawn[a * n + i];
    for (std::size_t b = 0; b < a; ++b)
      for (std::size_t i = 0; i < n; ++i) theirs += drawn[a * n + i] == drawn[b * n + i];
  }
  ours /= 10.0 * static_cast<double>(n);
  theirs /= 45.0 * static_cast<double>(n);
  report("share of phases as in Scanpy", ours);
  report("share of phases that two draws of Scanpy agree on", theirs);
  EXPECT_GT(ours, theirs - 0.02);
}

}  // namespace
}  // namespace celloquy::parity
