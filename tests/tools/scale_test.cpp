// Values on other scales than counts are brought to log1p(counts per 10,000) before
// they are compared with texts: the same samples in any form have the same view.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>

#include "base/random.hpp"
#include "knowledge/knowledge.hpp"
#include "tools/space/cell_view.hpp"

namespace celloquy::tools::test {
namespace {

constexpr std::size_t n_samples = 12, n_genes = 1200;

class Scales : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder = std::filesystem::path(CELLOQUY_BINARY_DIR) / "tools_test" / info->name();
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    RandomStream random(7);
    std::vector<double> level(n_genes);
    for (auto& x : level) x = 30 * std::exp2(8 * random.uniform() * random.uniform());
    for (std::size_t i = 0; i < n_samples * n_genes; ++i)
      intensity.push_back(level[i % n_genes] * std::exp2(0.4 * random.normal()));
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  /// Means over the samples of what the space sees of them.
  std::vector<float> means(const std::string& name,
                           const std::function<double(double value, double total)>& form) {
    const auto table = knowledge::marker_table();
    EXPECT_TRUE(table);
    const auto path = folder / (name + ".tsv");
    std::ofstream out(path);
    out << "gene";
    for (std::size_t s = 0; s < n_samples; ++s) out << "\tsample" << s;
    for (std::size_t g = 0; g < n_genes; ++g) {
      out << '\n' << (*table)->gene(static_cast<std::int32_t>(g * 16));
      for (std::size_t s = 0; s < n_samples; ++s) {
        double total = 0;
        for (std::size_t k = 0; k < n_genes; ++k) total += intensity[s * n_genes + k];
        out << '\t' << form(intensity[s * n_genes + g], total);
      }
    }
    out << '\n';
    out.close();
    auto study = workspace::Study::open(
        path.string(), {(folder / (name + ".workspace")).string(), "default", true}, context);
    EXPECT_TRUE(study) << study.error().message.en;
    if (!study) return {};
    Pipeline pipeline(**study, context);
    const auto view = cell_view(pipeline);
    EXPECT_TRUE(view) << view.error().message.en;
    if (!view) return {};
    const auto found =
        space::mean_expression((*view)->view(), (*view)->standardization.space_gene,
                               (*view)->standardization.n_space_genes(), {}, context);
    EXPECT_TRUE(found);
    return found ? *found : std::vector<float>{};
  }

  std::filesystem::path folder;
  std::vector<double> intensity;
  Context context;
};

TEST_F(Scales, LogarithmsOfIntensitiesAreTurnedBack) {
  const auto expected = means("linear", [](double x, double total) { return x / total * 1e6; });
  ASSERT_FALSE(expected.empty());
  double sum = 0;
  for (const float x : expected) sum += std::expm1(static_cast<double>(x));
  EXPECT_NEAR(sum / 1e4, 1, 0.1);  // of means of logarithms, so not exactly
  const auto logs = means("logs", [](double x, double) { return std::log2(x); });
  const auto million =
      means("million", [](double x, double total) { return std::log1p(x / total * 1e6); });
  ASSERT_EQ(logs.size(), expected.size());
  ASSERT_EQ(million.size(), expected.size());
  for (std::size_t g = 0; g < expected.size(); ++g) {
    // exp(ln v) − 1 for v ≥ 20 or so: a few percent of the smallest.
    ASSERT_NEAR(logs[g], expected[g], 0.06) << g;
    ASSERT_NEAR(million[g], expected[g], 1e-3) << g;
  }
}

}  // namespace
}  // namespace celloquy::tools::test
