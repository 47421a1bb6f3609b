#pragma once
// Chinese words of biology with their English, found in a sentence.

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/expected.hpp"
#include "knowledge/cell_ontology.hpp"
#include "knowledge/names.hpp"
#include "knowledge/terms.hpp"

namespace celloquy::knowledge {

enum class WordKind : std::uint8_t {
  // Things, which can be subjects and objects.
  cell_type,
  tissue,
  disease,
  molecule,
  process,
  state,
  treatment,
  noun,
  part,     ///< of the thing before it: 血管 + 内壁, "the inner wall of blood vessels"
  latin,    ///< kept as written: genes, English words, numbers
  unknown,  ///< a Chinese character that no table knows
  // Words with another place in the sentence.
  adjective,
  verb,
  adverb,
  auxiliary,      ///< 能: can
  negation,       ///< 不, 没有, 无法
  preposition,    ///< before its noun: 在, 从, 通过
  locative,       ///< behind its noun: 中, 表面上, 之后
  agent,          ///< before who acts: 被
  object_marker,  ///< before what is acted on: 把
  determiner,     ///< 这些, 哪些, 三
  conjunction,
  particle,  ///< 的, and words without an English one
  punctuation,
};

/// True for kinds that can be a subject or an object.
constexpr bool is_thing(WordKind kind) { return kind <= WordKind::unknown; }

/// One meaning of a Chinese word.
struct WordMeaning {
  WordKind kind = WordKind::unknown;
  std::string_view english;
  std::string_view id;  ///< of a cell type, tissue or disease
};

/// A word of a sentence: bytes [begin, end) of it.
struct LexiconWord {
  std::size_t begin = 0, end = 0;
  std::vector<WordMeaning> meanings;  ///< at least one, of different kinds
  std::size_t characters = 0;         ///< Chinese characters in it

  const WordMeaning* as(WordKind kind) const;
  const WordMeaning* as_thing() const;
  bool known() const { return meanings.front().kind != WordKind::unknown; }
};

/// The Chinese names of cell types, tissues and diseases and the words of
/// biology.tsv: about 17,000 words. Immutable.
class WordLexicon {
 public:
  /// The texts behind the two tables must outlive the lexicon.
  static Expected<WordLexicon> load(const CellOntology& cells, const TermLexicon& terms);

  /// Cuts a sentence into the fewest known words (a long word is better than
  /// two short ones). Runs of Latin letters stay together, every unknown
  /// Chinese character is a word; blanks are dropped. Costs O(length).
  std::vector<LexiconWord> words_of(std::string_view sentence) const;

 private:
  WordLexicon() = default;
  void add(std::string_view chinese, WordMeaning meaning);
  Status read_biology();
  struct Match {
    std::size_t end;  ///< first word behind it
    std::uint32_t meanings;
  };
  void matches(const std::vector<std::uint32_t>& keys, std::size_t first,
               std::vector<Match>& found) const;

  static constexpr std::uint32_t none = 0xffffffffu;
  std::unique_ptr<std::string> text_;
  /// A trie over the keys of words: the step from a node by a key leads to a node.
  std::unordered_map<std::string, std::uint32_t> keys_;
  std::unordered_map<std::uint64_t, std::uint32_t> steps_;
  std::vector<std::uint32_t> meanings_of_{none};  ///< by node
  std::vector<std::vector<WordMeaning>> meanings_;
};

}  // namespace celloquy::knowledge
