#pragma once
// Small matrices for the tests of the statistical steps, and the same values
// dense, for checking by definition.

#include <cstring>
#include <vector>

#include "base/random.hpp"
#include "base/thread_pool.hpp"
#include "matrix/count_matrix.hpp"

namespace celloquy::test {

/// Rows are cells.
struct Dense {
  std::size_t n_cells = 0, n_genes = 0;
  std::vector<double> values;
  double& at(std::size_t cell, std::size_t gene) { return values[cell * n_genes + gene]; }
  double at(std::size_t cell, std::size_t gene) const { return values[cell * n_genes + gene]; }
};

template <class Value>
CountMatrix stored_as(const Dense& dense) {
  std::vector<std::uint64_t> offsets(1, 0);
  std::vector<std::uint16_t> indices;
  std::vector<Value> values;
  for (std::size_t cell = 0; cell < dense.n_cells; ++cell) {
    for (std::size_t gene = 0; gene < dense.n_genes; ++gene) {
      if (dense.at(cell, gene) == 0) continue;
      indices.push_back(static_cast<std::uint16_t>(gene));
      values.push_back(static_cast<Value>(dense.at(cell, gene)));
    }
    offsets.push_back(indices.size());
  }
  Buffer<std::uint16_t> index_buffer(indices.size());
  Buffer<Value> value_buffer(values.size());
  std::copy(indices.begin(), indices.end(), index_buffer.begin());
  std::copy(values.begin(), values.end(), value_buffer.begin());
  return CountMatrix(SparseMatrix(Order::cell_major, dense.n_cells, dense.n_genes, offsets,
                                  std::move(index_buffer), std::move(value_buffer)));
}

/// Counts with genes of different means and spreads, and two kinds of cells: the
/// first tenth of the genes is four times as high in the second half of the cells.
inline Dense random_counts(std::size_t n_cells, std::size_t n_genes, std::uint64_t seed,
                           double mean = 0.6) {
  Dense dense{n_cells, n_genes, std::vector<double>(n_cells * n_genes, 0.0)};
  for (std::size_t cell = 0; cell < n_cells; ++cell) {
    RandomStream random(seed, cell);
    const double depth = 0.5 + random.uniform();
    for (std::size_t gene = 0; gene < n_genes; ++gene) {
      RandomStream of_gene(seed + 1, gene);
      const double gene_mean = mean * -std::log(1 - of_gene.uniform()) * 2;
      const double spread = 0.4 * of_gene.uniform();
      const double kind = gene < n_genes / 10 && cell >= n_cells / 2 ? 4 : 1;
      const double rate =
          gene_mean * depth * kind * std::exp(spread * random.normal() - spread * spread / 2);
      // Poisson by its waiting times.
      double time = -std::log(1 - random.uniform());
      int count = 0;
      for (; time < rate && count < 250; ++count) time -= std::log(1 - random.uniform());
      dense.at(cell, gene) = count;
    }
  }
  return dense;
}

inline std::vector<double> totals_of(const Dense& dense) {
  std::vector<double> totals(dense.n_cells, 0.0);
  for (std::size_t cell = 0; cell < dense.n_cells; ++cell)
    for (std::size_t gene = 0; gene < dense.n_genes; ++gene) totals[cell] += dense.at(cell, gene);
  return totals;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

/// Calls f(context) with 1, 2 and 7 threads and gives the three results.
template <class F>
auto with_threads(F&& f) {
  std::vector<decltype(f(Context{}))> results;
  for (const unsigned threads : {1u, 2u, 7u}) {
    ThreadPool pool(threads);
    Context context;
    context.threads = &pool;
    results.push_back(f(context));
  }
  return results;
}

}  // namespace celloquy::test
