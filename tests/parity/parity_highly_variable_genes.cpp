// Against sc.pp.highly_variable_genes of Scanpy (loess of scikit-misc).
#include "analysis/highly_variable_genes/highly_variable_genes.hpp"

#include "input.hpp"

namespace celloquy::parity {
namespace {

namespace hvg = highly_variable_genes;

double relative(const std::vector<double>& ours, const std::vector<float>& theirs) {
  double largest = 0;
  for (std::size_t g = 0; g < ours.size(); ++g) {
    const double value = std::isnan(ours[g]) ? 0 : ours[g];
    largest = std::max(largest, std::abs(value - theirs[g]) / (1e-6 + std::abs(theirs[g])));
  }
  return largest;
}

TEST(HighlyVariableGenesParity, SeuratV3ScoresWithin1e5AndTheSameGenesAboveTheBorder) {
  const Input* demo = input("demo");
  ASSERT_TRUE(demo);
  const auto result = hvg::compute(demo->counts(), {}, {}, demo->context);
  ASSERT_TRUE(result);
  const std::string set = "demo";
  EXPECT_LT(relative(result->means, reference<float>(set, "hvg_seurat_v3_mean")), 1e-5);
  EXPECT_LT(relative(result->variances, reference<float>(set, "hvg_seurat_v3_variance")), 1e-5);
  const double scores = relative(result->score, reference<float>(set, "hvg_seurat_v3_score"));
  report("seurat_v3, largest relative difference of scores", scores);
  EXPECT_LT(scores, 1e-5);
  // Hundreds of genes seen in the same few cells have one and the same score, and
  // which of those at the border enter is left to the sort; all above it must.
  const auto ranks = reference<std::int32_t>(set, "hvg_seurat_v3_rank");
  const auto theirs = reference<float>(set, "hvg_seurat_v3_score");
  float border = INFINITY;
  for (std::size_t g = 0; g < ranks.size(); ++g)
    if (ranks[g] >= 0) border = std::min(border, theirs[g]);
  std::size_t same = 0, above = 0, tied = 0, other = 0;
  for (std::size_t g = 0; g < ranks.size(); ++g) {
    const bool at_border = std::abs(theirs[g] / border - 1) < 1e-5f;
    tied += at_border;
    above += !at_border && ranks[g] >= 0;
    same += !at_border && ranks[g] >= 0 && result->rank[g] >= 0;
    other += !at_border && ranks[g] < 0 && result->rank[g] >= 0;
  }
  report("seurat_v3, genes above the border", static_cast<double>(above));
  report("seurat_v3, genes tied at the border", static_cast<double>(tied));
  EXPECT_EQ(same, above);
  EXPECT_EQ(other, 0u);
  EXPECT_EQ(result->genes.size(), 2000u);
}

TEST(HighlyVariableGenesParity, SeuratDispersionsWithin1e3AndTheSameGenes) {
  for (const std::string set : {"demo", "pbmc68k"}) {
    const Input* data = input(set);
    ASSERT_TRUE(data);
    hvg::Options options;
    options.flavor = hvg::Flavor::seurat;
    const auto chosen = reference<std::uint8_t>(set, "hvg_seurat_chosen");
    options.n_top_genes = static_cast<std::uint32_t>(std::count(chosen.begin(), chosen.end(), 1));
    const auto result = hvg::compute(data->logged(), {}, options, data->context);
    ASSERT_TRUE(result) << result.error().message.en;
    const double difference =
        largest_difference(result->score, reference<float>(set, "hvg_seurat_score"));
    report(set + ", largest difference of normalised dispersions", difference);
    EXPECT_LT(difference, 1e-3);
    std::size_t same = 0;
    for (std::size_t g = 0; g < chosen.size(); ++g) same += chosen[g] && result->rank[g] >= 0;
    report(set + ", share of the chosen genes in common",
           static_cast<double>(same) / options.n_top_genes);
    EXPECT_GE(static_cast<double>(same), 0.995 * options.n_top_genes);
  }
}

}  // namespace
}  // namespace celloquy::parity
