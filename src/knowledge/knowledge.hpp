#pragma once
// All tables together, each loaded on first use.

#include "knowledge/cell_ontology.hpp"
#include "knowledge/genes.hpp"
#include "knowledge/marker_table.hpp"
#include "knowledge/terms.hpp"
#include "knowledge/translate.hpp"

namespace celloquy::knowledge {

/// A table is read when it is first asked for (about 10 ms each, the translator
/// 30) and shared from then on by all threads; a failure is remembered. The
/// pointers stay valid until the program ends.
Expected<const GeneTable*> human_genes();
Expected<const GeneTable*> mouse_genes();
/// The table of a human or mouse file; mixed or unknown gives the human one.
Expected<const GeneTable*> genes_of(Organism organism);
Expected<const CellOntology*> cell_ontology();
Expected<const MarkerTable*> marker_table();
Expected<const TermLexicon*> term_lexicon();
Expected<const Translator*> translator();

}  // namespace celloquy::knowledge
