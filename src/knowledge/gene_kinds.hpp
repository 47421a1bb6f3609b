#pragma once
// Kinds of genes that are told by their name alone, in human and mouse.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "knowledge/genes.hpp"

namespace celloquy::knowledge {

/// Encoded by the mitochondrial genome: MT-CO1, mt-Co1; not MTOR, not nuclear
/// genes of mitochondrial proteins. Case does not matter.
bool is_mitochondrial(std::string_view symbol);
/// A protein of the cytosolic ribosome: RPL3, Rps27a, RPLP0, RPSA; not RPS6KA1
/// (a kinase), MRPL1 (mitochondrial ribosome) or the pseudogenes RPL7P1.
bool is_ribosomal(std::string_view symbol);
/// A globin chain of haemoglobin: HBA1, HBG2, Hbb-bs; not HBEGF, HBP1, HBS1L.
bool is_hemoglobin(std::string_view symbol);

enum class CellCyclePhase : std::uint8_t { none, s, g2m };
/// In the S or G2/M list of Tirosh et al. 2016 (doi:10.1126/science.aad0501);
/// both present and former symbols (PIMREG, FAM64A) are known.
CellCyclePhase cell_cycle_phase(std::string_view symbol);

/// One flag a gene, in the order of `names`.
struct GeneKinds {
  std::vector<std::uint8_t> mitochondrial, ribosomal, hemoglobin;
  std::vector<CellCyclePhase> cell_cycle;
  std::size_t n_mitochondrial = 0, n_ribosomal = 0, n_hemoglobin = 0, n_s = 0, n_g2m = 0;
};
/// `names` may be symbols, or Ensembl identifiers when a table is given to
/// resolve them. A genome prefix ("GRCh38_", "mm10___") is ignored.
GeneKinds classify_genes(std::span<const std::string> names, const GeneTable* table = nullptr);

/// "GRCh38_CD3D" → "CD3D"; unchanged without such a prefix.
std::string_view without_genome_prefix(std::string_view name);

}  // namespace celloquy::knowledge
