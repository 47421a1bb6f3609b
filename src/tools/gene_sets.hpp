#pragma once
// Named sets of genes that people bring: read from GMT, CSV or TSV, kept with the study.

#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"
#include "workspace/study.hpp"

namespace celloquy::tools {

struct GeneSet {
  std::string name;
  std::vector<std::string> genes;  ///< as written, each once
};

inline constexpr std::size_t most_gene_sets = 5000;
inline constexpr std::size_t most_genes_of_a_set = 2000;

/// GMT (a line: name, description, genes; tabs), a table with a column a set, or a table
/// of pairs whose header names a set and a gene column. Blank lines and lines that begin
/// with # are skipped. unusable_input says what is wrong and in which line.
Expected<std::vector<GeneSet>> parse_gene_sets(std::string_view text);

/// Those of the study's data, in the order in which they came.
std::vector<GeneSet> gene_sets(const workspace::ResultStore& results,
                               const std::string& fingerprint);
/// Adds them; one of the same name is replaced. usage when there would be too many.
Status add_gene_sets(workspace::Study& study, const std::vector<GeneSet>& sets);
/// False when there is none of this name.
Expected<bool> remove_gene_set(workspace::Study& study, const std::string& name);

}  // namespace celloquy::tools
