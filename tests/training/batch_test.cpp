// Which pairs a batch has, what is done to them, and what belongs to what.

#include "training/batch.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "base/thread_pool.hpp"
#include "fixture.hpp"

namespace celloquy::training {
namespace {

using celloquy::testing::TrainingFixture;

struct BatchFixture : TrainingFixture {
  Selection chosen;
  TextFeatures vectors;
  Preparation start;
  Augmentation augmentation;
  BatchMaker maker;

  explicit BatchFixture(const AugmentationOptions& augment = {})
      : chosen(selection()),
        vectors(features()),
        start(preparation()),
        augmentation(pairs, chosen, scales, start, augment),
        maker(pairs, chosen, start, vectors, augmentation, options) {}

  Batch make(std::uint64_t step, bool augment, const Context& context = {}, std::size_t rank = 0,
             std::size_t processes = 1) const {
    Batch batch;
    const auto items = maker.choose(step, processes);
    EXPECT_TRUE(maker.make(step, items, rank, processes, augment, batch, context));
    return batch;
  }
};

TEST(Batch, HasItsShareOfProfilesAndSetsWithTextsOfTheirs) {
  BatchFixture f;
  const auto items = f.maker.choose(3, 1);
  ASSERT_EQ(items.size(), 40u);
  std::set<std::uint32_t> texts_seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Pair& pair = f.pairs[items[i].pair];
    EXPECT_EQ(f.pairs.is_profile(pair), i < 24);
    bool own = false;
    for (const auto& text : f.pairs.texts(pair))
      own = own || (text.text == items[i].text &&
                    f.pairs.index().languages[static_cast<std::size_t>(text.language)] == "en");
    EXPECT_TRUE(own);
  }
  EXPECT_NE(items[0].pair * 1000 + items[1].pair,
            f.maker.choose(4, 1)[0].pair * 1000 + f.maker.choose(4, 1)[1].pair);
}

TEST(Batch, DrawsFamiliesByWeightAndRootOfSize) {
  BatchFixture f;
  std::map<std::string, double> count;
  for (std::uint64_t step = 0; step < 400; ++step)
    for (const auto& item : f.maker.choose(step, 1))
      ++count[f.pairs.family(f.pairs[item.pair]).name];
  // Human has 24 profiles and weight 1, mouse and bulk 12 and 0.5 each.
  const double human = std::sqrt(24), other = 0.5 * std::sqrt(12), all = human + 2 * other;
  EXPECT_NEAR(count["human_profiles"] / (400 * 24), human / all, 0.02);
  EXPECT_NEAR(count["bulk_profiles"] / (400 * 24), other / all, 0.02);
  EXPECT_NEAR(count["markers"] / (400 * 16), 2 / 2.7, 0.02);
}

TEST(Batch, KnowsWhatBelongsToWhat) {
  BatchFixture f;
  const auto items = f.maker.choose(5, 1);
  const auto batch = f.make(5, true);
  const std::size_t n = items.size();
  std::size_t alike = 0, same = 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      const Pair &a = f.pairs[items[i].pair], &b = f.pairs[items[j].pair];
      const float weight = batch.weights[i * n + j];
      if (i == j) {
        EXPECT_EQ(weight, 1.5f);
      } else if (a.label == b.label) {
        EXPECT_EQ(weight, 1.0f);
        ++same;
      } else {
        std::vector<float> x(48), y(48);
        ASSERT_TRUE(f.vectors.read(items[i].text, x.data()));
        ASSERT_TRUE(f.vectors.read(items[j].text, y.data()));
        double cosine = 0;
        for (std::size_t k = 0; k < 48; ++k) cosine += x[k] * y[k];
        EXPECT_EQ(weight, cosine > 0.75 ? 0.3f : 0.0f);
        alike += cosine > 0.75;
      }
    }
  EXPECT_GT(same, 0u);
  EXPECT_GT(alike, 0u);
}

TEST(Batch, IsTheSameForAnyNumberOfThreads) {
  BatchFixture f;
  ThreadPool pool(3);
  Context context;
  context.threads = &pool;
  const auto one = f.make(7, true), several = f.make(7, true, context);
  EXPECT_EQ(one.dense, several.dense);
  EXPECT_EQ(one.text, several.text);
  EXPECT_EQ(one.cells.values, several.cells.values);
  EXPECT_EQ(one.weights, several.weights);
}

TEST(Batch, IsSharedOutAmongProcesses) {
  BatchFixture f;
  const auto whole = f.make(9, true);
  const std::size_t row = f.augmentation.n_genes(), text = f.vectors.dimension();
  for (std::size_t rank = 0; rank < 2; ++rank) {
    const auto half = f.make(9, true, {}, rank, 2);
    ASSERT_EQ(half.cells.dense_rows, 12u);
    ASSERT_EQ(half.cells.sparse_rows(), 8u);
    const auto at = [](std::size_t i) { return static_cast<std::ptrdiff_t>(i); };
    EXPECT_TRUE(std::equal(half.dense.begin(), half.dense.end(),
                           whole.dense.begin() + at(rank * 12 * row)));
    EXPECT_TRUE(std::equal(half.text.begin(), half.text.begin() + at(12 * text),
                           whole.text.begin() + at(rank * 12 * text)));
    EXPECT_TRUE(std::equal(half.text.begin() + at(12 * text), half.text.end(),
                           whole.text.begin() + at((24 + rank * 8) * text)));
    EXPECT_EQ(half.weights.size(), 40u * 40u) << "every process has the weights of all";
  }
}

