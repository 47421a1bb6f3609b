#pragma once
// Tables of tested genes, shared by markers and comparisons.

#include <vector>

#include "tools/build.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

/// A gene counts as found at this adjusted p-value.
inline constexpr double most_adjusted_p = 0.05;

/// Genes of one group at the level above, best first; `higher`: only those
/// that are higher in the group.
std::vector<std::uint32_t> significant_markers(const markers::Result& result, std::uint32_t group,
                                               bool higher);

Table empty_marker_table();
void append_markers(Table& table, const Dataset& data, const markers::Result& result,
                    std::uint32_t group, const std::vector<std::uint32_t>& genes);
/// gene, log2 fold change, % in, % out, AUC, score, p, adjusted p.
Table marker_table(const Dataset& data, const markers::Result& result, std::uint32_t group,
                   const std::vector<std::uint32_t>& genes);

}  // namespace celloquy::tools
