// Small inputs: all of the smaller covariance, exactly.

#include <algorithm>
#include <cmath>

#include "analysis/pca/subspace.hpp"
#include "analysis/statistics/linear_algebra.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::pca {
namespace {

tl::unexpected<Error> no_convergence() {
  return failure(ErrorCode::internal, "base.internal", {{"what", "PCA: eigenvalues"}});
}

}  // namespace

Expected<Subspace> dense_by_genes(const CompactMatrix& matrix, std::size_t n_components,
                                  const Context& context) {
  const std::size_t g = matrix.n_genes;
  constexpr std::size_t wave = 8;
  std::vector<double> covariance(g * g, 0.0);
  std::vector<double> partial(std::min(wave, matrix.pieces.size()) * g * g);
  for (std::size_t first = 0; first < matrix.pieces.size(); first += wave) {
    const std::size_t count = std::min(wave, matrix.pieces.size() - first);
    parallel_for_blocks(context, count, 1, [&](const Block& block) {
      double* products = partial.data() + block.index * g * g;
      std::fill(products, products + g * g, 0.0);
      const CellRange cells = matrix.pieces[first + block.index].range();
      for (std::size_t cell = cells.begin; cell < cells.end && !context.cancelled(); ++cell)
        for (auto b = cells.offsets[cell]; b < cells.offsets[cell + 1]; ++b) {
          double* column = products + cells.indices[b] * g;
          const double value = cells.values[b];
          for (auto a = cells.offsets[cell]; a <= b; ++a)
            column[cells.indices[a]] += value * cells.values[a];
        }
    });
    if (context.cancelled()) return cancelled_error();
    for (std::size_t b = 0; b < count; ++b)
      for (std::size_t i = 0; i < g * g; ++i) covariance[i] += partial[b * g * g + i];
  }
  const double n = static_cast<double>(matrix.n_cells);
  for (std::size_t b = 0; b < g; ++b)
    for (std::size_t a = 0; a <= b; ++a)
      covariance[b * g + a] =
          (covariance[b * g + a] - n * matrix.mean[a] * matrix.mean[b]) / (n - 1);
  auto eigen = statistics::largest_eigenpairs(covariance, g, n_components);
  if (eigen.values.empty()) return no_convergence();
  return Subspace{std::move(eigen.vectors), std::move(eigen.values), 1};
}

Expected<Subspace> dense_by_cells(const CompactMatrix& matrix, std::size_t n_components,
                                  const Context& context) {
  const std::size_t n = matrix.n_cells, g = matrix.n_genes;
  struct CellValues {
    const std::uint32_t* indices;
    const float* values;
    std::size_t count;
  };
  std::vector<CellValues> cells;
  for (const auto& piece : matrix.pieces)
    for (std::size_t i = 0; i + 1 < piece.offsets.size(); ++i)
      cells.push_back({piece.indices.data() + piece.offsets[i],
                       piece.values.data() + piece.offsets[i],
                       static_cast<std::size_t>(piece.offsets[i + 1] - piece.offsets[i])});
  double mean_square = 0;
  for (const double mean : matrix.mean) mean_square += mean * mean;
  std::vector<double> with_mean(n, 0.0);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < cells[i].count; ++k)
      with_mean[i] += cells[i].values[k] * matrix.mean[cells[i].indices[k]];

  std::vector<double> products(n * n, 0.0);
  std::vector<std::vector<double>> dense(worker_count(context));
  parallel_for_blocks(context, n, 16, [&](const Block& block) {
    auto& row = dense[block.worker];
    if (row.empty()) row.assign(g, 0.0);
    for (std::size_t j = block.begin; j < block.end; ++j) {
      for (std::size_t k = 0; k < cells[j].count; ++k)
        row[cells[j].indices[k]] = cells[j].values[k];
      for (std::size_t i = 0; i <= j; ++i) {
        double product = 0;
        for (std::size_t k = 0; k < cells[i].count; ++k)
          product += cells[i].values[k] * row[cells[i].indices[k]];
        products[j * n + i] =
            (product - with_mean[i] - with_mean[j] + mean_square) / (static_cast<double>(n) - 1);
      }
      for (std::size_t k = 0; k < cells[j].count; ++k) row[cells[j].indices[k]] = 0;
    }
  });
  if (context.cancelled()) return cancelled_error();
  auto eigen = statistics::largest_eigenpairs(products, n, n_components);
  if (eigen.values.empty()) return no_convergence();

  // A gene-side vector is Xᵀu / √(λ(n − 1)); of no variance, zero.
  Subspace out{std::vector<double>(g * n_components, 0.0), std::move(eigen.values), 1};
  parallel_for_blocks(context, n_components, 1, [&](const Block& block) {
    const std::size_t c = block.index;
    const double variance = out.values[c];
    if (!(variance > 1e-10 * out.values[0])) return;
    const double* u = eigen.vectors.data() + c * n;
    double* v = out.vectors.data() + c * g;
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
      sum += u[i];
      for (std::size_t k = 0; k < cells[i].count; ++k)
        v[cells[i].indices[k]] += u[i] * cells[i].values[k];
    }
    const double norm = std::sqrt(variance * (static_cast<double>(n) - 1));
    for (std::size_t j = 0; j < g; ++j) v[j] = (v[j] - sum * matrix.mean[j]) / norm;
  });
  return out;
}

}  // namespace celloquy::pca