TEST(Augmentation, WithoutAnythingRandomIsTheProfile) {
  AugmentationOptions none;
  none.whole_share = 1;
  none.mixed_share = none.gene_noise = none.largest_dropout = 0;
  BatchFixture f(none);
  AugmentationScratch scratch;
  const std::size_t n = f.augmentation.n_genes();
  std::vector<float> plain(n), own(n), platform(n), random_row(n);
  const std::uint32_t pair = 14;  // of the second source
  ASSERT_TRUE(f.augmentation.plain_profile(pair, scratch, plain.data()));
  // By the definition.
  PairRow row;
  ASSERT_TRUE(f.pairs.read_row(pair, row));
  ASSERT_TRUE(f.start.centres.source(1, 0, own.data()));
  ASSERT_TRUE(f.start.centres.platform(0, 0, platform.data()));
  std::vector<float> x(300, 0.0f), expected(n, 0.0f);
  for (std::size_t k = 0; k < row.genes.size(); ++k) x[row.genes[k]] = row.values[k];
  for (std::size_t i = 0; i < n; ++i) {
    const auto gene = f.start.choice.genes[i];
    if (!f.pairs.index().sources[1].measures(gene)) continue;
    expected[i] = std::clamp(x[gene] - (own[i] + platform[i]) / 2, -8.0f, 8.0f);
  }
  set_length(expected.data(), n, 16);
  for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(plain[i], expected[i], 1e-5);
  // Only the mixture of the centres is random then: the cosine stays high.
  RandomStream random(1);
  ASSERT_TRUE(f.augmentation.profile(pair, random, scratch, random_row.data()));
  double cosine = 0;
  for (std::size_t i = 0; i < n; ++i) cosine += plain[i] * random_row[i] / 256;
  EXPECT_GT(cosine, 0.9);
  EXPECT_LT(cosine, 1 - 1e-9);
}

TEST(Augmentation, ThinsToRealZeros) {
  AugmentationOptions shallow;
  shallow.whole_share = shallow.mixed_share = shallow.gene_noise = shallow.largest_dropout = 0;
  shallow.least_depth = 2;
  shallow.most_depth = 2.0001;  // 100 counts over 300 genes
  BatchFixture f(shallow);
  AugmentationScratch scratch;
  const std::size_t n = f.augmentation.n_genes();
  std::vector<float> row(n), other(n);
  RandomStream random(1), again(1), next(2);
  ASSERT_TRUE(f.augmentation.profile(3, random, scratch, row.data()));
  ASSERT_TRUE(f.augmentation.profile(3, again, scratch, other.data()));
  EXPECT_EQ(row, other) << "the same stream, the same row";
  ASSERT_TRUE(f.augmentation.profile(3, next, scratch, other.data()));
  EXPECT_NE(row, other);
  // scratch.abundance holds the counts that were drawn.
  double counts = 0;
  std::size_t zeros = 0;
  for (const float count : scratch.abundance) {
    EXPECT_EQ(count, std::floor(count));
    counts += count;
    zeros += count == 0;
  }
  EXPECT_GT(zeros, n / 2);
  EXPECT_GT(counts, 40);
  EXPECT_LT(counts, 130);
}

TEST(Augmentation, DropsGenesUpToTheLimitAndKeepsTheLength) {
  BatchFixture f;
  AugmentationScratch scratch;
  const std::size_t n = f.augmentation.n_genes();
  std::vector<float> row(n);
  double most = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    RandomStream random(5, i);
    ASSERT_TRUE(
        f.augmentation.profile(static_cast<std::uint32_t>(i % 48), random, scratch, row.data()));
    double zeros = 0, square = 0;
    for (const float z : row) {
      ASSERT_TRUE(std::isfinite(z));
      zeros += z == 0;
      square += z * z;
    }
    most = std::max(most, zeros / static_cast<double>(n));
    EXPECT_NEAR(std::sqrt(square), 16, 1e-3);
  }
  EXPECT_GT(most, 0.4);
  EXPECT_LT(most, 0.65);  // with what the table did not measure
}

TEST(Augmentation, NeverEmptiesAGeneSet) {
  AugmentationOptions strong;
  strong.largest_dropout = 1;
  BatchFixture f(strong);
  AugmentationScratch scratch;
  std::set<std::size_t> sizes;
  for (std::uint64_t i = 0; i < 200; ++i) {
    std::vector<std::uint32_t> columns;
    std::vector<float> values;
    RandomStream random(5, i);
    ASSERT_TRUE(f.augmentation.gene_set(50, &random, scratch, columns, values));
    ASSERT_FALSE(columns.empty());
    EXPECT_TRUE(std::is_sorted(columns.begin(), columns.end()));
    sizes.insert(columns.size());
    double square = 0;
    for (const float v : values) square += v * v;
    EXPECT_NEAR(std::sqrt(square), 16, 1e-3);
  }
  EXPECT_GT(sizes.size(), 3u);
}

TEST(Augmentation, AProfileOfNothingHarmsNothing) {
  testing::TemporaryFolder folder;
  auto written = testing::synthetic_pairs();
  written.rows[3].clear();
  written.write(folder / "pairs");
  BatchFixture f;
  f.pairs = testing::must(PairsFolder::open(folder / "pairs", {}));
  AugmentationScratch scratch;
  std::vector<float> row(f.augmentation.n_genes());
  for (std::uint64_t i = 0; i < 20; ++i) {
    RandomStream random(1, i);
    ASSERT_TRUE(f.augmentation.profile(3, random, scratch, row.data()));
    for (const float z : row) ASSERT_TRUE(std::isfinite(z));
  }
}

}  // namespace
}  // namespace celloquy::training
