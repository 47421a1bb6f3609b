#pragma once
// A study as an .h5ad of the CELLxGENE schema: what can be known from the data
// is filled in; what only a curator knows (assay, donor, tissue…) is left out.

#include <string>

#include "export/h5ad.hpp"

namespace celloquy::exports {

/// What became of the genes.
struct CellxgeneGenes {
  std::size_t written = 0;
  std::size_t left_out = 0;  ///< without an Ensembl identifier of their own that the schema knows
};

/// Differs from write_h5ad_export as the schema wants it: Ensembl identifiers
/// name the genes (the symbols stay in var/gene_symbol), counts are in raw/X
/// beside the normalised X, obs columns whose names are reserved for labels
/// begin with "author_", and var/feature_is_filtered and the organism and title
/// in uns are there. Errors: cannot_answer for organisms other than human and
/// mouse, or when no gene has an identifier.
Expected<CellxgeneGenes> write_cellxgene(const std::string& path, const H5adExport& content,
                                         const std::string& title, const Context& context);

}  // namespace celloquy::exports
