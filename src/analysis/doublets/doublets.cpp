#include "analysis/doublets/doublets.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>

#include "analysis/doublets/simulate.hpp"
#include "analysis/neighbors/neighbors.hpp"
#include "analysis/statistics/checks.hpp"
#include "base/random.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::doublets {
namespace {

constexpr float not_judged = std::numeric_limits<float>::quiet_NaN();

/// The place between two hills of a smoothed histogram of shares that is lowest beside the
/// lower of them; none unless it is under half as high and a twentieth lies on either side.
std::optional<double> valley(std::span<const float> shares) {
  constexpr std::size_t bins = 30;
  std::array<double, bins> height{};
  for (const float share : shares)
    ++height[std::min(bins - 1, static_cast<std::size_t>(std::max(0.0f, share) * bins))];
  for (int round = 0; round < 3; ++round) {
    const auto before = height;
    for (std::size_t i = 0; i < bins; ++i)
      height[i] = (before[i ? i - 1 : 0] + 2 * before[i] + before[std::min(i + 1, bins - 1)]) / 4;
  }
  const double all = static_cast<double>(shares.size());
  double lowest = 0.5, below = 0;
  std::optional<double> found;
  for (std::size_t i = 0; i < bins; ++i) {
    below += height[i];
    if (below < all / 20 || all - below < all / 20) continue;
    const double left = *std::max_element(height.begin(), height.begin() + i + 1);
    const double right = *std::max_element(height.begin() + i, height.end());
    if (height[i] < lowest * std::min(left, right)) {
      lowest = height[i] / std::min(left, right);
      found = (static_cast<double>(i) + 0.5) / bins;
    }
  }
  return found;
}

/// Just below the `count`-th highest score: cells with equal scores are called alike.
double threshold_of(std::vector<float> scores, std::size_t count) {
  count = std::clamp<std::size_t>(count, 1, scores.size());
  std::nth_element(scores.begin(), scores.begin() + static_cast<std::ptrdiff_t>(count - 1),
                   scores.end(), std::greater<>());
  return std::nextafter(scores[count - 1], 0.0f);
}

struct Inputs {
  const ExpressionView& view;
  const pca::Result& components;
  const std::vector<std::uint32_t>& genes;
  const Options& options;
  const Context& context;
};

Expected<Batch> judge(const Inputs& in, std::span<const std::uint32_t> cells,
                      std::uint64_t batch_number, Result& result) {
  const std::size_t d = in.components.n_components, n = cells.size();
  const auto simulated =
      static_cast<std::size_t>(in.options.simulated_per_cell * static_cast<double>(n));
  std::vector<float> points(n * d);
  for (std::size_t i = 0; i < n; ++i)
    std::copy_n(in.components.scores.data() + cells[i] * d, d, points.data() + i * d);
  const auto made = simulated_points(in.view, in.components, in.genes, cells, simulated,
                                     mix64(in.context.seed) ^ batch_number, in.context);
  if (in.context.cancelled()) return cancelled_error();
  points.insert(points.end(), made.begin(), made.end());
  const double own = in.options.n_neighbors ? static_cast<double>(in.options.n_neighbors)
                                            : std::round(0.5 * std::sqrt(static_cast<double>(n)));
  Batch batch;
  batch.n_cells = static_cast<std::uint32_t>(n);
  batch.expected_rate = in.options.expected_rate > 0
                            ? in.options.expected_rate
                            : std::clamp(0.008 * static_cast<double>(n) / 1000, 0.005, 0.3);
  const double rho = batch.expected_rate;
  CELLOQUY_TRY(const auto score, scores(points, n, simulated, d, own, rho, in.context));
  const std::vector<float> of_cells(score.begin(), score.begin() + static_cast<std::ptrdiff_t>(n));
  const std::vector<float> of_simulated(score.begin() + static_cast<std::ptrdiff_t>(n),
                                        score.end());
  for (std::size_t i = 0; i < n; ++i) result.score[cells[i]] = of_cells[i];

  // Scores crowd at their ends: hills are told apart on the shares of doublets among the
  // neighbours, from which the scores follow.
  const double a = rho * static_cast<double>(n) / static_cast<double>(simulated), c = 1 - rho - a;
  std::vector<float> shares;
  for (const float x : of_simulated)
    shares.push_back(static_cast<float>(x * (1 - rho) / (a + x * c)));
  const auto score_of = [&](double share) { return share * a / (1 - rho - share * c); };
  if (const auto found = valley(shares)) {
    batch.threshold = score_of(*found);
  } else {
    batch.found = Threshold::expected;
    batch.threshold =
        threshold_of(of_cells, static_cast<std::size_t>(std::ceil(rho * static_cast<double>(n))));
  }
  for (std::size_t i = 0; i < n; ++i) {
    result.called[cells[i]] = of_cells[i] > batch.threshold;
    batch.n_called += result.called[cells[i]];
  }
  batch.detectable =
      static_cast<double>(std::count_if(of_simulated.begin(), of_simulated.end(),
                                        [&](float x) { return x > batch.threshold; })) /
      static_cast<double>(simulated);
  result.simulated.insert(result.simulated.end(), of_simulated.begin(), of_simulated.end());
  return batch;
}

}  // namespace

