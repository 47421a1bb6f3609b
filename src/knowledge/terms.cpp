#include "knowledge/terms.hpp"

#include "knowledge/model_files.hpp"
#include "knowledge/names.hpp"
#include "knowledge/table.hpp"

namespace celloquy::knowledge {

Text LexiconTerm::label() const {
  return {std::string(name), std::string(chinese.substr(0, chinese.find('|')))};
}

void TermLexicon::index(std::string_view word, std::size_t place) {
  const auto [slot, added] = by_key_.emplace(name_key(word), place);
  if (!added && terms_[place].everyday && !terms_[slot->second].everyday) slot->second = place;
}

Expected<TermLexicon> TermLexicon::load() {
  TermLexicon lexicon;
  CELLOQUY_TRY(auto text, read_model_file("lexicon/terms_zh.tsv"));
  lexicon.text_ = std::make_unique<std::string>(std::move(text));
  CELLOQUY_TRY(auto rows, TableReader::open("terms_zh.tsv", *lexicon.text_,
                                            {"id", "kind", "name", "chinese", "everyday"}));
  lexicon.terms_.reserve(4500);
  lexicon.by_key_.reserve(20'000);
  std::vector<std::string_view> f;
  while (rows.next(f)) {
    const auto place = lexicon.terms_.size();
    lexicon.terms_.push_back({f[0], f[2], f[3], f[1] == "disease", f[4] == "yes"});
    if (!f[0].empty()) lexicon.by_key_.emplace(std::string(f[0]), place);
    lexicon.index(f[2], place);
    for (const auto word : split(f[3], '|')) lexicon.index(word, place);
  }
  return lexicon;
}

const LexiconTerm* TermLexicon::find(std::string_view word) const {
  auto found = by_key_.find(std::string(word));
  if (found == by_key_.end()) found = by_key_.find(name_key(word));
  return found == by_key_.end() ? nullptr : &terms_[found->second];
}

}  // namespace celloquy::knowledge
