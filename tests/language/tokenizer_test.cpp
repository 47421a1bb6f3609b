// The same tokens as the reference tokenizers, on names, definitions and questions in both
// languages.

#include "language/tokenizer.hpp"

#include <functional>

#include "encoder_reference.hpp"
#include "io/assets.hpp"

namespace celloquy::language {
namespace {

std::string asset(const std::string& name, const std::string& file) {
  const auto path = asset_path(name, file);
  if (path) return *path;
  ADD_FAILURE() << path.error().message.en << " " << path.error().remedy.en;
  return "";
}

std::unique_ptr<Tokenizer> word_piece() {
  auto made = open_wordpiece(asset("all_minilm_l6_v2", "vocab.txt"));
  return made ? *std::move(made) : nullptr;
}

std::unique_ptr<Tokenizer> unigram() {
  auto made = open_unigram(asset("multilingual_e5_small", "pieces.tsv"),
                           asset("multilingual_e5_small", "normalization.tsv"));
  return made ? *std::move(made) : nullptr;
}

void expect_reference_tokens(const Tokenizer& tokenizer, const std::string& prefix,
                             std::size_t longest, const std::string& reference) {
  const auto texts = reference_texts("token_texts");
  const auto expected = parity::reference<std::uint16_t>("encoders", reference);
  ASSERT_GE(texts.size(), 10'000u);
  ASSERT_EQ(texts.size(), expected.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto tokens = tokenizer.tokens(prefix + texts[i], longest);
    if (token_checksum(tokens) == expected[i]) continue;
    if (++different <= 20) ADD_FAILURE() << texts[i] << " " << ::testing::PrintToString(tokens);
  }
  EXPECT_EQ(different, 0u) << "of " << texts.size();
}

TEST(WordPiece, GivesTheTokensOfTheReferenceTokenizer) {
  const auto tokenizer = word_piece();
  ASSERT_TRUE(tokenizer);
  expect_reference_tokens(*tokenizer, "", 256, "mini_lm_tokens");
}

TEST(Unigram, GivesTheTokensOfTheReferenceTokenizer) {
  const auto tokenizer = unigram();
  ASSERT_TRUE(tokenizer);
  expect_reference_tokens(*tokenizer, "query: ", 512, "e5_tokens");
}

TEST(WordPiece, DividesWordsIntoPieces) {
  const auto tokenizer = word_piece();
  ASSERT_TRUE(tokenizer);
  // [CLS] macro ##pha ##ges [SEP]
  EXPECT_EQ(tokenizer->tokens("Macrophages", 256),
            (std::vector<std::int32_t>{101, 26632, 21890, 8449, 102}));
  EXPECT_EQ(tokenizer->tokens("", 256), (std::vector<std::int32_t>{101, 102}));
}

TEST(Tokenizers, CutLongAndReadBrokenTexts) {
  for (const auto& tokenizer : {word_piece(), unigram()}) {
    ASSERT_TRUE(tokenizer);
    std::string longer;
    for (int i = 0; i < 3000; ++i) longer += "T cell ";
    EXPECT_EQ(tokenizer->tokens(longer, 64).size(), 64u);
    EXPECT_EQ(tokenizer->tokens(longer, 64).front(), tokenizer->tokens("", 64).front());
    EXPECT_EQ(tokenizer->tokens(longer, 64).back(), tokenizer->tokens("", 64).back());
    EXPECT_GE(tokenizer->tokens("\xff\xc3\x28 T \xed\xa0\x80\xf8", 64).size(), 3u);
    EXPECT_GE(tokenizer->tokens(std::string("a\0b", 3), 64).size(), 3u);
  }
}

TEST(Tokenizers, SayWhichFileIsUnusable) {
  const std::string missing = "/nowhere/vocab.txt";
  const auto made = open_wordpiece(missing);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::unusable_input);
  EXPECT_NE(made.error().message.en.find(missing), std::string::npos);
  // A file of the other tokenizer lacks the marks of this one.
  EXPECT_FALSE(open_wordpiece(asset("multilingual_e5_small", "normalization.tsv")));
  const auto vocabulary = asset("all_minilm_l6_v2", "vocab.txt");
  EXPECT_FALSE(open_unigram(vocabulary, vocabulary));
}

}  // namespace
}  // namespace celloquy::language
