#include "space/model/pool_basis.hpp"

#include <gtest/gtest.h>

#include "base/thread_pool.hpp"
#include "small_pool.hpp"
#include "space/text/attention.hpp"

namespace celloquy::space {
namespace {

class PoolBasis : public ::testing::Test {
 protected:
  std::unique_ptr<language::TextEncoder> encoder = language::hashing_encoder();
  Pool pool = testing::small_pool(*encoder);
};

TEST_F(PoolBasis, IsOrthonormalAndHoldsThePool) {
  const auto basis = pool_basis(pool, 3, Context{});
  ASSERT_TRUE(basis);
  for (std::size_t a = 0; a < 3; ++a)
    for (std::size_t b = 0; b < 3; ++b) {
      double sum = 0;
      for (std::size_t g = 0; g < basis->n_genes; ++g)
        sum += static_cast<double>(basis->values[g * 3 + a]) * basis->values[g * 3 + b];
      EXPECT_NEAR(sum, a == b ? 1 : 0, 1e-5);
    }
  // Three entries lie in three dimensions: their cosines are kept.
  TextWeights texts{3, pool.n_genes, {}};
  for (std::uint32_t e = 0; e < 3; ++e) {
    const EntryShare one{e, 1.0, 1.0f};
    auto weights = weights_of(pool, std::span(&one, 1));
    to_unit(weights);
    texts.values.insert(texts.values.end(), weights.begin(), weights.end());
  }
  const auto vectors = texts_in_basis(texts, *basis);
  const auto cosine = [](std::span<const float> values, std::size_t n, std::size_t a,
                         std::size_t b) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i)
      sum += static_cast<double>(values[a * n + i]) * values[b * n + i];
    return sum;
  };
  for (std::size_t a = 0; a < 3; ++a)
    for (std::size_t b = 0; b < 3; ++b)
      EXPECT_NEAR(cosine(vectors, 3, a, b), cosine(texts.values, pool.n_genes, a, b), 1e-4);
}

TEST_F(PoolBasis, HasTheSameBitsForAnyNumberOfThreads) {
  ThreadPool four(4);
  Context threads;
  threads.threads = &four;
  const auto one = pool_basis(pool, 16, Context{}), many = pool_basis(pool, 16, threads);
  ASSERT_TRUE(one && many);
  EXPECT_EQ(one->values, many->values);
}

TEST_F(PoolBasis, RefusesImpossibleNumbersOfDimensions) {
  EXPECT_FALSE(pool_basis(pool, 0, Context{}));
  EXPECT_FALSE(pool_basis(pool, most_dimensions + 1, Context{}));
}

}  // namespace
}  // namespace celloquy::space
