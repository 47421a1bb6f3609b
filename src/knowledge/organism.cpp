#include "knowledge/organism.hpp"

#include <algorithm>
#include <cctype>

#include "knowledge/gene_kinds.hpp"

namespace celloquy::knowledge {
namespace {

/// ENSRNOG00000012345: an id of some Ensembl organism.
bool is_ensembl_gene(std::string_view name) {
  if (!name.starts_with("ENS")) return false;
  const auto digits = name.find_first_of("0123456789");
  return digits != std::string_view::npos && digits >= 4 && name[digits - 1] == 'G' &&
         name.size() >= digits + 8;
}

}  // namespace

OrganismEvidence detect_organism(std::span<const std::string> names, const GeneTable& human,
                                 const GeneTable& mouse) {
  OrganismEvidence evidence;
  evidence.n_names = names.size();
  std::size_t by_ensembl = 0;
  for (const auto& full_name : names) {
    const auto name = without_genome_prefix(full_name);
    const std::string_view prefix(full_name.data(), full_name.size() - name.size());
    if (!prefix.empty()) {
      const bool is_mouse = prefix.starts_with("mm") || prefix.starts_with("GRCm");
      ++(is_mouse ? evidence.n_mouse : evidence.n_human);
    } else if (name.starts_with("ENSG0")) {
      ++evidence.n_human, ++by_ensembl;
    } else if (name.starts_with("ENSMUSG0")) {
      ++evidence.n_mouse, ++by_ensembl;
    } else if (is_ensembl_gene(name)) {
      ++evidence.n_other_ensembl;
    } else {
      // A few symbols (H19, A-numbers) are spelled alike: they count for neither.
      const bool as_human = human.is_exact_symbol(name), as_mouse = mouse.is_exact_symbol(name);
      evidence.n_human += as_human && !as_mouse;
      evidence.n_mouse += as_mouse && !as_human;
    }
  }
  const auto known = evidence.n_human + evidence.n_mouse;
  evidence.by_ensembl = by_ensembl * 2 > known;
  if (evidence.n_other_ensembl > known || known * 20 < names.size() ||
      known < std::min<std::size_t>(20, names.size() / 2 + 1))
    return evidence;
  const auto least = std::min(evidence.n_human, evidence.n_mouse);
  const auto most = std::max(evidence.n_human, evidence.n_mouse);
  if (least * 5 >= known)
    evidence.organism = Organism::mixed;
  else
    evidence.organism = evidence.n_human > evidence.n_mouse ? Organism::human : Organism::mouse;
  evidence.agreement = static_cast<double>(evidence.organism == Organism::mixed ? known : most) /
                       static_cast<double>(names.size());
  return evidence;
}

}  // namespace celloquy::knowledge
