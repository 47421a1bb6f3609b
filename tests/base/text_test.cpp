#include "base/text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "base/expected.hpp"
#include "base/hashing.hpp"
#include "base/random.hpp"

namespace celloquy {
namespace {

TEST(Text, Thousands) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000), "1,000");
  EXPECT_EQ(with_thousands(-1234567), "-1,234,567");
  EXPECT_EQ(with_thousands(std::numeric_limits<long long>::min()), "-9,223,372,036,854,775,808");
}

TEST(Text, SignificantDigits) {
  EXPECT_EQ(significant(0), "0");
  EXPECT_EQ(significant(0.0123456), "0.0123");
  EXPECT_EQ(significant(12.3456), "12.3");
  EXPECT_EQ(significant(-2.5), "-2.5");
  EXPECT_EQ(significant(9.996), "10");
  EXPECT_EQ(significant(0.5), "0.5");
  EXPECT_EQ(significant(1.2e-8), "1.20e-08");
  EXPECT_EQ(significant(123456), "123,456");
  EXPECT_EQ(significant(std::nan("")), "n/a");
  EXPECT_EQ(significant(-INFINITY), "-∞");
}

TEST(Text, SignificantStaysCloseToTheNumber) {
  RandomStream random(1);
  for (int i = 0; i < 20'000; ++i) {
    const double number = random.normal() * std::pow(10, double(random.below(12)) - 6);
    auto text = significant(number);
    std::erase(text, ',');
    EXPECT_NEAR(std::stod(text), number, std::abs(number) * 0.0051) << text;
  }
}

TEST(Text, Lists) {
  EXPECT_EQ(enumerate({}).en, "");
  EXPECT_EQ(enumerate({Text::same("a")}).en, "a");
  EXPECT_EQ(enumerate({Text::same("a"), {"b", "乙"}, Text::same("c")}).en, "a, b and c");
  EXPECT_EQ(enumerate({Text::same("a"), {"b", "乙"}, Text::same("c")}).zh, "a、乙和c");
  // Names with commas: where one item ends must be seen.
  const std::vector<Text> kinds = {
      Text::same("CD4-positive, alpha-beta T cell"), {"B cell", "B细胞"}, Text::same("NK cell")};
  EXPECT_EQ(enumerate(kinds).en, "CD4-positive, alpha-beta T cell; B cell; and NK cell");
  EXPECT_EQ(enumerate(kinds).zh, "CD4-positive, alpha-beta T cell;B细胞;NK cell");
  EXPECT_EQ(enumerate({kinds[0]}).en, kinds[0].en);
  EXPECT_EQ(enumerate({Text::same("mast and other cells"), Text::same("b")}).en,
            "mast and other cells; and b");
}

TEST(Text, MessagesAreFilledInBothLanguages) {
  const Text text = message("base.internal", {{"what", Text{"x", "某"}}});
  EXPECT_NE(text.en.find(": x"), std::string::npos);
  EXPECT_NE(text.zh.find("某"), std::string::npos);
  EXPECT_EQ(message("no.such.id").en, "no.such.id");
  // What is filled in is not itself filled in.
  EXPECT_NE(message("base.internal", {{"what", "{what}"}}).en.find("{what}"), std::string::npos);
}

TEST(Errors, CarryTheirRemedy) {
  const auto error = failure(ErrorCode::cancelled, "base.cancelled").value();
  EXPECT_EQ(error.code, ErrorCode::cancelled);
  EXPECT_FALSE(error.remedy.en.empty());
  EXPECT_EQ(code_name(ErrorCode::unusable_input), "unusable_input");
}

TEST(Hashing, PiecesDoNotMatterButBordersDo) {
  EXPECT_EQ(Hasher().bytes("ab", 2).bytes("c", 1).hex(), Hasher().bytes("abc", 3).hex());
  EXPECT_NE(Hasher().text("ab").text("c").hex(), Hasher().text("a").text("bc").hex());
  EXPECT_EQ(hash_text("x").size(), 32u);
}

TEST(Random, StreamsDependOnSeedAndItemOnly) {
  EXPECT_EQ(RandomStream(1, 5).next(), RandomStream(1, 5).next());
  std::set<std::uint64_t> first;
  for (std::uint64_t seed = 0; seed < 50; ++seed)
    for (std::uint64_t item = 0; item < 50; ++item) first.insert(RandomStream(seed, item).next());
  EXPECT_EQ(first.size(), 2500u);
  RandomStream random(3);
  double sum = 0, square = 0;
  for (int i = 0; i < 100'000; ++i) {
    EXPECT_LT(random.below(7), 7u);
    const double u = random.uniform();
    ASSERT_TRUE(u >= 0 && u < 1);
    const double x = random.normal();
    sum += x, square += x * x;
  }
  EXPECT_NEAR(sum / 1e5, 0, 0.02);
  EXPECT_NEAR(square / 1e5, 1, 0.02);
}

}  // namespace
}  // namespace celloquy
