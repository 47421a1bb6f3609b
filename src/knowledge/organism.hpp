#pragma once
// Which organism a list of gene names comes from.

#include <span>
#include <string>

#include "knowledge/genes.hpp"

namespace celloquy::knowledge {

struct OrganismEvidence {
  Organism organism = Organism::unknown;
  std::size_t n_names = 0;
  std::size_t n_human = 0;  ///< names that are human: Ensembl id, or a symbol in human spelling
  std::size_t n_mouse = 0;
  std::size_t n_other_ensembl = 0;  ///< Ensembl ids of other organisms (ENSRNOG…)
  bool by_ensembl = false;          ///< most of the evidence is Ensembl ids
  /// Human symbols in mouse spelling (Cd3d) or mouse symbols in capitals would
  /// be told wrong; this is the share of names that agree with the answer.
  double agreement = 0;
};

/// At least 5 % of the names, and 20 of them or half, must be recognised. Both
/// organisms with a fifth of the evidence or more each: mixed (species-mixing
/// experiments).
OrganismEvidence detect_organism(std::span<const std::string> names, const GeneTable& human,
                                 const GeneTable& mouse);

}  // namespace celloquy::knowledge
