#pragma once
// Names of genes and cells: organism, kind of identifier, symbols from other
// columns, repeated names.

#include "matrix/dataset.hpp"

namespace celloquy::io {

/// From patterns of the names alone (Ensembl prefixes, MT-/mt-, capitals,
/// GRCh38_/mm10_ prefixes).
OrganismFinding detect_organism(const std::vector<std::string>& genes);

GeneIdKind gene_id_kind(const std::vector<std::string>& genes);

/// Where the index holds Ensembl or other ids and a column of `var` symbols,
/// the symbols become the index and the ids the column "gene_ids". Then
/// repeated names get -1, -2 … as in anndata. Says so in `dataset.notes`.
void settle_names(Dataset& dataset);

/// Appends -1, -2 … to repeated names, never making a new repetition (as
/// anndata's make_index_unique). Returns how many were changed.
std::size_t make_unique(std::vector<std::string>& names);

}  // namespace celloquy::io
