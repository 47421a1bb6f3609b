#include "analysis/partition_overlap/partition_overlap.hpp"

#include "analysis/statistics/partitions.hpp"

namespace celloquy::partition_overlap {

Result compute(std::span<const std::int32_t> first, std::uint32_t n_first,
               std::span<const std::int32_t> second, std::uint32_t n_second) {
  Result out;
  out.n_first = n_first;
  out.n_second = n_second;
  out.shared = statistics::contingency(first, n_first, second, n_second);
  out.first_sizes.assign(n_first, 0);
  out.second_sizes.assign(n_second, 0);
  for (std::size_t a = 0; a < n_first; ++a)
    for (std::size_t b = 0; b < n_second; ++b) {
      const auto both = out.shared[a * n_second + b];
      out.first_sizes[a] += both;
      out.second_sizes[b] += both;
      out.n_cells += both;
    }
  out.adjusted_rand = statistics::adjusted_rand_index(out.shared, n_first, n_second);
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
