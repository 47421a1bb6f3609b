#include "language/words.hpp"

#include <libstemmer.h>

#include <algorithm>
#include <array>
#include <memory>

namespace celloquy::language {
namespace {

// Sorted. "cell" stands in every text about cells; "make" says little beside what is made.
constexpr std::array<std::string_view, 95> function_words{
    "a",     "after", "all",    "also",   "among",  "an",      "and",     "any",    "are",
    "as",    "at",    "be",     "been",   "before", "being",   "between", "both",   "but",
    "by",    "can",   "cell",   "cells",  "do",     "does",    "done",    "during", "each",
    "for",   "from",  "had",    "has",    "have",   "having",  "how",     "if",     "in",
    "into",  "is",    "it",     "its",    "like",   "look",    "looking", "looks",  "made",
    "make",  "makes", "making", "many",   "may",    "might",   "more",    "most",   "no",
    "not",   "of",    "on",     "only",   "or",     "other",   "others",  "over",   "several",
    "so",    "some",  "such",   "than",   "that",   "the",     "their",   "them",   "then",
    "there", "these", "they",   "this",   "those",  "through", "to",      "under",  "upon",
    "very",  "via",   "was",    "were",   "what",   "when",    "where",   "which",  "while",
    "who",   "will",  "with",   "within", "would"};

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
