#pragma once
// The Cell Ontology with everyday English and Chinese names.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/expected.hpp"
#include "base/text.hpp"

namespace celloquy::knowledge {

/// Row of a term in the ontology; −1: none.
using TermIndex = std::int32_t;

enum class CellNameKind : std::uint8_t { identifier, name, everyday, chinese, synonym };

struct CellCandidate {
  TermIndex term = -1;
  double score = 0;  ///< 1: the same name; else Dice coefficient of letter groups, in (0, 1)
  std::string_view matched;  ///< the name that it matched, as written in the tables
  CellNameKind kind = CellNameKind::name;
};

/// A cell type named in a sentence: bytes [begin, end) of it.
struct CellMention {
  TermIndex term = -1;
  std::size_t begin = 0, end = 0;
};

/// About 3,300 terms, 11,000 names. Immutable. Source: Cell Ontology, CC BY 4.0.
class CellOntology {
 public:
  static Expected<CellOntology> load();

  std::size_t size() const { return terms_.size(); }
  std::string_view id(TermIndex term) const { return at(term).id; }      ///< "CL:0000236"
  std::string_view name(TermIndex term) const { return at(term).name; }  ///< "B cell"
  std::string_view definition(TermIndex term) const { return at(term).definition; }
  std::vector<std::string_view> synonyms(TermIndex term) const;
  /// The name to show in both languages; without a Chinese name the English one.
  Text label(TermIndex term) const;
  /// A short everyday English name if there is one ("CD8 T cell"), else the name.
  std::string_view short_name(TermIndex term) const;
  /// The one to show first.
  std::vector<std::string_view> chinese_names(TermIndex term) const;
  bool has_chinese_name(TermIndex term) const { return !at(term).chinese.empty(); }

  std::span<const TermIndex> parents(TermIndex term) const { return at(term).parents; }
  std::span<const TermIndex> children(TermIndex term) const { return at(term).children; }
  /// All terms above / below, ascending, without the term itself.
  std::vector<TermIndex> ancestors(TermIndex term) const;
  std::vector<TermIndex> descendants(TermIndex term) const;
  /// True for the term itself too.
  bool is_a(TermIndex term, TermIndex ancestor) const;

  /// By identifier; an obsolete one gives what replaced it.
  std::optional<TermIndex> find_id(std::string_view id) const;
  /// By identifier or any name in English or Chinese; spelling as name_key().
  /// "cytotoxic T", "T细胞", "CL:0000084". With or without "cell(s)".
  std::optional<TermIndex> find(std::string_view name) const;
  /// Best matches, best first; exact ones have score 1. Scores under 0.3 are left out.
  std::vector<CellCandidate> candidates(std::string_view name, std::size_t limit = 5) const;
  /// Cell types named in a sentence, longest names first, no overlaps, in order.
  std::vector<CellMention> mentions(std::string_view sentence) const;

 private:
  struct Term {
    std::string_view id, name, synonyms, definition, everyday, chinese;
    std::vector<TermIndex> parents, children;
  };
  struct Name {
    std::string key;
    std::string_view written;
    TermIndex term;
    CellNameKind kind;
  };
  CellOntology() = default;
  const Term& at(TermIndex term) const { return terms_[static_cast<std::size_t>(term)]; }
  Status read_terms();
  Status read_lexicon(const std::string& text, bool chinese);
  void index_names();
  void add_name(std::string_view written, TermIndex term, CellNameKind kind);
  void add_list(std::string_view names, TermIndex term, CellNameKind kind);
  const Name* lookup(const std::string& key) const;
  void collect(TermIndex term, bool up, std::vector<std::uint8_t>& seen) const;

  std::unique_ptr<std::string> text_, everyday_, chinese_;
  std::vector<Term> terms_;
  std::unordered_map<std::string_view, TermIndex> by_id_;
  std::vector<Name> names_;
  std::unordered_map<std::string_view, std::uint32_t> by_key_;  ///< best name of a key
};

}  // namespace celloquy::knowledge
