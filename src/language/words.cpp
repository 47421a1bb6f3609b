#include "language/words.hpp"

#include <libstemmer.h>

#include <algorithm>
#include <array>
#include <memory>

namespace celloquy::language {
namespace {

// "cell" stands in every text about cells and tells none from another.
constexpr std::array<std::string_view, 33> function_words{
    "a",    "an",    "and",   "are",  "as",    "at",      "be", "by",  "cell",  "cells", "for",
    "from", "in",    "into",  "is",   "it",    "its",     "of", "on",  "or",    "than",  "that",
    "the",  "their", "these", "this", "those", "through", "to", "via", "which", "who",   "with"};

struct Deleter {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};

bool letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

std::vector<std::string> content_words(std::string_view text) {
  // A stemmer keeps its working space and so belongs to one thread.
  thread_local const std::unique_ptr<sb_stemmer, Deleter> stemmer(
      sb_stemmer_new("english", "UTF_8"));
  std::string lower(text);
  for (auto& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  std::vector<std::string> words;
  for (std::size_t at = 0; at < lower.size();) {
    std::size_t end = at;
    while (end < lower.size() && letter_or_digit(lower[end])) ++end;
    const auto word = std::string_view(lower).substr(at, end - at);
    at = end + 1;
    if (word.empty() || std::binary_search(function_words.begin(), function_words.end(), word))
      continue;
    const auto* stem =
        sb_stemmer_stem(stemmer.get(), reinterpret_cast<const sb_symbol*>(word.data()),
                        static_cast<int>(word.size()));
    words.emplace_back(stem
                           ? std::string(reinterpret_cast<const char*>(stem),
                                         static_cast<std::size_t>(sb_stemmer_length(stemmer.get())))
                           : std::string(word));
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

}  // namespace celloquy::language
