#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/instruction_set.hpp"
#include "cells_by_definition.hpp"
#include "space/cells/embed.hpp"

namespace celloquy::space {
namespace {

using test::SpaceData;

Basis some_basis(std::size_t n_genes, std::size_t n_dimensions) {
  return {n_genes, n_dimensions, test::random_weights(n_genes * n_dimensions, 11, false)};
}

/// z·B of a cell, by definition.
std::vector<double> projection(const SpaceData& data, const Basis& basis, std::size_t cell) {
  const auto z = test::z_of(data, cell);
  std::vector<double> out(basis.n_dimensions, 0.0);
  for (std::size_t g = 0; g < basis.n_genes; ++g)
    for (std::size_t d = 0; d < basis.n_dimensions; ++d)
      out[d] += z[g] * basis.values[g * basis.n_dimensions + d];
  return out;
}

std::vector<std::int8_t> integers(const CellEmbedding& cells) {
  return {cells.values.begin(), cells.values.end()};
}

TEST(EmbedCells, AreUnitVectorsAlongTheProjectionWithinHalfAStep) {
  const SpaceData data(130, 300, 400);
  for (const std::size_t d : {1, 20, 32, 100, 256}) {
    const auto basis = some_basis(400, d);
    const auto cells = embed_cells(data.view(), data.standardization, basis, {});
    ASSERT_TRUE(cells);
    ASSERT_EQ(cells->values.size(), 130 * d);
    for (std::size_t cell = 0; cell < 130; ++cell) {
      const auto expected = projection(data, basis, cell);
      double largest = 0, square = 0;
      for (const double x : expected) largest = std::max(largest, std::abs(x));
      for (std::size_t k = 0; k < d; ++k) {
        const double value = cells->values[cell * d + k];
        // Rounding is by half a step, and 1e-3 of one for the float sums before.
        EXPECT_NEAR(value, expected[k] * 127 / largest, 0.501);
        square += value * value;
      }
      EXPECT_NEAR(square * cells->scale[cell] * cells->scale[cell], 1, 1e-6);
    }
  }
}

TEST(EmbedCells, OneCellTakesLessThanAKilobyte) {
  const SpaceData data(10, 300, 400);
  const auto cells = *embed_cells(data.view(), data.standardization, some_basis(400, 512), {});
  EXPECT_LE(cells.values.bytes() + cells.scale.size() * sizeof(float), 10u * 1024);
}

TEST(EmbedCells, SameBitsForAnyNumberOfThreads) {
  const SpaceData data(700, 300, 400);
  const auto basis = some_basis(400, 48);
  const auto results = test::with_threads([&](const Context& context) {
    const auto cells = *embed_cells(data.view(), data.standardization, basis, context);
    return std::pair(integers(cells), cells.scale);
  });
  for (const std::size_t other : {1, 2}) {
    EXPECT_EQ(results[0].first, results[other].first);
    EXPECT_TRUE(test::same_bits(results[0].second, results[other].second));
  }
}

TEST(EmbedCells, TheSameWithEveryInstructionSetWithinOneStep) {
  const SpaceData data(130, 300, 400);
  const auto basis = some_basis(400, 100);
  std::vector<std::int8_t> first;
  for (const auto set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512}) {
    if (set > best_instruction_set()) continue;
    set_instruction_set(set);
    const auto now = integers(*embed_cells(data.view(), data.standardization, basis, {}));
    if (first.empty()) first = now;
    std::size_t n_different = 0;
    for (std::size_t i = 0; i < now.size(); ++i) {
      EXPECT_LE(std::abs(now[i] - first[i]), 1);
      n_different += now[i] != first[i];
    }
    EXPECT_LE(n_different, now.size() / 1000) << name(set);  // ties of rounding
  }
  set_instruction_set(best_instruction_set());
}

TEST(EmbedCells, DependOnTheDirectionsOfTheBasisAlone) {
  const SpaceData data(40, 200, 300);
  const auto basis = some_basis(300, 24);
  const auto expected = *embed_cells(data.view(), data.standardization, basis, {});
  for (const float length : {1e-30f, 1e37f}) {
    auto scaled = basis;
    for (auto& value : scaled.values) value *= length;
    const auto cells = *embed_cells(data.view(), data.standardization, scaled, {});
    for (std::size_t i = 0; i < cells.values.size(); ++i)
      ASSERT_LE(std::abs(cells.values[i] - expected.values[i]), 1) << length;
  }
}

TEST(EmbedCells, ACellWithoutDirectionIsZero) {
  SpaceData data(9, 50, 60);
  std::fill(data.standardization.centre.begin(), data.standardization.centre.end(), 0.0f);
  const auto cells = *embed_cells(data.view(), data.standardization, some_basis(60, 16), {});
  EXPECT_EQ(cells.scale[4], 0);
  for (std::size_t k = 0; k < 16; ++k) EXPECT_EQ(cells.values[4 * 16 + k], 0);
  EXPECT_GT(cells.scale[3], 0);
  const auto found = search(cells, test::random_weights(16, 3, false), {});
  EXPECT_EQ(found[4], 0);
}

TEST(EmbedCells, RefusesWhatDoesNotFit) {
  const SpaceData data(9, 50, 60);
  const auto code = [&](const Basis& basis) {
    const auto cells = embed_cells(data.view(), data.standardization, basis, {});
    return cells ? 0 : static_cast<int>(cells.error().code);
  };
  EXPECT_EQ(code(some_basis(60, 1024)), 0);
  EXPECT_EQ(code(some_basis(60, 1025)), 1);
  EXPECT_EQ(code(some_basis(59, 8)), 1);
  EXPECT_EQ(code({60, 0, {}}), 1);
  auto basis = some_basis(60, 8);
  basis.values[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(code(basis), 1);
}

/// Cells of random whole numbers.
CellEmbedding random_embedding(std::size_t n_cells, std::size_t d) {
  CellEmbedding cells;
  cells.n_cells = n_cells;
  cells.n_dimensions = d;
  cells.values = Buffer<std::int8_t>(n_cells * d);
  cells.scale.resize(n_cells);
  for (std::size_t cell = 0; cell < n_cells; ++cell) {
    RandomStream random(21, cell);
    double square = 0;
    for (std::size_t k = 0; k < d; ++k) {
      const auto value = static_cast<int>(random.below(255)) - 127;
      cells.values[cell * d + k] = static_cast<std::int8_t>(value);
      square += value * value;
    }
    cells.scale[cell] = square > 0 ? static_cast<float>(1 / std::sqrt(square)) : 0.0f;
  }
  return cells;
}

TEST(Search, GivesTheCosinesWithin1e4) {
  for (const std::size_t d : {1, 7, 16, 31, 33, 64, 100, 256, 512, 1000}) {
    const auto cells = random_embedding(300, d);
    const auto query = test::random_weights(d, 4, false);
    const auto found = search(cells, query, {});
    ASSERT_EQ(found.size(), 300u);
    const double length = test::length(query.data(), d);
    for (std::size_t cell = 0; cell < 300; ++cell) {
      double expected = 0;
      for (std::size_t k = 0; k < d; ++k) expected += cells.values[cell * d + k] * query[k];
      expected *= cells.scale[cell] / length;
      // The query is rounded to 1/16,384 of its largest coordinate.
      EXPECT_NEAR(found[cell], expected, 1e-4) << d;
    }
  }
}

TEST(Search, TheLargestNumbersDoNotOverflow) {
  auto cells = random_embedding(3, most_dimensions);
  std::fill_n(cells.values.begin(), most_dimensions, std::int8_t{127});
  std::fill_n(cells.values.begin() + most_dimensions, most_dimensions, std::int8_t{-127});
  cells.scale[0] = cells.scale[1] = 1.0f / (127 * 32);
  for (const auto set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512}) {
    if (set > best_instruction_set()) continue;
    set_instruction_set(set);
    const auto found = search(cells, std::vector<float>(most_dimensions, 2.5f), {});
    EXPECT_NEAR(found[0], 1, 1e-6);
    EXPECT_NEAR(found[1], -1, 1e-6);
  }
  set_instruction_set(best_instruction_set());
}

TEST(Search, SameBitsForAnyNumberOfThreadsAndEveryInstructionSet) {
  const auto cells = random_embedding(20'000, 100);
  const auto query = test::random_weights(100, 4, false);
  const auto expected = search(cells, query, {});
  for (const auto set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512}) {
    if (set > best_instruction_set()) continue;
    set_instruction_set(set);
    for (const auto& found :
         test::with_threads([&](const Context& context) { return search(cells, query, context); }))
      EXPECT_TRUE(test::same_bits(found, expected)) << name(set);
  }
  set_instruction_set(best_instruction_set());
}

TEST(Search, FindsACellByItsOwnVector) {
  const SpaceData data(130, 300, 400);
  const auto basis = some_basis(400, 256);
  const auto cells = *embed_cells(data.view(), data.standardization, basis, {});
  for (const std::size_t cell : {0, 64, 129}) {
    const auto exact = projection(data, basis, cell);
    const std::vector<float> query(exact.begin(), exact.end());
    const auto found = search(cells, query, {});
    EXPECT_EQ(std::max_element(found.begin(), found.end()) - found.begin(),
              static_cast<std::ptrdiff_t>(cell));
    EXPECT_NEAR(found[cell], 1, 1e-3);
    for (std::size_t other = 0; other < 130; ++other) {
      const auto theirs = projection(data, basis, other);
      const double cosine = test::dot(theirs, query.data()) /
                            (test::length(theirs) * test::length(query.data(), 256));
      EXPECT_NEAR(found[other], cosine, 2e-3);
    }
  }
}

TEST(Search, OfNothingIsZeroNotNaN) {
  const auto cells = random_embedding(5, 8);
  for (const float x : search(cells, std::vector<float>(8, 0.0f), {})) EXPECT_EQ(x, 0);
  std::vector<float> query(8, 1.0f);
  query[2] = std::numeric_limits<float>::quiet_NaN();
  for (const float x : search(cells, query, {})) EXPECT_EQ(x, 0);
  for (const float x : search(cells, std::vector<float>(8, 1e-38f), {}))
    EXPECT_TRUE(std::isfinite(x));
}

TEST(Search, StopsWhenCancelled) {
  const auto cells = random_embedding(10, 8);
  CancellationToken token;
  token.cancel();
  Context context;
  context.cancellation = &token;
  EXPECT_TRUE(search(cells, std::vector<float>(8, 1.0f), context).empty());
}

}  // namespace
}  // namespace celloquy::space
