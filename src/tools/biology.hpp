#pragma once
// What the tools ask of the knowledge tables, in the tools' terms. Where a
// table is missing the answer is "unknown"; the data's own names still work.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matrix/dataset.hpp"

namespace celloquy::tools {

struct CellTypeName {
  std::string id;  ///< "CL:0000236"
  Text name;       ///< "B cell" / "B 细胞"
};

/// By name, synonym or Chinese name, singular or plural; also with its words in
/// another order ("T cells CD8").
std::optional<CellTypeName> find_cell_type(std::string_view text);
/// The same for a category of a file, of which a part may be left over: "T
/// cells CD4 conv" is taken as CD4 T cell, "Fibroblasts_2" as fibroblast.
std::optional<CellTypeName> cell_type_of_category(std::string_view category);
/// True when `id` is `ancestor` or a kind of it.
bool is_kind_of(std::string_view id, std::string_view ancestor);

/// The names under which a gene may be found in other files: the approved
/// symbol, previous symbols' target, Ensembl id. Empty when it is unknown.
std::vector<std::string> gene_synonyms(std::string_view gene, std::string_view organism);
/// Several genes share the name: their symbols.
std::vector<std::string> ambiguous_gene(std::string_view gene, std::string_view organism);

}  // namespace celloquy::tools
