#pragma once
// A Chinese sentence whose words are told apart: verb, thing, adjective, ...

#include <optional>
#include <string_view>
#include <vector>

#include "knowledge/lexicon.hpp"

namespace celloquy::knowledge {

/// Words [begin, end) of a sentence.
struct WordRange {
  std::size_t begin = 0, end = 0;
  bool empty() const { return begin >= end; }
};

/// The words with the kind in which each is read here. Many words have several
/// kinds (活化: activate, activated); the neighbours decide.
class TaggedSentence {
 public:
  /// `text` and `words` must outlive the sentence.
  TaggedSentence(std::string_view text, const std::vector<LexiconWord>& words)
      : text_(text), words_(words), tags_(words.size(), WordKind::unknown) {}

  const LexiconWord& word(std::size_t i) const { return words_[i]; }
  std::size_t size() const { return words_.size(); }
  std::string_view written(std::size_t i) const {
    return text_.substr(words_[i].begin, words_[i].end - words_[i].begin);
  }

  // What a word can be, wherever it stands.
  bool can_be(std::size_t i, WordKind kind) const { return words_[i].as(kind) != nullptr; }
  bool can_be_thing(std::size_t i) const { return words_[i].as_thing() != nullptr; }
  bool is_only_verb(std::size_t i) const;
  bool is_only_thing(std::size_t i) const;
  bool is_de(std::size_t i) const;
  bool is_mark(std::size_t i) const { return can_be(i, WordKind::punctuation); }
  /// "." or ",".
  std::string_view mark(std::size_t i) const { return words_[i].meanings.front().english; }
  std::optional<std::size_t> last_de(WordRange r) const;

  /// Reads the words as a clause with a verb, or as a noun phrase without one.
  void read_as_clause(WordRange r);
  void read_as_things(WordRange r);

  // What a word is after one of these.
  WordKind tag(std::size_t i) const { return tags_[i]; }
  void set_tag(std::size_t i, WordKind kind) { tags_[i] = kind; }
  bool is_thing_here(std::size_t i) const { return is_thing(tags_[i]); }
  bool has(WordRange r, WordKind kind) const;
  /// Its English; what no table knows stays as written.
  std::string_view meaning(std::size_t i) const;

 private:
  WordKind kind_in_clause(std::size_t i, WordRange r) const;
  WordKind kind_among_things(std::size_t i, WordRange r) const;
  bool is_read_as_verb(std::size_t i, WordRange r) const;
  WordKind other_than_part(std::size_t i) const;
  bool any_verb(std::size_t begin, std::size_t end) const;

  std::string_view text_;
  const std::vector<LexiconWord>& words_;
  std::vector<WordKind> tags_;
};

}  // namespace celloquy::knowledge
