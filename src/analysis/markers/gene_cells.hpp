#pragma once
// One gene's non-zero values with the groups of their cells.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "analysis/statistics/log1p.hpp"
#include "matrix/count_matrix.hpp"

namespace celloquy::markers {

/// What a gene's loop needs of each cell, side by side.
struct CellFacts {
  float scale;
  std::uint32_t group;  ///< dropped: not part of the comparison
};
inline constexpr std::uint32_t dropped_cell = ~0u;

inline std::vector<CellFacts> cell_facts(const ExpressionView& view,
                                         const std::vector<std::int32_t>& groups) {
  const auto& scale = view.normalization->scale;
  std::vector<CellFacts> out(groups.size());
  for (std::size_t cell = 0; cell < groups.size(); ++cell)
    out[cell] = {scale.empty() ? 1.0f : scale[cell],
                 groups[cell] < 0 ? dropped_cell : static_cast<std::uint32_t>(groups[cell])};
  return out;
}

/// A value as a key that sorts as the value does, above its group: for values
/// above zero the bits of the float themselves.
struct KeyedValues {
  /// Calls f(value, group) for the non-zeros of a gene that are part of the comparison.
  template <class View, class F>
  static void each(const View& by_gene, std::size_t gene, const CellFacts* cells, F&& f) {
    for (auto k = by_gene.offsets[gene]; k < by_gene.offsets[gene + 1]; ++k) {
      const CellFacts& cell = cells[by_gene.indices[k]];
      f(static_cast<float>(by_gene.values[k]) * cell.scale, cell.group);
    }
  }

  static std::uint32_t key_of(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
  }
  static constexpr std::uint32_t zero_key = 0x80000000u;
};

}  // namespace celloquy::markers
