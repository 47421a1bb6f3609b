#pragma once
// Gene names in a text: "CD3D+ CD8A+ GZMK+", "CD14+ monocyte", "PDCD1 LAG3 高表达".

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "knowledge/genes.hpp"
#include "knowledge/marker_table.hpp"

namespace celloquy::space {

struct GeneMention {
  std::string symbol;           ///< approved human symbol
  std::int32_t space_gene = 0;  ///< row of the marker table
  bool absent = false;          ///< "CD8A-", "CD25 negative", "CD4阴性"
};

struct GeneMentions {
  std::vector<GeneMention> genes;  ///< each gene once, in order
  double share = 0;                ///< of the words of the text that are genes or signs
};

/// A word is a gene when it is written as one: a symbol in capitals with a
/// digit, of at least three letters, or followed by a sign ("+", "-", "high",
/// 阳性 …), or a CD name (CD16 → FCGR3A). Mouse spelling (Cd3e) counts too.
GeneMentions gene_mentions(std::string_view text, const knowledge::GeneTable& genes,
                           const knowledge::MarkerTable& space);

}  // namespace celloquy::space
