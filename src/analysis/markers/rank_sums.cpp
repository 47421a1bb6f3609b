#include "analysis/markers/rank_sums.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace celloquy::markers {
namespace {

std::uint32_t key(std::uint64_t word) { return static_cast<std::uint32_t>(word >> 32); }
std::uint32_t group(std::uint64_t word) { return static_cast<std::uint32_t>(word); }

template <int digit_bits>
std::span<std::uint64_t> radix_sort(std::span<std::uint64_t> words, std::uint64_t* scratch,
                                    std::uint32_t smallest, int bits) {
  constexpr std::size_t buckets = std::size_t{1} << digit_bits;
  constexpr int most_digits = (32 + digit_bits - 1) / digit_bits;
  const int digits = (bits + digit_bits - 1) / digit_bits;
  std::array<std::array<std::uint32_t, buckets>, most_digits> counts;
  for (int d = 0; d < digits; ++d) counts[d].fill(0);
  for (const auto word : words) {
    std::uint32_t rest = key(word) - smallest;
    for (int d = 0; d < digits; ++d, rest >>= digit_bits) ++counts[d][rest & (buckets - 1)];
  }
  std::uint64_t *from = words.data(), *to = scratch;
  for (int d = 0; d < digits; ++d) {
    std::uint32_t at = 0;
    for (auto& count : counts[d]) {
      const std::uint32_t size = count;
      count = at;
      at += size;
    }
    const int shift = d * digit_bits;
    for (std::size_t i = 0; i < words.size(); ++i)
      to[counts[d][((key(from[i]) - smallest) >> shift) & (buckets - 1)]++] = from[i];
    std::swap(from, to);
  }
  return {from, words.size()};
}

double cube_less_one(double t) { return t * t * t - t; }

/// Calls f(first, last) for each run of equal keys in sorted[from, to).
template <class F>
void each_run(std::span<const std::uint64_t> sorted, std::size_t from, std::size_t to, F&& f) {
  for (std::size_t i = from; i < to;) {
    std::size_t j = i + 1;
    while (j < to && key(sorted[j]) == key(sorted[i])) ++j;
    f(i, j);
    i = j;
  }
}

std::size_t count_negative(std::span<const std::uint64_t> sorted, std::uint32_t zero_key) {
  if (sorted.empty() || key(sorted.front()) >= zero_key) return 0;
  return static_cast<std::size_t>(
      std::partition_point(sorted.begin(), sorted.end(),
                           [&](std::uint64_t word) { return key(word) < zero_key; }) -
      sorted.begin());
}

}  // namespace

std::span<std::uint64_t> sort_by_key(std::span<std::uint64_t> words,
                                     std::vector<std::uint64_t>& scratch) {
  constexpr std::size_t few = 48;
  if (words.size() <= few) {
    std::sort(words.begin(), words.end());
    return words;
  }
  std::uint32_t smallest = ~0u, largest = 0;
  for (const auto word : words) {
    smallest = std::min(smallest, key(word));
    largest = std::max(largest, key(word));
  }
  const int bits = std::bit_width(largest - smallest);
  if (bits == 0) return words;
  if (scratch.size() < words.size()) scratch.resize(words.size());
  // Wide digits save a pass but their counts must be cleared and summed.
  if (words.size() < 1500) return radix_sort<8>(words, scratch.data(), smallest, bits);
  if (bits <= 27 || words.size() < 8000)
    return radix_sort<9>(words, scratch.data(), smallest, bits);
  return radix_sort<11>(words, scratch.data(), smallest, bits);
}

void sum_ranks(std::span<const std::uint64_t> sorted, const std::vector<std::uint32_t>& zeros,
               std::uint32_t zero_key, RankSums& out) {
  std::uint64_t n_zeros = 0;
  for (const auto count : zeros) n_zeros += count;
  const std::size_t negative = count_negative(sorted, zero_key);
  out.twice.resize(zeros.size());
  std::int64_t* twice = out.twice.data();
  const auto twice_zero_rank = static_cast<std::int64_t>(2 * negative + n_zeros + 1);
  for (std::size_t g = 0; g < zeros.size(); ++g) twice[g] = zeros[g] * twice_zero_rank;
  double ties = cube_less_one(static_cast<double>(n_zeros));
  const auto add = [&](std::size_t from, std::size_t to, std::uint64_t before) {
    each_run(sorted, from, to, [&](std::size_t i, std::size_t j) {
      const auto twice_rank = static_cast<std::int64_t>(2 * before + i + j + 1);
      for (std::size_t k = i; k < j; ++k) twice[group(sorted[k])] += twice_rank;
      if (j - i > 1) ties += cube_less_one(static_cast<double>(j - i));
    });
  };
  add(0, negative, 0);
  add(negative, sorted.size(), n_zeros);
  out.tie_term = ties;
}

void sum_pairwise(std::span<const std::uint64_t> sorted, const std::vector<std::uint32_t>& zeros,
                  std::uint32_t zero_key, std::uint32_t reference, PairwiseSums& out) {
  const std::size_t n_groups = zeros.size();
  const std::size_t negative = count_negative(sorted, zero_key);
  out.twice_u.assign(n_groups, 0);
  out.tie_term.assign(n_groups, 0.0);
  std::int64_t below = 0;  // reference cells with smaller values
  std::vector<std::uint32_t> in_run(n_groups, 0);
  const auto tie = [&](std::uint32_t g, std::uint32_t of_group, std::uint32_t of_reference) {
    out.tie_term[g] += cube_less_one(static_cast<double>(of_group) + of_reference);
  };
  const auto add = [&](std::size_t from, std::size_t to) {
    each_run(sorted, from, to, [&](std::size_t i, std::size_t j) {
      if (j - i == 1) {
        out.twice_u[group(sorted[i])] += 2 * below;
        below += group(sorted[i]) == reference;
        return;
      }
      for (std::size_t k = i; k < j; ++k) ++in_run[group(sorted[k])];
      const std::uint32_t of_reference = in_run[reference];
      for (std::uint32_t g = 0; g < n_groups; ++g) {
        if (in_run[g] == 0 && of_reference == 0) continue;
        out.twice_u[g] += std::int64_t{in_run[g]} * (2 * below + of_reference);
        tie(g, in_run[g], of_reference);
      }
      below += of_reference;
      for (std::size_t k = i; k < j; ++k) in_run[group(sorted[k])] = 0;
    });
  };
  add(0, negative);
  for (std::uint32_t g = 0; g < n_groups; ++g) {
    out.twice_u[g] += std::int64_t{zeros[g]} * (2 * below + zeros[reference]);
    tie(g, zeros[g], zeros[reference]);
  }
  below += zeros[reference];
  add(negative, sorted.size());
}

}  // namespace celloquy::markers
