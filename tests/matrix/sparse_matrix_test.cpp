#include "matrix/sparse_matrix.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "base/thread_pool.hpp"
#include "matrix/count_matrix.hpp"

namespace celloquy {
namespace {

using Dense = std::vector<std::vector<double>>;

/// A random matrix stored with the given types.
template <class Index, class Value>
SparseMatrix random_matrix(std::size_t rows, std::size_t columns, double density,
                           std::uint64_t seed, Order order = Order::cell_major) {
  RandomStream random(seed);
  std::vector<std::uint64_t> offsets{0};
  std::vector<std::uint32_t> indices;
  std::vector<double> values;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j)
      if (random.uniform() < density) {
        indices.push_back(static_cast<std::uint32_t>(j));
        values.push_back(double(1 + random.below(250)));
      }
    offsets.push_back(indices.size());
  }
  Buffer<Index> stored_indices(indices.size());
  Buffer<Value> stored_values(values.size());
  for (std::size_t k = 0; k < indices.size(); ++k) {
    stored_indices[k] = static_cast<Index>(indices[k]);
    stored_values[k] = static_cast<Value>(values[k]);
  }
  return SparseMatrix(order, rows, columns, std::move(offsets), std::move(stored_indices),
                      std::move(stored_values));
}

Dense dense(const SparseMatrix& matrix) {
  Dense out(matrix.n_major(), std::vector<double>(matrix.n_minor(), 0));
  RowDecoder decoder(matrix);
  for (std::size_t i = 0; i < matrix.n_major(); ++i) {
    const auto row = decoder.row(i);
    for (std::size_t k = 0; k < row.indices.size(); ++k) out[i][row.indices[k]] = row.values[k];
  }
  return out;
}

void check_all(const SparseMatrix& matrix, std::uint64_t seed) {
  ASSERT_TRUE(matrix.valid());
  const Dense expected = dense(matrix);
  RandomStream random(seed);
  std::vector<std::uint32_t> major, minor;
  for (std::uint32_t i = 0; i < matrix.n_major(); ++i)
    if (random.below(3)) major.push_back(i);
  for (std::uint32_t j = 0; j < matrix.n_minor(); ++j)
    if (random.below(2)) minor.push_back(j);
  if (minor.empty() && matrix.n_minor()) minor.push_back(0);
  for (const unsigned threads : {1u, 2u, 7u}) {
    ThreadPool pool(threads);
    Context context;
    context.threads = &pool;
    const auto turned = transposed(matrix, context);
    ASSERT_TRUE(turned);
    ASSERT_TRUE(turned->valid());
    EXPECT_NE(turned->order(), matrix.order());
    EXPECT_EQ(turned->n_cells(), matrix.n_cells());
    EXPECT_EQ(turned->counts(), matrix.counts());
    const Dense found = dense(*turned);
    for (std::size_t i = 0; i < matrix.n_major(); ++i)
      for (std::size_t j = 0; j < matrix.n_minor(); ++j) ASSERT_EQ(found[j][i], expected[i][j]);
    const auto kept = subset(matrix, major, minor, context);
    ASSERT_TRUE(kept && kept->valid());
    const Dense kept_dense = dense(*kept);
    ASSERT_EQ(kept_dense.size(), major.size());
    for (std::size_t i = 0; i < major.size(); ++i)
      for (std::size_t j = 0; j < minor.size(); ++j)
        ASSERT_EQ(kept_dense[i][j], expected[major[i]][minor[j]]);
    const auto rows = subset(matrix, major, {}, context);
    ASSERT_TRUE(rows);
    const Dense rows_dense = dense(*rows);
    for (std::size_t i = 0; i < major.size(); ++i) ASSERT_EQ(rows_dense[i], expected[major[i]]);
  }
}

TEST(SparseMatrix, TransposedAndSubsetAgreeWithTheNaiveWay) {
  std::uint64_t seed = 1;
  for (const std::size_t rows : {1, 15, 16, 17, 600})
    for (const std::size_t columns : {1, 40}) {
      check_all(random_matrix<std::uint16_t, std::uint8_t>(rows, columns, 0.2, seed), seed + 100),
          ++seed;
      check_all(random_matrix<std::uint32_t, float>(rows, columns, 0.5, seed, Order::gene_major),
                seed + 100),
          ++seed;
    }
  check_all(random_matrix<std::uint16_t, std::uint16_t>(50, 30, 0, seed), seed + 100), ++seed;
  check_all(random_matrix<std::uint32_t, std::uint32_t>(50, 30, 1, seed), seed + 100), ++seed;
}

