// The neural encoders: right against float64, the same bits however they are called, and good
// guests.

#include "language/text_encoder.hpp"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/thread_pool.hpp"
#include "encoder_reference.hpp"

extern "C" void omp_display_env(int verbose);

namespace celloquy::language {
namespace {

/// Each encoder is loaded once for all tests.
TextEncoder& encoder(EncoderKind kind) {
  static std::unique_ptr<TextEncoder> opened[2];
  auto& slot = opened[kind == EncoderKind::multilingual_e5];
  if (!slot) {
    auto made = open_text_encoder(kind);
    if (made) {
      slot = *std::move(made);
    } else {
      ADD_FAILURE() << made.error().message.en << " " << made.error().remedy.en;
      slot = hashing_encoder();
    }
  }
  return *slot;
}

std::vector<float> encode(EncoderKind kind, const std::vector<std::string>& texts,
                          unsigned threads = 1) {
  ThreadPool pool(threads);
  Context context;
  context.threads = &pool;
  auto vectors = encoder(kind).encode(texts, context);
  EXPECT_TRUE(vectors.has_value());
  return vectors ? *std::move(vectors) : std::vector<float>(texts.size() * 384);
}

class EncoderTest : public ::testing::TestWithParam<EncoderKind> {};
INSTANTIATE_TEST_SUITE_P(Kinds, EncoderTest,
                         ::testing::Values(EncoderKind::mini_lm, EncoderKind::multilingual_e5),
                         [](const auto& instance) {
                           return instance.param == EncoderKind::mini_lm ? "MiniLm"
                                                                         : "MultilingualE5";
                         });

/// Against float64: the published weights of MiniLM, which we round to bfloat16,
/// and the very 4-bit weights of e5, whose products llama.cpp rounds to 8 bits.
TEST_P(EncoderTest, AgreesWithFloat64OnTwoHundredSentences) {
  const bool mini_lm = GetParam() == EncoderKind::mini_lm;
  const auto texts = reference_texts("sentences");
  const auto expected =
      parity::reference<std::uint16_t>("encoders", mini_lm ? "mini_lm_vectors" : "e5_vectors");
  ASSERT_EQ(texts.size(), 200u);
  ASSERT_EQ(expected.size(), texts.size() * 384);
  const auto vectors = encode(GetParam(), texts, 2);
  double least = 1;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    double product = 0, squares = 0, own = 0;
    for (std::size_t k = i * 384; k < (i + 1) * 384; ++k) {
      product += vectors[k] * half(expected[k]);
      squares += half(expected[k]) * half(expected[k]);
      own += static_cast<double>(vectors[k]) * vectors[k];
    }
    EXPECT_NEAR(own, 1, 1e-6) << texts[i];
    const double cosine = product / std::sqrt(squares * own);
    EXPECT_GE(cosine, mini_lm ? 0.9999 : 0.999) << texts[i];
    least = std::min(least, cosine);
  }
  RecordProperty("least_cosine", std::to_string(least));
  std::printf("least cosine %.6f\n", least);
}

TEST_P(EncoderTest, GivesTheSameBitsForAnyNumberOfThreadsOrderAndCompany) {
  auto texts = reference_texts("sentences");
  texts.resize(60);
  const auto serial = encode(GetParam(), texts);
  EXPECT_EQ(encode(GetParam(), texts, 2), serial);
  std::vector<std::string> reversed(texts.rbegin(), texts.rend());
  const auto back = encode(GetParam(), reversed, 7);
  for (std::size_t i = 0; i < texts.size(); ++i)
    EXPECT_TRUE(std::equal(back.begin() + i * 384, back.begin() + (i + 1) * 384,
                           serial.begin() + (texts.size() - 1 - i) * 384))
        << reversed[i];
  for (const std::size_t i : {0u, 1u, 37u, 59u}) {
    const auto alone = encode(GetParam(), {texts[i]});
    EXPECT_TRUE(std::equal(alone.begin(), alone.end(), serial.begin() + i * 384)) << texts[i];
  }
}

TEST_P(EncoderTest, MayBeCalledFromSeveralThreads) {
  const std::vector<std::string> texts{"plasma cell", "肝脏巨噬细胞", "", "fibroblast of the lung"};
  const auto expected = encode(GetParam(), texts);
  std::vector<std::vector<float>> results(4);
  std::vector<std::thread> callers;
  auto& shared = encoder(GetParam());
  for (auto& result : results)
    callers.emplace_back([&] {
      if (auto vectors = shared.encode(texts, {})) result = *std::move(vectors);
    });
  for (auto& caller : callers) caller.join();
  for (const auto& result : results) EXPECT_EQ(result, expected);
}

TEST_P(EncoderTest, ReadsTheBeginningOfLongTexts) {
  std::string text;
  while (text.size() < 17'000) text += "regulatory T cell of the colon, ";
  const auto vectors = encode(GetParam(), {text, text + text, text.substr(0, 16'500)});
  for (std::size_t k = 0; k < 384; ++k) {
    EXPECT_EQ(vectors[k], vectors[384 + k]);
    EXPECT_EQ(vectors[k], vectors[768 + k]);
  }
}

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Within 200 ms on each of two threads; counted on the processors, so that
/// other work on the machine does not matter.
TEST_P(EncoderTest, StopsSoonWhenCancelled) {
  std::string text;
  while (text.size() < 4000) text += "regulatory T cell of the colon, ";
  const std::vector<std::string> texts(2000, text);  // minutes of work
  // On a loaded machine processor time is dearer: each of the two threads may still
  // be in a text when it is told to stop, but not begin another.
  encode(GetParam(), {text});
  const double before = processor_seconds();
  encode(GetParam(), {text});
  const double limit = std::max(0.4, 2 * (processor_seconds() - before));
  CancellationToken token;
  ThreadPool pool(2);
  Context context;
  context.threads = &pool;
  context.cancellation = &token;
  double cancelled = 0;
  std::thread user([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    cancelled = processor_seconds();
    token.cancel();
  });
  const auto vectors = encoder(GetParam()).encode(texts, context);
  const double end = processor_seconds();
  user.join();
  ASSERT_FALSE(vectors);
  EXPECT_EQ(vectors.error().code, ErrorCode::cancelled);
  EXPECT_LT(end - cancelled, limit);
  // What was stopped half-way leaves no trace in what comes next.
  EXPECT_EQ(encode(GetParam(), {"B cell"}), encode(GetParam(), {"B cell"}, 2));
}

double cosine(EncoderKind kind, const std::string& a, const std::string& b) {
  const auto v = encode(kind, {a, b});
  double sum = 0;
  for (std::size_t k = 0; k < 384; ++k) sum += static_cast<double>(v[k]) * v[384 + k];
  return sum;
}

TEST_P(EncoderTest, BringsWhatMeansTheSameTogether) {
  EXPECT_GT(cosine(GetParam(), "cells that make antibodies", "plasma cell"),
            cosine(GetParam(), "cells that make antibodies", "smooth muscle cell"));
}

TEST(MultilingualE5, KnowsEnglishAndChinese) {
  const auto kind = EncoderKind::multilingual_e5;
  EXPECT_GT(cosine(kind, "肝脏巨噬细胞", "macrophage of the liver"),
            cosine(kind, "肝脏巨噬细胞", "neuron of the cortex") + 0.02);
}

TEST(TextEncoders, HaveIdentitiesOfTheirOwn) {
  const auto mini_lm = encoder(EncoderKind::mini_lm).identity();
  EXPECT_NE(mini_lm, encoder(EncoderKind::multilingual_e5).identity());
  EXPECT_EQ(mini_lm.substr(0, 17), "all-MiniLM-L6-v2/");
  auto again = open_text_encoder(EncoderKind::mini_lm);
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->identity(), mini_lm);
}

TEST(TextEncoders, NameAMissingAssetAndTheCommandThatBringsIt) {
  const char* before = std::getenv("CELLOQUY_ASSETS");
  const std::string kept = before ? before : "";
  setenv("CELLOQUY_ASSETS", "/nowhere", 1);
  const auto missing = open_text_encoder(EncoderKind::multilingual_e5);
  before ? setenv("CELLOQUY_ASSETS", kept.c_str(), 1) : unsetenv("CELLOQUY_ASSETS");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::unusable_input);
  EXPECT_NE(missing.error().message.en.find("multilingual_e5_small"), std::string::npos);
  EXPECT_NE(missing.error().remedy.en.find("scripts/fetch-assets"), std::string::npos);
  EXPECT_NE(missing.error().remedy.zh.find("scripts/fetch-assets"), std::string::npos);
}

/// Spinning threads would make a busy machine fifty times slower (runtime.cpp).
TEST(Runtime, LetsWaitingThreadsSleep) {
  encoder(EncoderKind::mini_lm);
  ::testing::internal::CaptureStderr();
  omp_display_env(0);
  const auto settings = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(settings.find("OMP_WAIT_POLICY = 'PASSIVE'"), std::string::npos) << settings;
}

}  // namespace
}  // namespace celloquy::language
