#include "analysis/partition_overlap/partition_overlap.hpp"

#include <algorithm>

namespace celloquy::partition_overlap {
namespace {

double pairs(double n) { return n * (n - 1) / 2; }

double pairs_in(const std::vector<std::uint32_t>& sizes) {
  double sum = 0;
  for (const auto size : sizes) sum += pairs(size);
  return sum;
}

}  // namespace

Result compute(std::span<const std::int32_t> first, std::uint32_t n_first,
               std::span<const std::int32_t> second, std::uint32_t n_second) {
  Result out;
  out.n_first = n_first;
  out.n_second = n_second;
  out.shared.assign(std::size_t{n_first} * n_second, 0);
  out.first_sizes.assign(n_first, 0);
  out.second_sizes.assign(n_second, 0);
  for (std::size_t i = 0; i < std::min(first.size(), second.size()); ++i) {
    if (first[i] < 0 || second[i] < 0) continue;
    const auto a = static_cast<std::size_t>(first[i]), b = static_cast<std::size_t>(second[i]);
    ++out.shared[a * n_second + b];
    ++out.first_sizes[a];
    ++out.second_sizes[b];
    ++out.n_cells;
  }
  const double in_first = pairs_in(out.first_sizes), in_second = pairs_in(out.second_sizes);
  const double all = pairs(static_cast<double>(out.n_cells));
  const double expected = all > 0 ? in_first * in_second / all : 0;
  const double most = (in_first + in_second) / 2;
  if (most != expected) out.adjusted_rand = (pairs_in(out.shared) - expected) / (most - expected);
  return out;
}

double Result::jaccard(std::uint32_t first, std::uint32_t second) const {
  const double both = shared[std::size_t{first} * n_second + second];
  const double either = first_sizes[first] + second_sizes[second] - both;
  return either > 0 ? both / either : 0;
}

std::uint32_t Result::best_first(std::uint32_t second) const {
  std::uint32_t best = n_first;
  double most = 0;
  for (std::uint32_t a = 0; a < n_first; ++a)
    if (const double now = jaccard(a, second); now > most) {
      most = now;
      best = a;
    }
  return best;
}

}  // namespace celloquy::partition_overlap