TEST(SparseMatrix, AnEmptyOneStaysEmpty) {
  const SparseMatrix none;
  EXPECT_TRUE(none.valid());
  const auto turned = transposed(none, {});
  ASSERT_TRUE(turned);
  EXPECT_EQ(turned->n_nonzeros(), 0u);
  EXPECT_TRUE(subset(none, {}, {}, {}));
}

TEST(SparseMatrix, ManyRowsNeedWideIndices) {
  const auto matrix = random_matrix<std::uint16_t, std::uint8_t>(70'000, 2, 0.01, 9);
  const auto turned = transposed(matrix, {});
  ASSERT_TRUE(turned && turned->valid());
  const auto back = transposed(*turned, {});
  ASSERT_TRUE(back);
  EXPECT_EQ(dense(*back), dense(matrix));
}

TEST(SparseMatrix, ValidSeesWhatIsWrong) {
  const auto make = [](std::vector<std::uint64_t> offsets, std::vector<int> from) {
    Buffer<std::uint16_t> indices(from.size());
    Buffer<std::uint8_t> values(from.size());
    for (std::size_t i = 0; i < from.size(); ++i)
      indices[i] = static_cast<std::uint16_t>(from[i]), values[i] = 1;
    return SparseMatrix(Order::cell_major, 2, 3, std::move(offsets), std::move(indices),
                        std::move(values));
  };
  EXPECT_TRUE(make({0, 2, 3}, {0, 2, 1}).valid());
  EXPECT_FALSE(make({0, 2, 3}, {2, 0, 1}).valid());  // not ascending
  EXPECT_FALSE(make({0, 2, 3}, {0, 0, 1}).valid());  // twice
  EXPECT_FALSE(make({0, 2, 3}, {0, 3, 1}).valid());  // out of range
  EXPECT_FALSE(make({0, 2, 4}, {0, 2, 1}).valid());  // beyond the array
  EXPECT_FALSE(make({0, 3, 2}, {0, 1, 2}).valid());  // offsets descend
  EXPECT_FALSE(make({1, 2, 3}, {0, 2, 1}).valid());  // does not begin at zero
  EXPECT_FALSE(make({0, 3}, {0, 1, 2}).valid());     // an offset is missing
}

TEST(SparseMatrix, CancelledWorkSaysSo) {
  CancellationToken token;
  token.cancel();
  Context context;
  context.cancellation = &token;
  const auto matrix = random_matrix<std::uint16_t, std::uint8_t>(10, 10, 0.5, 3);
  ASSERT_FALSE(transposed(matrix, context));
  EXPECT_EQ(transposed(matrix, context).error().code, ErrorCode::cancelled);
  const std::vector<std::uint32_t> rows{0, 1};
  EXPECT_FALSE(subset(matrix, rows, {}, context));
}

TEST(CountMatrix, BothOrdersGiveTheSameNormalisedValues) {
  const CountMatrix matrix(random_matrix<std::uint16_t, std::uint8_t>(30, 20, 0.3, 5));
  const auto by_gene = matrix.by_gene({});
  ASSERT_TRUE(by_gene);
  Normalization normalization{Normalization::Kind::log1p, {}};
  for (int i = 0; i < 30; ++i) normalization.scale.push_back(0.5f + 0.1f * static_cast<float>(i));
  const ExpressionView view{&matrix, &normalization};
  ExpressionDecoder cells(view, matrix.by_cell()), genes(view, **by_gene);
  Dense by_cell(30, std::vector<double>(20, 0)), turned = by_cell;
  for (std::uint32_t cell = 0; cell < 30; ++cell) {
    const auto row = cells.row(cell);
    for (std::size_t k = 0; k < row.indices.size(); ++k)
      by_cell[cell][row.indices[k]] = row.values[k];
  }
  for (std::uint32_t gene = 0; gene < 20; ++gene) {
    const auto row = genes.row(gene);
    for (std::size_t k = 0; k < row.indices.size(); ++k)
      turned[row.indices[k]][gene] = row.values[k];
  }
  EXPECT_EQ(by_cell, turned);
  EXPECT_EQ(*matrix.by_gene({}), *by_gene);  // made once
}

TEST(CountMatrix, WhoHoldsTheCopyByGeneKeepsIt) {
  const CountMatrix matrix(random_matrix<std::uint16_t, std::uint8_t>(30, 20, 0.3, 5));
  const auto held = *matrix.by_gene({});
  matrix.release_by_gene();
  EXPECT_EQ(held.use_count(), 1);
  RowDecoder rows(*held);
  std::uint64_t n = 0;
  for (std::size_t gene = 0; gene < 20; ++gene) n += rows.row(gene).values.size();
  EXPECT_EQ(n, matrix.n_nonzeros());
  EXPECT_NE(*matrix.by_gene({}), held);
}

}  // namespace
}  // namespace celloquy
