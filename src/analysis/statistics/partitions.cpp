#include "analysis/statistics/partitions.hpp"

#include <algorithm>

namespace celloquy::statistics {

std::vector<std::uint32_t> contingency(std::span<const std::int32_t> a, std::uint32_t n_a,
                                       std::span<const std::int32_t> b, std::uint32_t n_b) {
  std::vector<std::uint32_t> table(std::size_t{n_a} * n_b, 0);
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    if (a[i] >= 0 && b[i] >= 0)
      ++table[static_cast<std::size_t>(a[i]) * n_b + static_cast<std::size_t>(b[i])];
  return table;
}

double adjusted_rand_index(const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& b) {
  const auto size_of = [](const std::vector<std::int32_t>& codes) {
    std::int32_t most = -1;
    for (const auto code : codes) most = std::max(most, code);
    return static_cast<std::uint32_t>(most + 1);
  };
  const std::uint32_t n_a = size_of(a), n_b = size_of(b);
  return adjusted_rand_index(contingency(a, n_a, b, n_b), n_a, n_b);
}

double adjusted_rand_index(const std::vector<std::uint32_t>& table, std::uint32_t n_a,
                           std::uint32_t n_b) {
  std::vector<double> rows(n_a, 0.0), columns(n_b, 0.0);
  const auto pairs = [](double count) { return count * (count - 1) / 2; };
  double n = 0, both = 0, in_rows = 0, in_columns = 0;
  for (std::uint32_t i = 0; i < n_a; ++i)
    for (std::uint32_t j = 0; j < n_b; ++j) {
      const double count = table[std::size_t{i} * n_b + j];
      n += count;
      both += pairs(count);
      rows[i] += count;
      columns[j] += count;
    }
  for (const double count : rows) in_rows += pairs(count);
  for (const double count : columns) in_columns += pairs(count);
  if (n < 2) return 1;
  const double expected = in_rows * in_columns / pairs(n);
  const double most = (in_rows + in_columns) / 2;
  return most == expected ? 1 : (both - expected) / (most - expected);
}

}  // namespace celloquy::statistics
