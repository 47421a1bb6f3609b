#include "tools/pipeline/costs.hpp"

#include <algorithm>
#include <cmath>

namespace celloquy::tools {
namespace {

double bytes_of(const CountMatrix& matrix) { return static_cast<double>(matrix.by_cell().bytes()); }
double nonzeros_of(const CountMatrix& matrix) {
  return static_cast<double>(matrix.by_cell().n_nonzeros());
}

}  // namespace

/// One reading of the matrix; each non-zero is added to its gene's counter. The
/// cell's own sums stay in registers.
Cost cost_of_quality_control(const CountMatrix& matrix) {
  return {bytes_of(matrix), nonzeros_of(matrix), Operation::update};
}

/// Two readings: moments (a counter a non-zero), then the comparison of each
/// non-zero with its gene's limit (a look-up, counted as one update).
Cost cost_of_variable_genes(const CountMatrix& matrix) {
  return {2 * bytes_of(matrix), 2 * nonzeros_of(matrix), Operation::update};
}

/// Once the matrix is read and the chosen values written (8 bytes each). Each
/// pass reads these and multiplies every value with 16 vectors twice, xᵀB and
/// x·yᵀ: 64 operations. Pass p makes its 16 vectors orthogonal to the 16·p
/// before, twice, a product in and one out: 4 readings of the basis (8 bytes)
/// and 4 · 2 · 16 operations for each of its numbers. The scores take one more
/// multiply-add a value and component.
Cost cost_of_pca(const CountMatrix& matrix, double n_chosen, std::size_t n_genes,
                 const pca::Result& result) {
  if (n_chosen <= 0) return {};
  constexpr double width = 16;
  const double passes = result.passes, k = result.n_components;
  const double basis = static_cast<double>(n_genes) * width * passes * (passes + 1) / 2;
  const double score_readings = std::ceil(k / width);
  return {bytes_of(matrix) + 8 * n_chosen * (1 + passes + score_readings) + 4 * 8 * basis,
          4 * width * n_chosen * passes + 4 * 2 * width * basis + 2 * k * n_chosen,
          Operation::arithmetic};
}

/// Exact search: each pair of points is multiplied once, 2 operations a
/// dimension (blocks that are too far apart are passed over, so this is the
/// most). More points than exact search takes: at least the assignment of each to one of
/// 4·√n lists, n·lists·2d. Points are read, lists of neighbours written.
Cost cost_of_neighbors(const pca::Result& points, const neighbors::Result& result) {
  const double n = points.n_cells, d = points.n_components, k = result.n_neighbors;
  const double pairs = n <= neighbors::exact_up_to ? n * (n - 1) / 2 : n * 4 * std::sqrt(n);
  return {4 * n * d + 8 * n * k, pairs * 2 * d, Operation::arithmetic};
}

/// Every iteration of every start goes over the cells' graph three times
/// (moving, refining, aggregating), and once more for the modularity; an entry
/// is 8 bytes, and its weight is added to its community. Nodes that are woken
/// again and the smaller graphs above are not counted.
Cost cost_of_leiden(const Graph& graph, const leiden::Options& options,
                    const leiden::Result& result) {
  const double entries = static_cast<double>(graph.indices.size());
  const auto starts = leiden::starts_for(graph.indices.size(), options.most_iterations);
  const double of_starts = static_cast<double>(result.starts) * starts.iterations;
  // The best start's own iterations are part of both.
  const double after = std::max(0.0, static_cast<double>(result.iterations) - starts.iterations);
  const double readings = 4 * (of_starts + after);
  return {8 * entries * readings, entries * readings, Operation::update};
}

/// An edge of weight w acts in the share w/w_max of the epochs, in both
/// directions: one pull and 6 pushes for the one, a pull for the other; each is
/// some 35 operations in two dimensions (distance, power, division, clipping).
/// An epoch reads 16 bytes an edge and moves every point (16 bytes).
Cost cost_of_umap(const Graph& graph, const umap::Options& options) {
  if (graph.weights.empty()) return {};
  const double epochs = umap::epochs_for(graph.n_nodes, options);
  const double greatest = *std::max_element(graph.weights.begin(), graph.weights.end());
  double acting = 0, edges = 0;
  for (const double weight : graph.weights) {
    if (weight < greatest / epochs) continue;
    acting += weight / greatest;
    edges += 1;
  }
  constexpr double a_force = 35, forces = 1 + 6 + 1;
  return {epochs * (16 * edges + 16.0 * graph.n_nodes), epochs * acting * forces * a_force,
          Operation::arithmetic};
}

/// The matrix is read for the groups' sums, read and written to lie by gene, and
/// read so. Updates a non-zero: sums 1, turning 2 (count, place), and for the rank
/// sums a sort in 3 digits, 2 each, and the sum itself.
Cost cost_of_markers(const CountMatrix& matrix, markers::Test test) {
  const double updates = test == markers::Test::wilcoxon ? 1 + 2 + 3 * 2 + 1 : 1 + 2 + 2;
  return {4 * bytes_of(matrix), updates * nonzeros_of(matrix), Operation::update};
}

}  // namespace celloquy::tools
