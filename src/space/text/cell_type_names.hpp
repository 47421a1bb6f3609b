#pragma once
// Labels that people give to cells, as terms of the Cell Ontology.

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/expected.hpp"
#include "knowledge/cell_ontology.hpp"

namespace celloquy::space {

/// Names and synonyms in both languages, and the abbreviations of published
/// atlases ("cMonocyte", "Hep 3", "AT2") in models/markers/profile_labels.tsv.
class CellTypeNames {
 public:
  static Expected<CellTypeNames> load();
  /// The term that the whole text names; −1: none.
  knowledge::TermIndex find(std::string_view text) const;
  const knowledge::CellOntology& ontology() const { return *ontology_; }

 private:
  const knowledge::CellOntology* ontology_ = nullptr;
  std::unordered_map<std::string, knowledge::TermIndex> labels_;
};

}  // namespace celloquy::space
