// Tables of profiles against texts: a text that is near everything must not win
// everywhere, and profiles of one kind must not be spread over all texts.

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"
#include "space/labels/matching.hpp"

namespace celloquy::space {
namespace {

constexpr std::size_t n = 6;

std::vector<float> cosines() {
  std::vector<float> out(n * n, 0.2f);
  for (std::size_t i = 0; i < n; ++i) out[i * n + i] = 1;
  return out;
}

/// Profiles of the given texts; each text's scores are moved by `shift`.
DenseBlock table(const std::vector<std::size_t>& kinds, const std::vector<float>& shift) {
  DenseBlock out{kinds.size(), n, {}};
  RandomStream random(1, 0);
  for (const auto kind : kinds)
    for (std::size_t text = 0; text < n; ++text)
      out.values.push_back((text == kind ? 0.3f : 0.06f) + shift[text] +
                           0.01f * static_cast<float>(random.uniform()));
  return out;
}

std::vector<std::size_t> best(const DenseBlock& scores) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < scores.n_rows; ++i) {
    const float* row = scores.values.data() + i * n;
    out.push_back(static_cast<std::size_t>(std::max_element(row, row + n) - row));
  }
  return out;
}

TEST(MatchTexts, ATextThatIsNearEverythingDoesNotWinEverywhere) {
  const std::vector<std::size_t> kinds{0, 1, 2, 3, 4, 5};
  auto scores = table(kinds, {0, 0, 0.3f, 0, 0, -0.1f});
  EXPECT_EQ(best(scores), std::vector<std::size_t>(6, 2));
  const double share = matched_share(scores, cosines());
  EXPECT_EQ(share, 1);
  match_texts(scores, share);
  EXPECT_EQ(best(scores), kinds);
}

TEST(MatchTexts, ProfilesOfOneKindStayOfOneKind) {
  const std::vector<std::size_t> kinds(6, 1);
  auto scores = table(kinds, std::vector<float>(n, 0));
  const double share = matched_share(scores, cosines());
  EXPECT_EQ(share, 0);
  match_texts(scores, share);
  EXPECT_EQ(best(scores), kinds);
}

TEST(MatchTexts, OfMoreTextsThanProfilesNotAllCanBeThere) {
  EXPECT_LE(matched_share(table({0, 2, 4}, std::vector<float>(n, 0)), cosines()), 0.5);
}

TEST(MatchTexts, TheOrderOfProfilesForATextStays) {
  auto scores = table({0, 1, 2, 3, 4, 5}, {0, 0, 0.3f, 0, 0, 0});
  const auto before = scores.values;
  match_texts(scores, 0.7);
  for (std::size_t text = 0; text < n; ++text)
    for (std::size_t i = 0; i + 1 < n; ++i)
      EXPECT_EQ(before[i * n + text] < before[(i + 1) * n + text],
                scores.values[i * n + text] < scores.values[(i + 1) * n + text]);
}

TEST(MatchTexts, TooFewToCompareIsLeftAlone) {
  EXPECT_EQ(matched_share(table({0, 1}, std::vector<float>(n, 0)), cosines()), 0);
  EXPECT_EQ(matched_share(DenseBlock{0, n, {}}, cosines()), 0);
}

}  // namespace
}  // namespace celloquy::space
