#pragma once
// Questions to profiles whose right answers are known by their cell type.

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/expected.hpp"
#include "knowledge/cell_ontology.hpp"

namespace celloquy::training {

struct ProfileQuery {
  std::string kind;  ///< "function en", "function zh", "marker list"
  std::string text;
  knowledge::TermIndex type = -1;  ///< profiles of this type or one below it are right
};

/// The descriptions of models/lexicon/cell_functions.tsv that are kept for evaluation.
Expected<std::vector<ProfileQuery>> function_queries();

/// Genes that a marker list shows of its list, strongest first.
inline constexpr std::size_t genes_a_list = 10;
/// `pairs`/held_out_lists.tsv (cell_type, name, genes), which scripts/build-pairs --hold-out writes
/// with the lists that it left out: "CD3D+ CD8A+ …". None without the file.
Expected<std::vector<ProfileQuery>> marker_list_queries(const std::filesystem::path& pairs);

/// `pairs`/ontology_terms.txt, an id a line, which scripts/build-pairs writes: the terms with
/// human markers in the largest collection of databases. None without the file.
Expected<std::set<knowledge::TermIndex>> listed_terms(const std::filesystem::path& pairs);

}  // namespace celloquy::training
