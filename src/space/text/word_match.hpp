#pragma once
// Which known texts share words with a query. Text vectors know what words mean
// together; rare words that a query and a text share literally ("dystrophin",
// "egg") they hear too softly.

#include <cstdint>
#include <string_view>
#include <vector>

#include "space/model/pool.hpp"

namespace celloquy::space {

class WordMatch {
 public:
  /// Inverts the list of words of each text. Time: words of all texts.
  explicit WordMatch(const TextWords& texts);

  /// By known text: how much of the query's words it holds, 0 to 1. Words count
  /// ln(1 + (N − n + ½)/(n + ½)) when n of the N texts have them (the weights of
  /// BM25; Robertson & Zaragoza 2009); words that no text has count nothing. Empty
  /// when the pool has no words. Time: texts that share a word.
  std::vector<float> shares(std::string_view text) const;

 private:
  const TextWords& texts_;
  std::vector<std::uint32_t> first_;  // by word, one more than words: into text_
  std::vector<std::uint32_t> text_;
};

}  // namespace celloquy::space
