#pragma once
// Sorting one gene's values and summing their ranks a group.

#include <cstdint>
#include <span>
#include <vector>

namespace celloquy::markers {

/// Sorts words by their upper 32 bits; the order of equal ones is not defined
/// further. Least-significant-digit radix sort over the bits that differ, about
/// 5 ns a word. `scratch` grows to the size of `words`; the sorted words are in
/// the returned span (one of the two arrays).
std::span<std::uint64_t> sort_by_key(std::span<std::uint64_t> words,
                                     std::vector<std::uint64_t>& scratch);

/// Ranks of all compared cells' values of one gene, as whole numbers: twice the
/// rank, so that the mean rank of ties is exact.
struct RankSums {
  std::vector<std::int64_t> twice;  ///< Σ 2·rank, a group
  double tie_term = 0;              ///< Σ (t³ − t) over runs of t equal values
};

/// `sorted`: non-zero values, key << 32 | group; `zeros`: cells with a zero, a
/// group. Keys below `zero_key` are negative values.
void sum_ranks(std::span<const std::uint64_t> sorted, const std::vector<std::uint32_t>& zeros,
               std::uint32_t zero_key, RankSums& out);

/// Mann–Whitney U of every group against one reference group, and each pair's tie term.
struct PairwiseSums {
  std::vector<std::int64_t> twice_u;  ///< 2·(pairs with group > reference) + ties, a group
  std::vector<double> tie_term;
};
void sum_pairwise(std::span<const std::uint64_t> sorted, const std::vector<std::uint32_t>& zeros,
                  std::uint32_t zero_key, std::uint32_t reference, PairwiseSums& out);

}  // namespace celloquy::markers
