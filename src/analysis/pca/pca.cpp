#include "analysis/pca/pca.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/pca/compact.hpp"
#include "analysis/pca/subspace.hpp"
#include "analysis/statistics/checks.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::pca {
namespace {

/// Up to this many cells or genes the exact way is taken.
constexpr std::size_t small_side = 512;
/// Multiplications that the dense covariance of few genes may cost.
constexpr double most_dense_products = 5e8;
/// Below this many genes a Krylov basis has no room to grow.
constexpr std::size_t fewest_genes_for_blocks = 128;

Expected<Subspace> subspace_of(const CompactMatrix& matrix, std::size_t n_components,
                               const Options& options, const Context& context) {
  double products = 0;
  for (const auto& piece : matrix.pieces)
    for (std::size_t i = 0; i + 1 < piece.offsets.size(); ++i) {
      const double count = static_cast<double>(piece.offsets[i + 1] - piece.offsets[i]);
      products += count * count / 2;
    }
  const std::size_t g = matrix.n_genes;
  const bool few_genes =
      g <= fewest_genes_for_blocks || (g <= small_side && products <= most_dense_products);
  if (few_genes || g < n_components + 2 * panel_width)
    return g <= matrix.n_cells || matrix.n_cells > small_side
               ? dense_by_genes(matrix, n_components, context)
               : dense_by_cells(matrix, n_components, context);
  if (matrix.n_cells <= small_side) return dense_by_cells(matrix, n_components, context);
  return krylov_subspace(matrix, n_components, options, context);
}

/// The largest loading of each component is made positive, and one float copy made.
std::vector<float> signed_loadings(Subspace& subspace, std::size_t g, std::size_t n_components) {
  std::vector<float> loadings(g * n_components);
  for (std::size_t c = 0; c < n_components; ++c) {
    double* vector = subspace.vectors.data() + c * g;
    const double* largest = std::max_element(
        vector, vector + g, [](double a, double b) { return std::abs(a) < std::abs(b); });
    const double sign = *largest < 0 ? -1 : 1;
    for (std::size_t j = 0; j < g; ++j) {
      vector[j] *= sign;
      loadings[j * n_components + c] = static_cast<float>(vector[j]);
    }
  }
  return loadings;
}

/// Scores = (x − mean)ᵀ·loadings, 16 components at a time.
void project(const CompactMatrix& matrix, Result& result, const Context& context) {
  const std::size_t k = result.n_components, g = matrix.n_genes;
  const std::size_t panels = block_count(k, panel_width);
  std::vector<float> basis(panels * g * panel_width, 0.0f), shift(panels * panel_width);
  for (std::size_t c = 0; c < k; ++c) {
    double mean_score = 0;
    float* panel = basis.data() + (c / panel_width) * g * panel_width;
    for (std::size_t j = 0; j < g; ++j) {
      panel[j * panel_width + c % panel_width] = result.loadings[j * k + c];
      mean_score += matrix.mean[j] * result.loadings[j * k + c];
    }
    shift[c] = static_cast<float>(mean_score);
  }
  result.scores.resize(std::size_t{result.n_cells} * k);
  parallel_for_blocks(context, matrix.pieces.size(), 1, [&](const Block& block) {
    float* scores = result.scores.data() + block.index * CompactMatrix::block_size * k;
    for (std::size_t p = 0; p < panels; ++p) CELLOQUY_SELECT(project_panel)
    (matrix.pieces[block.index].range(), basis.data() + p * g * panel_width,
     shift.data() + p * panel_width, scores + p * panel_width, k,
     std::min(panel_width, k - p * panel_width));
  });
}

}  // namespace

Expected<Result> compute(const ExpressionView& view, const std::vector<std::uint32_t>& genes,
                         const Options& options, const Context& context) {
  CELLOQUY_CHECK(statistics::require_usable(*view.matrix, context));
  if (genes.empty()) return failure(ErrorCode::cannot_answer, "analysis.no_genes");
  if (!std::is_sorted(genes.begin(), genes.end(), std::less_equal<>()) ||
      genes.back() >= view.n_genes())
    return failure(ErrorCode::internal, "base.internal",
                   {{"what", "PCA: genes must ascend and exist"}});
  const std::size_t smaller = std::min(view.n_cells(), genes.size());
  if (smaller < 2 || options.n_components == 0)
    return failure(ErrorCode::cannot_answer, "pca.too_small",
                   {{"cells", view.n_cells()}, {"genes", genes.size()}});
  const std::size_t n_components = std::min<std::size_t>(options.n_components, smaller - 1);

  CELLOQUY_TRY(const auto matrix, make_compact(view, genes, options.scale, context));
  const double total = std::accumulate(matrix.variance.begin(), matrix.variance.end(), 0.0);
  if (!(total > 0)) return failure(ErrorCode::cannot_answer, "pca.no_variance");
  CELLOQUY_TRY(auto subspace, subspace_of(matrix, n_components, options, context));

  Result result;
  result.n_cells = static_cast<std::uint32_t>(matrix.n_cells);
  result.n_components = static_cast<std::uint32_t>(n_components);
  result.passes = subspace.passes;
  result.loadings = signed_loadings(subspace, matrix.n_genes, n_components);
  for (const double variance : subspace.values) {
    result.variance.push_back(std::max(0.0, variance));
    result.variance_ratio.push_back(std::max(0.0, variance) / total);
  }
  project(matrix, result, context);
  if (context.cancelled()) return cancelled_error();
  context.report("pca", 1.0);
  return result;
}

}  // namespace celloquy::pca
