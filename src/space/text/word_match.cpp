#include "space/text/word_match.hpp"

#include <algorithm>
#include <cmath>

#include "language/words.hpp"

namespace celloquy::space {

WordMatch::WordMatch(const TextWords& texts) : texts_(texts) {
  if (texts.words.empty()) return;
  first_.assign(texts.words.size() + 1, 0);
  for (const auto word : texts.word) ++first_[word + 1];
  for (std::size_t w = 1; w < first_.size(); ++w) first_[w] += first_[w - 1];
  text_.resize(texts.word.size());
  auto next = first_;
  for (std::uint32_t text = 0; text + 1 < texts.first.size(); ++text)
    for (auto i = texts.first[text]; i < texts.first[text + 1]; ++i)
      text_[next[texts.word[i]]++] = text;
}

std::vector<float> WordMatch::shares(std::string_view text) const {
  if (texts_.words.empty()) return {};
  const auto n_texts = static_cast<double>(texts_.first.size() - 1);
  std::vector<float> share(texts_.first.size() - 1, 0);
  double total = 0;
  for (const auto& word : language::content_words(text)) {
    const auto found = std::lower_bound(texts_.words.begin(), texts_.words.end(), word);
    if (found == texts_.words.end() || *found != word) continue;
    const auto w = static_cast<std::size_t>(found - texts_.words.begin());
    const double n = first_[w + 1] - first_[w];
    const double weight = std::log(1 + (n_texts - n + 0.5) / (n + 0.5));
    total += weight;
    for (auto i = first_[w]; i < first_[w + 1]; ++i) share[text_[i]] += static_cast<float>(weight);
  }
  if (total > 0)
    for (auto& value : share) value = static_cast<float>(value / total);
  return share;
}

}  // namespace celloquy::space
