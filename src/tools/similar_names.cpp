#include "tools/similar_names.hpp"

#include <algorithm>
#include <cstdint>

namespace celloquy::tools {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

namespace {

bool separator(char c) {
  return c == ' ' || c == '_' || c == '-' || c == '.' || c == ',' || c == '/' || c == '\t';
}

/// "cells" → "cell"; "b" and "ss" endings stay.
void drop_plural(std::string& word) {
  if (word.size() > 2 && word.back() == 's' && word[word.size() - 2] != 's') word.pop_back();
}

/// Levenshtein distance, at most `limit` + 1.
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
  if (a.size() > b.size() + limit || b.size() > a.size() + limit) return limit + 1;
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0], least = row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
      least = std::min(least, row[j]);
    }
    if (least > limit) return limit + 1;
  }
  return row.back();
}

}  // namespace

std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (const char c : lower(name))
    if (separator(c) || c == '(' || c == ')') {
      if (!words.back().empty()) words.emplace_back();
    } else {
      words.back() += c;
    }
  if (words.back().empty()) words.pop_back();
  for (auto& word : words) drop_plural(word);
  return words;
}

std::string folded_name(std::string_view text) {
  std::string out;
  for (const auto& word : words_of(text)) out += word;
  return out;
}

std::vector<std::string> similar_names(const std::vector<std::string>& names, std::string_view text,
                                       std::size_t most) {
  const std::string wanted = lower(text);
  if (wanted.size() < 2) return {};
  const std::size_t limit = std::max<std::size_t>(1, std::min<std::size_t>(3, wanted.size() / 3));
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string name = lower(names[i]);
    std::size_t edits = distance(wanted, name, limit);
    // "CD8" for CD8A and CD8B: a family, nearer than a chance resemblance.
    if (wanted.size() >= 3 && name.starts_with(wanted) && name.size() <= wanted.size() + 3)
      edits = 0;
    if (edits <= limit) found.emplace_back(edits, i);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> out;
  for (std::size_t i = 0; i < std::min(most, found.size()); ++i)
    out.push_back(names[found[i].second]);
  return out;
}

}  // namespace celloquy::tools
