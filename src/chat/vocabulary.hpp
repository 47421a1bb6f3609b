#pragma once
// What the planner asks of biology: is this word a gene, is this phrase a cell
// type? Behind an interface so that the grammar is tested without any table.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace celloquy::chat {

struct CellTypeName {
  std::string id;    ///< "CL:0000236"
  std::string name;  ///< "B cell"
};

class Vocabulary {
 public:
  virtual ~Vocabulary() = default;
  /// The approved symbol of a symbol or synonym, in any case.
  virtual std::optional<std::string> gene(std::string_view written,
                                          std::string_view organism) const = 0;
  /// A name or synonym in English (singular or plural) or Chinese, exactly.
  virtual std::optional<CellTypeName> cell_type(std::string_view phrase) const = 0;
};

/// The gene table and the Cell Ontology of src/knowledge; where a table is
/// missing it knows nothing, and only the data's own names are understood.
const Vocabulary& standard_vocabulary();

}  // namespace celloquy::chat
