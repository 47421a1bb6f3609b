#pragma once
// How alike two partitions of the same items are.

#include <cstdint>
#include <span>
#include <vector>

namespace celloquy::statistics {

/// Agreement of pairs beyond chance (Hubert & Arabie 1985): 1 for the same
/// partition, about 0 for unrelated ones. Items with a negative code on either side are left
/// out; 1 when fewer than two are left.
double adjusted_rand_index(const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& b);

/// The same of a contingency table, n_a × n_b.
double adjusted_rand_index(const std::vector<std::uint32_t>& table, std::uint32_t n_a,
                           std::uint32_t n_b);

/// Items in common: rows are the codes of `a`, columns those of `b`, row by row.
std::vector<std::uint32_t> contingency(std::span<const std::int32_t> a, std::uint32_t n_a,
                                       std::span<const std::int32_t> b, std::uint32_t n_b);

}  // namespace celloquy::statistics
