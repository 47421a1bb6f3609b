#pragma once
// Words for tissues and diseases in English and Chinese.

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/expected.hpp"
#include "base/text.hpp"

namespace celloquy::knowledge {

/// One tissue (UBERON) or disease (MONDO; "normal" is PATO).
struct LexiconTerm {
  std::string_view id, name;
  std::string_view chinese;  ///< all words, separated by "|"
  bool disease = false;

  Text label() const;
};

/// About 140 terms; immutable.
class TermLexicon {
 public:
  static Expected<TermLexicon> load();
  const std::vector<LexiconTerm>& terms() const { return terms_; }
  /// By id or by a word in either language; null when unknown.
  const LexiconTerm* find(std::string_view word) const;

 private:
  TermLexicon() = default;
  std::unique_ptr<std::string> text_;
  std::vector<LexiconTerm> terms_;
  std::unordered_map<std::string, std::size_t> by_key_;
};

}  // namespace celloquy::knowledge
