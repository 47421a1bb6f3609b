#include <gtest/gtest.h>

#include "cells_by_definition.hpp"
#include "space/cells/score.hpp"

namespace celloquy::space {
namespace {

using test::SpaceData;

TextWeights some_texts(const SpaceData& data, std::size_t n_texts, std::uint64_t seed = 5) {
  TextWeights texts{n_texts, data.n_space(),
                    test::random_weights(n_texts * data.n_space(), seed, true)};
  for (std::size_t t = 0; t < n_texts; ++t)  // of different lengths
    for (std::size_t g = 0; g < texts.n_genes; ++g)
      texts.values[t * texts.n_genes + g] *= static_cast<float>(1 + t % 7);
  return texts;
}

TEST(ScoreCells, AreTheCosinesByDefinitionWithin1e6) {
  const SpaceData data(150, 700, 900);
  const auto texts = some_texts(data, 70);
  const auto scores = score_cells(data.view(), data.standardization, texts, {});
  ASSERT_TRUE(scores) << scores.error().message.en;
  ASSERT_EQ(scores->n_rows, 150u);
  ASSERT_EQ(scores->n_columns, 70u);
  for (std::size_t cell = 0; cell < 150; ++cell) {
    const auto z = test::z_of(data, cell);
    for (std::size_t t = 0; t < 70; ++t) {
      const float* w = texts.values.data() + t * texts.n_genes;
      const double expected = test::dot(z, w) / (test::length(z) * test::length(w, texts.n_genes));
      ASSERT_NEAR(scores->values[cell * 70 + t], expected, 1e-6) << cell << " " << t;
    }
  }
}

}  // namespace
}  // namespace celloquy::space
