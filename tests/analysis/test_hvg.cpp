#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/highly_variable_genes/highly_variable_genes.hpp"
#include "analysis/highly_variable_genes/loess.hpp"
#include "analysis/normalize/normalize.hpp"
#include "test_stats_matrices.hpp"

namespace celloquy {
namespace {

namespace hvg = highly_variable_genes;

TEST(Loess, ParabolasComeBackUnchanged) {
  std::vector<double> x, y;
  for (int i = 0; i < 400; ++i) {
    RandomStream random(1, static_cast<std::uint64_t>(i));
    x.push_back(3 * random.normal());
    y.push_back(2 - x.back() + 0.5 * x.back() * x.back());
  }
  // Between the knots the blending is cubic, so exact as well.
  const auto fitted = hvg::loess(x, y, 0.3);
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(fitted[i], y[i], 1e-8);
}

TEST(Loess, ValuesOfScikitMisc) {
  // skmisc.loess.loess(x, y, span=0.5, degree=2) 0.5.3
  const std::vector<double> x = {0,   0.1, 0.3, 0.35, 0.5, 0.5, 0.8, 1.0, 1.1, 1.4,
                                 1.5, 1.7, 2.0, 2.2,  2.2, 2.6, 2.9, 3.0, 3.3, 3.5};
  const std::vector<double> y = {1.0, 1.2, 0.9, 1.5, 1.4, 1.6, 2.2, 2.0, 2.4, 2.1,
                                 2.5, 2.4, 2.0, 1.9, 1.7, 1.5, 1.1, 1.2, 0.6, 0.4};
  const std::vector<double> expected = {
      1.003063757014, 1.078154396573, 1.274091541004, 1.330687831201, 1.518077746774,
      1.518077746774, 1.985537546847, 2.216703223952, 2.271335871862, 2.342347535663,
      2.348130744221, 2.311260063544, 2.036141415495, 1.839334082987, 1.839334082987,
      1.483243290110, 1.173536331899, 1.057327398349, 0.669554331144, 0.379183423001};
  const auto fitted = hvg::loess(x, y, 0.5);
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(fitted[i], expected[i], 1e-7) << i;
}

TEST(Loess, DegenerateInputsStayFinite) {
  EXPECT_TRUE(hvg::loess({}, {}, 0.3).empty());
  for (const std::size_t n : {1u, 2u, 3u, 5u, 12u}) {
    std::vector<double> x(n, 2.0), y(n, 1.5);
    for (const double value : hvg::loess(x, y, 0.3)) EXPECT_NEAR(value, 1.5, 1e-9);
    for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<double>(i / 2);
    for (const double value : hvg::loess(x, y, 0.3)) EXPECT_NEAR(value, 1.5, 1e-6);
  }
}

struct Data {
  test::Dense dense = test::random_counts(600, 200, 4);
  CountMatrix matrix = test::stored_as<std::uint8_t>(dense);
  Normalization identity, logs = normalize::compute(test::totals_of(dense), {});
  ExpressionView counts() const { return {&matrix, &identity}; }
  ExpressionView logged() const { return {&matrix, &logs}; }
};

TEST(HighlyVariableGenes, SeuratV3ByDefinition) {
  Data data;
  data.dense.at(3, 150) = 250;  // is clipped
  data.matrix = test::stored_as<std::uint8_t>(data.dense);
  const auto result = hvg::compute(data.counts(), {}, {}, {});
  ASSERT_TRUE(result);
  const double n = 600;
  std::vector<double> x, y;
  for (std::size_t g = 0; g < 200; ++g) {
    double sum = 0, squares = 0;
    for (std::size_t c = 0; c < 600; ++c) sum += data.dense.at(c, g);
    for (std::size_t c = 0; c < 600; ++c) squares += std::pow(data.dense.at(c, g) - sum / n, 2);
    EXPECT_NEAR(result->means[g], sum / n, 1e-12);
    EXPECT_NEAR(result->variances[g], squares / (n - 1), 1e-10);
    x.push_back(std::log10(sum / n));
    y.push_back(std::log10(squares / (n - 1)));
  }
  const auto fit = hvg::loess(x, y, 0.3);
  bool clipped = false;
  for (std::size_t g = 0; g < 200; ++g) {
    const double deviation = std::sqrt(std::pow(10, fit[g]));
    double score = 0;
    for (std::size_t c = 0; c < 600; ++c) {
      double value = (data.dense.at(c, g) - result->means[g]) / deviation;
      clipped |= value > std::sqrt(n);
      value = std::min(value, std::sqrt(n));
      score += value * value / (n - 1);
    }
    EXPECT_NEAR(result->score[g], score, 1e-9 * score);
  }
  EXPECT_TRUE(clipped);
}

TEST(HighlyVariableGenes, FindsThePlantedGenes) {
  const Data data;
  hvg::Options options;
  options.n_top_genes = 30;
  for (const auto flavor : {hvg::Flavor::seurat_v3, hvg::Flavor::seurat}) {
    options.flavor = flavor;
    const auto view = flavor == hvg::Flavor::seurat ? data.logged() : data.counts();
    const auto result = hvg::compute(view, {}, options, {});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->genes.size(), 30u);
    EXPECT_TRUE(std::is_sorted(result->genes.begin(), result->genes.end()));
    EXPECT_GE(
        std::count_if(result->genes.begin(), result->genes.end(),
                      [](std::uint32_t g) { return g < 20; }),
        flavor == hvg::Flavor::seurat ? 6 : 12);  // 3 by chance; twenty bins of ten genes see less
    std::vector<std::uint32_t> by_rank(30);
    for (const auto gene : result->genes)
      by_rank[static_cast<std::size_t>(result->rank[gene])] = gene;
    for (std::size_t i = 1; i < 30; ++i)
      EXPECT_GE(result->score[by_rank[i - 1]], result->score[by_rank[i]]);
  }
}

TEST(HighlyVariableGenes, StorageThreadsAndOrderOfCellsChangeNothing) {
  const Data data;
  const auto wide = test::stored_as<std::uint16_t>(data.dense);
  test::Dense reversed = data.dense;
  for (std::size_t c = 0; c < 600; ++c)
    for (std::size_t g = 0; g < 200; ++g) reversed.at(c, g) = data.dense.at(599 - c, g);
  const auto backwards = test::stored_as<std::uint8_t>(reversed);
  const auto expected = *hvg::compute(data.counts(), {}, {}, {});
  for (const auto* matrix : {&data.matrix, &wide, &backwards}) {
    const auto results = test::with_threads([&](const Context& context) {
      return *hvg::compute({matrix, &data.identity}, {}, {}, context);
    });
    for (const auto& result : results) EXPECT_TRUE(test::same_bits(result.score, expected.score));
  }
  hvg::Options seurat;
  seurat.flavor = hvg::Flavor::seurat;
  const auto logs = test::with_threads(
      [&](const Context& context) { return *hvg::compute(data.logged(), {}, seurat, context); });
  for (const auto& result : logs) EXPECT_TRUE(test::same_bits(result.score, logs[0].score));
}

TEST(HighlyVariableGenes, FewerGenesThanWantedAndUnusableOnes) {
  Data data;
  for (std::size_t c = 0; c < 600; ++c) data.dense.at(c, 5) = 0, data.dense.at(c, 6) = 3;
  data.matrix = test::stored_as<std::uint8_t>(data.dense);
  std::vector<std::uint8_t> usable(200, 1);
  usable[7] = 0;
  const auto result = hvg::compute(data.counts(), usable, {}, {});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->genes.size(), 197u);
  EXPECT_EQ(result->variances[6], 0);
  for (const std::size_t gene : {5, 6, 7}) EXPECT_EQ(result->rank[gene], -1);
  EXPECT_TRUE(std::isnan(result->score[7]));
}

TEST(HighlyVariableGenes, Refusals) {
  const Data data;
  EXPECT_EQ(hvg::compute(data.logged(), {}, {}, {}).error().code, ErrorCode::cannot_answer);
  hvg::Options seurat;
  seurat.flavor = hvg::Flavor::seurat;
  EXPECT_EQ(hvg::compute(data.counts(), {}, seurat, {}).error().code, ErrorCode::cannot_answer);
  const auto flat =
      test::stored_as<std::uint8_t>(test::Dense{30, 30, std::vector<double>(900, 2.0)});
  const Normalization identity;
  for (const auto& matrix : {flat, test::stored_as<std::uint8_t>({1, 2, {1, 2}}), CountMatrix()}) {
    const auto result = hvg::compute({&matrix, &identity}, {}, {}, {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::cannot_answer);
    EXPECT_FALSE(result.error().remedy.zh.empty());
  }
}

}  // namespace
}  // namespace celloquy
