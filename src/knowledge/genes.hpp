#pragma once
// Names of genes: symbols, aliases, previous symbols, Ensembl identifiers.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"

namespace celloquy::knowledge {

enum class Organism { unknown, human, mouse, mixed };
/// "human", "mouse", "mixed", "unknown".
std::string_view name_of(Organism organism);

/// What a name was found as; the smaller, the better.
enum class NameKind : std::uint8_t { symbol, ensembl, previous, alias, none };

struct GeneMatch {
  NameKind kind = NameKind::none;
  std::int32_t gene = -1;  ///< row of the table; −1: unknown or ambiguous
  /// Other genes that the name could mean, by the same kind of name when `gene`
  /// is −1 (ambiguous, at least two), else by a weaker kind.
  std::vector<std::int32_t> others;

  explicit operator bool() const { return gene >= 0; }
  bool ambiguous() const { return gene < 0 && !others.empty(); }
};

/// The genes of one organism. Human: HGNC; mouse: GENCODE with human orthologs
/// of Ensembl. Immutable; load takes about 10 ms.
class GeneTable {
 public:
  /// `organism` is human or mouse.
  static Expected<GeneTable> load(Organism organism);

  GeneTable(GeneTable&&) = default;
  GeneTable& operator=(GeneTable&&) = default;

  std::size_t size() const { return genes_.size(); }
  Organism organism() const { return organism_; }
  std::string_view symbol(std::int32_t gene) const { return genes_[index(gene)].symbol; }
  /// Empty when there is none.
  std::string_view ensembl(std::int32_t gene) const { return genes_[index(gene)].ensembl; }
  bool protein_coding(std::int32_t gene) const { return genes_[index(gene)].kind == 'p'; }
  bool immune_receptor(std::int32_t gene) const { return genes_[index(gene)].kind == 'i'; }
  /// Approved human symbol of a mouse gene, empty when it has none; of a human
  /// gene its own symbol.
  std::string_view human_symbol(std::int32_t gene) const { return genes_[index(gene)].human; }

  /// Case does not matter; a version after an Ensembl id (".12") is ignored. A
  /// name that several genes have had is resolved to the one that has it now,
  /// else reported as ambiguous.
  GeneMatch find(std::string_view name) const;
  /// The symbol in exactly this spelling.
  bool is_exact_symbol(std::string_view name) const;

 private:
  struct Gene {
    std::string_view symbol, ensembl, human;
    char kind = 'o';
  };
  struct Entry {
    std::uint32_t hash, offset;  ///< the name is upper_[offset, offset + length)
    std::int32_t gene;
    std::int32_t next;  ///< entry in the same slot
    std::uint16_t length;
    NameKind kind;
  };

  GeneTable() = default;
  static std::size_t index(std::int32_t gene) { return static_cast<std::size_t>(gene); }
  Status read_human();
  Status read_mouse();
  void add(std::string_view name, std::int32_t gene, NameKind kind);
  void add_list(std::string_view names, std::int32_t gene, NameKind kind);
  void start_entries(std::size_t expected);
  std::string_view key(const Entry& entry) const {
    return std::string_view(*upper_).substr(entry.offset, entry.length);
  }

  Organism organism_ = Organism::human;
  // On the heap, so that views into them survive a move.
  std::unique_ptr<std::string> text_, upper_;
  std::vector<Gene> genes_;
  std::vector<Entry> entries_;
  std::vector<std::int32_t> slots_;
};

}  // namespace celloquy::knowledge
