#pragma once
// Chinese and mixed queries in English, for a text encoder that reads English only.

#include <string>
#include <string_view>
#include <vector>

#include "knowledge/lexicon.hpp"

namespace celloquy::knowledge {

/// A word of the query: bytes [begin, end) of it.
struct Segment {
  std::size_t begin = 0, end = 0;
  WordKind kind = WordKind::unknown;  ///< the first meaning; the sentence may use another
  std::string_view english;           ///< empty: kept as written, without a meaning, or unknown
  std::string_view id;                ///< of a cell type, tissue or disease
};

struct Translation {
  std::string english;
  std::vector<Segment> segments;
  double covered = 1;  ///< share of the Chinese characters that were understood, in [0, 1]
  /// Set when the whole query is the name of a cell type, tissue or disease, in
  /// either language, and an ontology has it.
  std::string_view id;
};

/// Immutable; shared by all threads.
class Translator {
 public:
  /// The two tables must outlive the translator.
  static Expected<Translator> load(const CellOntology& cells, const TermLexicon& terms);

  /// A text without Chinese stays as it is. Takes tens of microseconds.
  Translation translate(std::string_view query) const;

 private:
  Translator(const CellOntology& cells, const TermLexicon& terms, WordLexicon words)
      : cells_(&cells), terms_(&terms), words_(std::move(words)) {}
  void find_name(std::string_view query, Translation& translation) const;

  const CellOntology* cells_;
  const TermLexicon* terms_;
  WordLexicon words_;
};

}  // namespace celloquy::knowledge
