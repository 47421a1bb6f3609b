#include "space/labels/matching.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace celloquy::space {
namespace {

/// Of tables of atlases the spread is 0.4 to 0.85 of what is expected; of profiles
/// of one kind against the texts of all of them 0.05 to 0.3.
constexpr double no_spread = 0.35, full_spread = 0.55;
constexpr std::size_t fewest_profiles = 3, fewest_texts = 2;

struct TextSummary {
  float best = 0;
  double mean = 0;
};

std::vector<TextSummary> summarize(const DenseBlock& scores) {
  std::vector<TextSummary> out(scores.n_columns);
  for (std::size_t text = 0; text < out.size(); ++text) {
    out[text].best = scores.values[text];
    for (std::size_t i = 0; i < scores.n_rows; ++i) {
      const float score = scores.values[i * scores.n_columns + text];
      out[text].best = std::max(out[text].best, score);
      out[text].mean += score;
    }
    out[text].mean /= static_cast<double>(scores.n_rows);
  }
  return out;
}

/// What a profile scores with its own text: the 80th percentile of the profiles' best.
double own_score(const DenseBlock& scores) {
  std::vector<float> best(scores.n_rows);
  for (std::size_t i = 0; i < scores.n_rows; ++i) {
    const float* row = scores.values.data() + i * scores.n_columns;
    best[i] = *std::max_element(row, row + scores.n_columns);
  }
  const auto at = best.begin() + static_cast<std::ptrdiff_t>((best.size() - 1) * 4 / 5);
  std::nth_element(best.begin(), at, best.end());
  return *at;
}

}  // namespace

double matched_share(const DenseBlock& scores, std::span<const float> cosines) {
  const std::size_t n = scores.n_columns;
  if (scores.n_rows < fewest_profiles || n < fewest_texts) return 0;
  double seen = 0, expected = 0;
  for (const auto& text : summarize(scores)) seen += text.best - text.mean;
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = 0; b < n; ++b)
      if (a != b) expected += 1 - static_cast<double>(cosines[a * n + b]);
  expected *= own_score(scores) / static_cast<double>(n - 1);
  if (!(expected > 0)) return 0;
  const double spread =
      std::clamp((seen / expected - no_spread) / (full_spread - no_spread), 0.0, 1.0);
  return spread * std::min(1.0, static_cast<double>(scores.n_rows) / static_cast<double>(n));
}

void match_texts(DenseBlock& scores, double share) {
  if (share <= 0 || scores.n_rows == 0) return;
  const auto texts = summarize(scores);
  double level = 0;
  for (const auto& text : texts) level += text.best;
  level /= static_cast<double>(texts.size());
  for (std::size_t i = 0; i < scores.n_rows; ++i)
    for (std::size_t text = 0; text < texts.size(); ++text)
      scores.values[i * scores.n_columns + text] -=
          static_cast<float>(share * (texts[text].best - level));
}

}  // namespace celloquy::space