Expected<std::vector<float>> scores(std::span<const float> points, std::size_t n_cells,
                                    std::size_t n_simulated, std::size_t n_dimensions,
                                    double n_neighbors, double expected_rate,
                                    const Context& context) {
  const double ratio = static_cast<double>(n_simulated) / static_cast<double>(n_cells);
  neighbors::Options near;
  near.n_neighbors = static_cast<std::uint32_t>(std::round(n_neighbors * (1 + ratio)));
  CELLOQUY_TRY(const auto nearest,
               neighbors::compute(points, n_cells + n_simulated, n_dimensions, near, context));
  const double k = nearest.n_neighbors, rho = expected_rate;
  std::vector<float> score(n_cells + n_simulated);
  for (std::size_t i = 0; i < score.size(); ++i) {
    double made = 0;
    for (std::size_t j = 0; j < nearest.n_neighbors; ++j)
      made += nearest.indices[i * nearest.n_neighbors + j] >= n_cells;
    const double q = (made + 1) / (k + 2);
    score[i] = static_cast<float>(q * rho / ratio / (1 - rho - q * (1 - rho - rho / ratio)));
  }
  return score;
}

Expected<Result> compute(const ExpressionView& view, const pca::Result& components,
                         const std::vector<std::uint32_t>& genes,
                         std::span<const std::int32_t> batches, std::uint32_t n_batches,
                         const Options& options, const Context& context) {
  CELLOQUY_CHECK(statistics::require_usable(*view.matrix, context));
  if (!view.matrix->counts() || view.normalization->kind != Normalization::Kind::log1p)
    return failure(ErrorCode::cannot_answer, "doublets.no_counts");
  const std::size_t n = view.n_cells();
  if (batches.size() != n || components.n_cells != n ||
      components.loadings.size() != genes.size() * components.n_components)
    return failure(ErrorCode::internal, "base.internal", {{"what", "doublets: sizes"}});
  if (!(options.expected_rate >= 0 && options.expected_rate <= 0.5) ||
      !(options.simulated_per_cell >= 0.5 && options.simulated_per_cell <= 20))
    return failure(ErrorCode::usage, "doublets.options");
  std::vector<std::vector<std::uint32_t>> cells(n_batches);
  for (std::size_t i = 0; i < n; ++i) {
    if (batches[i] >= static_cast<std::int32_t>(n_batches))
      return failure(ErrorCode::internal, "base.internal", {{"what", "doublets: batches"}});
    if (batches[i] >= 0)
      cells[static_cast<std::size_t>(batches[i])].push_back(static_cast<std::uint32_t>(i));
  }
  Result result;
  result.score.assign(n, not_judged);
  result.called.assign(n, 0);
  bool any = false;
  for (std::uint32_t b = 0; b < n_batches; ++b) {
    context.report("doublets", static_cast<double>(b) / n_batches);
    if (cells[b].size() < std::max<std::size_t>(options.least_cells, 3)) {
      Batch small;
      small.n_cells = static_cast<std::uint32_t>(cells[b].size());
      small.detectable = small.threshold = small.expected_rate = not_judged;
      result.batches.push_back(small);
      continue;
    }
    any = true;
    CELLOQUY_TRY(const Batch judged,
                 judge({view, components, genes, options, context}, cells[b], b, result));
    result.batches.push_back(judged);
  }
  if (!any)
    return failure(ErrorCode::cannot_answer, "doublets.too_few_cells",
                   {{"least", options.least_cells}});
  return result;
}

std::vector<std::uint32_t> lineages_expressed(
    const CountMatrix& matrix, const std::vector<std::vector<std::uint32_t>>& lineages,
    std::uint32_t least_genes, const Context& context) {
  std::vector<std::int8_t> lineage_of(matrix.n_genes(), -1);
  for (std::size_t l = 0; l < std::min<std::size_t>(32, lineages.size()); ++l)
    for (const auto gene : lineages[l]) lineage_of[gene] = static_cast<std::int8_t>(l);
  std::vector<std::uint32_t> result(matrix.n_cells(), 0);
  parallel_for_blocks(context, matrix.n_cells(), 256, [&](const Block& block) {
    RowDecoder decoder(matrix.by_cell());
    for (std::size_t cell = block.begin; cell < block.end; ++cell) {
      std::array<std::uint32_t, 32> seen{};
      const SparseRow row = decoder.row(cell);
      for (std::size_t i = 0; i < row.indices.size(); ++i)
        if (const int l = lineage_of[row.indices[i]]; l >= 0 && row.values[i] > 0)
          ++seen[static_cast<std::size_t>(l)];
      for (std::size_t l = 0; l < 32; ++l)
        if (seen[l] >= least_genes && seen[l] > 0) result[cell] |= std::uint32_t{1} << l;
    }
  });
  return result;
}

}  // namespace celloquy::doublets
