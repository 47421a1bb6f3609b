#include "knowledge/knowledge.hpp"

namespace celloquy::knowledge {
namespace {

template <class T>
Expected<const T*> pointer(const Expected<T>& table) {
  if (!table) return tl::make_unexpected(table.error());
  return &*table;
}

}  // namespace

Expected<const GeneTable*> human_genes() {
  static const auto table = GeneTable::load(Organism::human);
  return pointer(table);
}

Expected<const GeneTable*> mouse_genes() {
  static const auto table = GeneTable::load(Organism::mouse);
  return pointer(table);
}

Expected<const GeneTable*> genes_of(Organism organism) {
  return organism == Organism::mouse ? mouse_genes() : human_genes();
}

Expected<const CellOntology*> cell_ontology() {
  static const auto table = CellOntology::load();
  return pointer(table);
}

Expected<const MarkerTable*> marker_table() {
  static const auto table = MarkerTable::load();
  return pointer(table);
}

Expected<const TermLexicon*> term_lexicon() {
  static const auto table = TermLexicon::load();
  return pointer(table);
}

Expected<const Translator*> translator() {
  static const auto table = []() -> Expected<Translator> {
    CELLOQUY_TRY(const auto* cells, cell_ontology());
    CELLOQUY_TRY(const auto* terms, term_lexicon());
    return Translator::load(*cells, *terms);
  }();
  return pointer(table);
}

}  // namespace celloquy::knowledge
