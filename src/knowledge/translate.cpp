#include "knowledge/translate.hpp"

#include <algorithm>

#include "knowledge/names.hpp"
#include "knowledge/translate_grammar.hpp"

namespace celloquy::knowledge {
namespace {

/// An ordinary word, not a gene: small letters only.
bool is_english(std::string_view word) {
  return word.size() > 1 && std::all_of(word.begin(), word.end(),
                                        [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

/// An English sentence with Chinese words in it keeps its order.
std::string replace_words(std::string_view query, const std::vector<LexiconWord>& words) {
  std::string english;
  std::size_t copied = 0;
  for (const auto& word : words) {
    if (word.characters == 0 || !word.known()) continue;
    english += query.substr(copied, word.begin - copied);
    const auto& meaning = word.as_thing() ? *word.as_thing() : word.meanings.front();
    english += meaning.english;
    copied = word.end;
  }
  return english.append(query.substr(copied));
}

}  // namespace

Expected<Translator> Translator::load(const CellOntology& cells, const TermLexicon& terms) {
  CELLOQUY_TRY(auto words, WordLexicon::load(cells, terms));
  return Translator(cells, terms, std::move(words));
}

/// A text that is nothing but a name.
void Translator::find_name(std::string_view query, Translation& translation) const {
  std::string_view name;
  if (const auto term = cells_->find(query)) {
    translation.id = cells_->id(*term);
    name = cells_->name(*term);
  } else if (const auto* word = terms_->find(query)) {
    translation.id = word->id;
    name = word->name;
  }
  if (!name.empty() && has_chinese(query)) translation.english = name;
}

Translation Translator::translate(std::string_view query) const {
  Translation translation;
  const auto words = words_.words_of(query);
  std::size_t characters = 0, understood = 0, english_words = 0, chinese_words = 0;
  for (const auto& word : words) {
    if (word.meanings.front().kind == WordKind::punctuation) continue;
    const auto& meaning = word.as_thing() ? *word.as_thing() : word.meanings.front();
    translation.segments.push_back(
        {word.begin, word.end, meaning.kind, meaning.english, meaning.id});
    characters += word.characters;
    understood += word.known() ? word.characters : 0;
    chinese_words += word.characters > 0;
    english_words += is_english(query.substr(word.begin, word.end - word.begin));
  }
  if (characters)
    translation.covered = static_cast<double>(understood) / static_cast<double>(characters);
  find_name(query, translation);
  if (!translation.english.empty()) return translation;
  if (characters == 0)
    translation.english = query;
  else if (english_words > chinese_words)
    translation.english = replace_words(query, words);
  else
    translation.english = translate_words(query, words);
  return translation;
}

}  // namespace celloquy::knowledge
