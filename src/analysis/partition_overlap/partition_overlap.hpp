#pragma once
// How two partitions of the same cells agree.

#include <cstdint>
#include <span>
#include <vector>

namespace celloquy::partition_overlap {

/// Counts are n_first × n_second, first group by first group.
struct Result {
  std::uint32_t n_first = 0, n_second = 0;
  std::vector<std::uint32_t> shared;  ///< cells that are in both groups
  std::vector<std::uint32_t> first_sizes, second_sizes;
  std::uint64_t n_cells = 0;  ///< that have a group in both
  /// Adjusted Rand index of Hubert and Arabie (1985): 1 the same, about 0 by chance.
  /// 1 where both put all cells into one group, or each into its own.
  double adjusted_rand = 1;

  /// The first group that shares most cells with a second one, relative to both
  /// together (Jaccard); n_first when none is shared.
  std::uint32_t best_first(std::uint32_t second) const;
  double jaccard(std::uint32_t first, std::uint32_t second) const;
};

/// Codes of the same cells in the same order, −1 for none. O(cells + n_first · n_second).
Result compute(std::span<const std::int32_t> first, std::uint32_t n_first,
               std::span<const std::int32_t> second, std::uint32_t n_second);

}  // namespace celloquy::partition_overlap
