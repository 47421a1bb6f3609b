// The twin: unit vectors, near when words or parts of words are shared.

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/thread_pool.hpp"
#include "language/text_encoder.hpp"

namespace celloquy::language {
namespace {

std::vector<float> encode(TextEncoder& encoder, const std::vector<std::string>& texts,
                          const Context& context = {}) {
  auto vectors = encoder.encode(texts, context);
  EXPECT_TRUE(vectors.has_value());
  return vectors ? *std::move(vectors) : std::vector<float>{};
}

/// Cosine of the first two texts.
double similarity(const std::string& a, const std::string& b) {
  const auto encoder = hashing_encoder();
  const auto v = encode(*encoder, {a, b});
  return std::inner_product(v.begin(), v.begin() + 384, v.begin() + 384, 0.0);
}

TEST(HashingEncoder, GivesUnitVectorsOfAnyText) {
  const auto encoder = hashing_encoder(96);
  EXPECT_EQ(encoder->dimension(), 96u);
  const std::vector<std::string> texts{
      "", " ", "B", "B cell", "肝脏巨噬细胞", "\xff\xfe broken \xe8", std::string(100'000, 'x')};
  const auto vectors = encode(*encoder, texts);
  ASSERT_EQ(vectors.size(), texts.size() * 96);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    double squares = 0;
    for (std::size_t k = 0; k < 96; ++k) squares += std::pow(vectors[i * 96 + k], 2);
    EXPECT_NEAR(squares, 1, 1e-6) << texts[i].substr(0, 20);
  }
}

TEST(HashingEncoder, SharedWordsAndPartsOfWordsBringTextsNearer) {
  EXPECT_NEAR(similarity("CD8+ T cell", "cd8 T CELL"), 1, 1e-6);
  EXPECT_NEAR(similarity("ＣＤ8 细胞", "CD8细胞"), 1, 1e-6);
  EXPECT_GT(similarity("macrophage", "macrophages"), 0.5);
  EXPECT_GT(similarity("巨噬细胞", "肝脏巨噬细胞"), 0.6);
  EXPECT_GT(similarity("liver macrophage", "macrophage of the liver"),
            similarity("liver macrophage", "pancreatic beta cell") + 0.3);
}

TEST(HashingEncoder, GivesTheSameBitsForAnyNumberOfThreadsAndOrder) {
  const auto encoder = hashing_encoder();
  std::vector<std::string> texts;
  for (int i = 0; i < 500; ++i) texts.push_back("text number " + std::to_string(i * i));
  const auto serial = encode(*encoder, texts);
  std::vector<std::string> reversed(texts.rbegin(), texts.rend());
  for (const unsigned threads : {2u, 7u}) {
    ThreadPool pool(threads);
    Context context;
    context.threads = &pool;
    EXPECT_EQ(encode(*encoder, texts, context), serial);
    const auto back = encode(*encoder, reversed, context);
    for (std::size_t i = 0; i < texts.size(); ++i)
      EXPECT_TRUE(std::equal(back.begin() + i * 384, back.begin() + (i + 1) * 384,
                             serial.begin() + (texts.size() - 1 - i) * 384));
  }
}

TEST(HashingEncoder, StopsWhenCancelled) {
  const auto encoder = hashing_encoder();
  CancellationToken token;
  token.cancel();
  Context context;
  context.cancellation = &token;
  const std::vector<std::string> texts(10, "text");
  const auto vectors = encoder->encode(texts, context);
  ASSERT_FALSE(vectors);
  EXPECT_EQ(vectors.error().code, ErrorCode::cancelled);
}

TEST(HashingEncoder, HasAnIdentityOfItsOwnForEachDimension) {
  EXPECT_NE(hashing_encoder(64)->identity(), hashing_encoder(384)->identity());
}

}  // namespace
}  // namespace celloquy::language
