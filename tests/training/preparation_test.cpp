// What is computed before the first step: means, genes, basis, text map.

#include <gtest/gtest.h>

#include <cmath>

#include "analysis/statistics/linear_algebra.hpp"
#include "base/thread_pool.hpp"
#include "fixture.hpp"
#include "training/thinning.hpp"

namespace celloquy::training {
namespace {

using celloquy::testing::must;
using celloquy::testing::TrainingFixture;

TEST(Selection, LeavesOutSourcesLanguagesAndFamilies) {
  TrainingFixture f;
  EXPECT_EQ(f.selection().profiles.size(), 48u);
  EXPECT_EQ(f.selection().gene_sets.size(), 24u);
  f.options.leave_out = {"tw", "four"};
  EXPECT_EQ(f.selection().profiles.size(), 24u);
  EXPECT_TRUE(f.selection().of_source[1].empty());
  EXPECT_EQ(f.selection().of_source[0].size(), 12u);
  f.options.leave_out = {"five"};
  EXPECT_EQ(select_pairs(f.pairs, f.options).error().code, ErrorCode::usage);
  f.options.leave_out = {};
  f.options.families = {{"markers", 1}, {"tissue_markers", 0}, {"human_profiles", 1}};
  EXPECT_EQ(f.selection().gene_sets.size(), 12u);
  f.options.languages = {"fr"};
  const auto none = select_pairs(f.pairs, f.options);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::unusable_input);
}

TEST(Evenly, TakesEvenlySpacedItems) {
  EXPECT_EQ(evenly({1, 2, 3}, 5), (std::vector<std::uint32_t>{1, 2, 3}));
  EXPECT_EQ(evenly({0, 1, 2, 3, 4, 5, 6, 7}, 4), (std::vector<std::uint32_t>{0, 2, 4, 6}));
}

TEST(Centres, AreTheMeansOfSourcesAndPlatforms) {
  TrainingFixture f;
  const auto preparation = f.preparation();
  const auto& choice = preparation.choice;
  const std::size_t n = choice.size();
  // By the definition, from the rows.
  std::vector<std::vector<double>> whole(4, std::vector<double>(n)), thin = whole;
  const ThinnedMean thinned(std::pow(10, level_depth(3, 2.8, 5)));
  for (std::size_t i = 0; i < 48; ++i) {
    PairRow row;
    ASSERT_TRUE(f.pairs.read_row(i, row));
    const auto s = static_cast<std::size_t>(f.pairs[i].source);
    for (std::size_t k = 0; k < row.genes.size(); ++k)
      if (const auto c = choice.column[row.genes[k]]; c != GeneChoice::none) {
        whole[s][c] += row.values[k] / 12.0;
        thin[s][c] += thinned(std::expm1(row.values[k]) / 1e4) / 12.0;
      }
  }
  std::vector<float> read(n);
  for (std::size_t s = 0; s < 4; ++s) {
    ASSERT_TRUE(preparation.centres.source(s, 0, read.data()));
    for (std::size_t c = 0; c < n; ++c) EXPECT_NEAR(read[c], whole[s][c], 1e-5);
    ASSERT_TRUE(preparation.centres.source(s, 3, read.data()));
    for (std::size_t c = 0; c < n; ++c) EXPECT_NEAR(read[c], thin[s][c], 1e-4);
  }
  ASSERT_TRUE(preparation.centres.platform(0, 0, read.data()));
  for (std::size_t c = 0; c < n; ++c) {
    const bool first = f.pairs.index().sources[0].measures(choice.genes[c]),
               second = f.pairs.index().sources[1].measures(choice.genes[c]);
    const double expected = first && second ? (whole[0][c] + whole[1][c]) / 2
                            : first         ? whole[0][c]
                                            : whole[1][c];
    EXPECT_NEAR(read[c], expected, 1e-5) << "genes that a source did not measure do not count";
  }
}

TEST(GeneChoice, TakesVaryingGenesThatTheReferenceHas) {
  TrainingFixture f;
  const auto preparation = f.preparation();
  const auto& choice = preparation.choice;
  EXPECT_EQ(choice.size(), 200u);
  EXPECT_TRUE(std::is_sorted(choice.genes.begin(), choice.genes.end()));
  EXPECT_EQ(choice.column[5], GeneChoice::none);
  // The types' own genes (0 … 119) vary most.
  std::size_t own = 0;
  for (const auto gene : choice.genes) own += gene < 120;
  EXPECT_GE(own, 115u);
}

/// A sample without profiles is a plain sparse matrix; with them, dense rows too.
PairSample small_sample() {
  PairSample sample;
  RandomStream random(4);
  sample.n_genes = 40;
  sample.n_profiles = 30;
  for (std::size_t i = 0; i < 30 * 40; ++i)
    sample.profiles.push_back(static_cast<float>(random.normal() * (1 + 8.0 / (1 + i % 40))));
  for (std::size_t set = 0; set < 20; ++set) {
    for (std::uint32_t g = 0; g < 40; ++g)
      if (random.uniform() < 0.2) {
        sample.columns.push_back(g);
        sample.values.push_back(static_cast<float>(random.normal()));
      }
    sample.offsets.push_back(sample.columns.size());
  }
  for (std::uint32_t i = 0; i < 50; ++i) {
    sample.pairs.push_back(i);
    sample.weights.push_back(0.3 + 0.1 * (i % 7));
  }
  return sample;
}

/// Its rows, weighted, as one dense matrix; products with itself over the genes.
std::vector<double> gram(const PairSample& sample) {
  const std::size_t n = sample.n_genes;
  std::vector<double> out(n * n, 0.0);
  for (std::size_t i = 0; i < sample.size(); ++i) {
    std::vector<double> row(n, 0.0);
    if (i < sample.n_profiles)
      for (std::size_t g = 0; g < n; ++g) row[g] = sample.profiles[i * n + g];
    else
      for (auto k = sample.offsets[i - sample.n_profiles];
           k < sample.offsets[i - sample.n_profiles + 1]; ++k)
        row[sample.columns[k]] = sample.values[k];
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = 0; b < n; ++b) out[a * n + b] += sample.weights[i] * row[a] * row[b];
  }
  return out;
}

