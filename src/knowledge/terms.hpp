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

/// One name of a tissue (UBERON) or disease (MONDO; "normal" is PATO). A plain
/// name that users type ("skin") has a row beside that of the ontology's own
/// name ("skin of body") with the same id.
struct LexiconTerm {
  std::string_view id;  ///< empty: no ontology has the term
  std::string_view name;
  std::string_view chinese;  ///< all words, separated by "|"
  bool disease = false;
  /// What people type most (about 190 names): safe to look for inside a sentence,
  /// where other names (体, 头, 组织, "region") are rarely meant as a tissue.
  bool everyday = false;

  Text label() const;
};

/// About 2,800 tissues and 1,500 diseases; immutable.
class TermLexicon {
 public:
  static Expected<TermLexicon> load();
  const std::vector<LexiconTerm>& terms() const { return terms_; }
  /// By id (the ontology's own name) or by a word in either language; null when
  /// unknown. A word of several rows means the everyday one: 宫颈癌 is cervical
  /// cancer, although cervical carcinoma is shown as 宫颈癌 too.
  const LexiconTerm* find(std::string_view word) const;

 private:
  TermLexicon() = default;
  void index(std::string_view word, std::size_t place);
  std::unique_ptr<std::string> text_;
  std::vector<LexiconTerm> terms_;
  std::unordered_map<std::string, std::size_t> by_key_;
};

}  // namespace celloquy::knowledge
