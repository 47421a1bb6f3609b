#pragma once
// Cells of a small gene space, and their z-scores written naively in double.

#include <cmath>
#include <vector>

#include "analysis/normalize/normalize.hpp"
#include "space/cells/standardization.hpp"
#include "test_stats_matrices.hpp"

namespace celloquy::test {

/// A file whose genes are some of a space of `n_space` genes, in another order:
/// every fifth gene of the file is none of the space, some of the space are missing.
struct SpaceData {
  SpaceData(std::size_t n_cells, std::size_t n_genes, std::size_t n_space, std::uint64_t seed = 1,
            double mean = 0.3)
      : dense(random_counts(n_cells, n_genes, seed, mean)) {
    RandomStream random(seed, 77);
    std::vector<std::int32_t> free;
    for (std::size_t g = 0; g < n_space; ++g) free.push_back(static_cast<std::int32_t>(g));
    standardization.space_gene.assign(n_genes, -1);
    standardization.measured.assign(n_space, 0);
    for (std::size_t g = 0; g < n_genes && !free.empty(); ++g) {
      if (g % 5 == 4) continue;
      const auto at = random.below(free.size());
      standardization.space_gene[g] = free[at];
      standardization.measured[static_cast<std::size_t>(free[at])] = 1;
      free.erase(free.begin() + static_cast<std::ptrdiff_t>(at));
    }
    for (std::size_t g = 0; g < n_space; ++g) {
      standardization.centre.push_back(static_cast<float>(2 * random.uniform()));
      standardization.inverse_scale.push_back(
          static_cast<float>(1 / (0.15 + 0.8 * random.uniform())));
    }
    // An empty cell in the middle.
    if (n_cells > 2)
      for (std::size_t g = 0; g < n_genes; ++g) dense.at(n_cells / 2, g) = 0;
    rebuild();
  }
  void rebuild() {
    matrix = stored_as<std::uint8_t>(dense);
    logs = normalize::compute(totals_of(dense), {});
  }
  ExpressionView view() const { return {&matrix, &logs}; }
  std::size_t n_space() const { return standardization.centre.size(); }
  double x(std::size_t cell, std::size_t gene) const {
    return std::log1p(dense.at(cell, gene) * static_cast<double>(logs.scale[cell]));
  }

  Dense dense;
  CountMatrix matrix;
  Normalization logs;
  space::Standardization standardization;
};

/// z by gene of the space.
inline std::vector<double> z_of(const SpaceData& data, std::size_t cell) {
  std::vector<double> z(data.n_space(), 0.0);
  const auto& s = data.standardization;
  for (std::size_t g = 0; g < data.dense.n_genes; ++g) {
    if (s.space_gene[g] < 0) continue;
    const auto at = static_cast<std::size_t>(s.space_gene[g]);
    const double raw = (data.x(cell, g) - s.centre[at]) * s.inverse_scale[at];
    z[at] = raw < -8 ? -8 : raw > 8 ? 8 : raw;
  }
  return z;
}

inline double dot(const std::vector<double>& a, const float* b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}
inline double length(const std::vector<double>& a) {
  double sum = 0;
  for (const double x : a) sum += x * x;
  return std::sqrt(sum);
}
inline double length(const float* a, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += static_cast<double>(a[i]) * a[i];
  return std::sqrt(sum);
}

/// Normal numbers, most of them zero when `sparse`.
inline std::vector<float> random_weights(std::size_t n, std::uint64_t seed, bool sparse) {
  RandomStream random(seed);
  std::vector<float> out(n);
  for (auto& value : out) {
    value = static_cast<float>(random.normal());
    if (sparse && random.uniform() < 0.8) value = 0;
  }
  return out;
}

}  // namespace celloquy::test