TEST(LeadingBasis, SpansTheLeadingSingularVectors) {
  const auto sample = small_sample();
  constexpr std::size_t d = 6, n = 40;
  const auto basis = must(leading_basis(sample, d, 1, {}));
  auto matrix = gram(sample);
  const auto exact = statistics::largest_eigenpairs(matrix, n, d);
  for (std::size_t j = 0; j < d; ++j) {
    double cosine = 0;
    for (std::size_t g = 0; g < n; ++g) cosine += basis[g * d + j] * exact.vectors[j * n + g];
    EXPECT_NEAR(std::abs(cosine), 1, 1e-4) << "direction " << j;
  }
}

TEST(LeadingBasis, IsOrthonormalAlsoBeyondTheRank) {
  TrainingFixture f(3, 60);  // 18 pairs
  f.options.genes = 50;
  f.options.dimension = 40;
  const auto preparation = f.preparation();
  const std::size_t n = preparation.choice.size(), d = 40;
  for (std::size_t a = 0; a < d; ++a)
    for (std::size_t b = 0; b <= a; ++b) {
      double product = 0;
      for (std::size_t g = 0; g < n; ++g)
        product += static_cast<double>(preparation.basis[g * d + a]) * preparation.basis[g * d + b];
      EXPECT_NEAR(product, a == b ? 1 : 0, 1e-5) << a << ", " << b;
    }
}

TEST(LeadingBasis, RefusesMoreDirectionsThanGenes) {
  const auto refused = leading_basis(small_sample(), 41, 1, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::usage);
}

TEST(TextMap, SolvesTheNormalEquations) {
  TrainingFixture f;
  const auto selection = f.selection();
  const auto features = f.features();
  const auto preparation = f.preparation();
  const auto sample = must(take_sample(f.pairs, selection, preparation.choice, f.scales,
                                       preparation.centres, f.options, {}));
  const std::size_t d = f.options.dimension, t = features.dimension();
  const auto places = coordinates(sample, preparation.basis, d, {});
  // Gradient of the weighted ridge loss at the solution, in double: nothing but rounding.
  const auto& map = preparation.text_map;
  std::vector<double> gradient(t * d, 0.0), scale(t * d, 0.0);
  for (std::size_t i = 0; i < t * d; ++i) gradient[i] = f.options.ridge * map.weight[i];
  for (std::size_t e = 0; e < sample.size(); ++e) {
    const auto texts = f.pairs.texts(f.pairs[sample.pairs[e]]);
    for (const auto& text : texts) {
      if (f.pairs.index().languages[static_cast<std::size_t>(text.language)] != "en") continue;
      std::vector<float> x(t);
      ASSERT_TRUE(features.read(text.text, x.data()));
      const double weight = sample.weights[e] / 2;  // two English texts each
      for (std::size_t j = 0; j < d; ++j) {
        double predicted = 0;
        for (std::size_t i = 0; i < t; ++i)
          predicted += (x[i] - map.mean[i]) * map.weight[i * d + j];
        for (std::size_t i = 0; i < t; ++i) {
          const double part = weight * (x[i] - map.mean[i]);
          gradient[i * d + j] += part * (predicted - places[e * d + j]);
          scale[i * d + j] += std::abs(part * places[e * d + j]);
        }
      }
    }
  }
  for (std::size_t i = 0; i < t * d; ++i) EXPECT_NEAR(gradient[i], 0, 1e-5 * (1 + scale[i]));
}

TEST(Preparation, IsTheSameForAnyNumberOfThreadsAndFoundAgain) {
  TrainingFixture one, several;
  ThreadPool pool(3);
  Context context;
  context.threads = &pool;
  const auto a = one.preparation(), b = several.preparation(context);
  EXPECT_EQ(a.key, b.key);
  EXPECT_EQ(a.choice.genes, b.choice.genes);
  EXPECT_EQ(a.basis, b.basis);
  EXPECT_EQ(a.text_map.weight, b.text_map.weight);
  EXPECT_EQ(testing::read_file(one.folder / "centres.records"),
            testing::read_file(several.folder / "centres.records"));
  const auto written = std::filesystem::last_write_time(one.folder / "preparation.clq");
  const auto again = one.preparation();
  EXPECT_EQ(again.basis, a.basis);
  EXPECT_EQ(std::filesystem::last_write_time(one.folder / "preparation.clq"), written);
  one.options.ridge = 1;
  EXPECT_NE(one.preparation().text_map.weight, a.text_map.weight) << "other options, other key";
}

TEST(Scales, ComeFromTheMarkerTable) {
  const auto table = knowledge::MarkerTable::load();
  ASSERT_TRUE(table);
  const std::vector<std::string> genes = {"CD3D", "no such gene", "MS4A1"};
  const auto scales = must(scales_of(genes, *table));
  EXPECT_EQ(scales.human[1], 0);
  const auto& reference = table->reference(*table->find_gene("MS4A1"));
  EXPECT_FLOAT_EQ(scales.human[2], 1 / (reference.human_sd + 0.15f));
  EXPECT_FLOAT_EQ(scales.mouse[2], 1 / (reference.mouse_sd + 0.15f));
  EXPECT_FALSE(scales_of(std::vector<std::string>{"nothing"}, *table));
}

}  // namespace
}  // namespace celloquy::training
