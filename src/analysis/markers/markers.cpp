#include "analysis/markers/markers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/markers/tests.hpp"
#include "analysis/statistics/checks.hpp"
#include "analysis/statistics/distributions.hpp"
#include "analysis/statistics/group_sums.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::markers {
namespace {

/// True where the view's values are logarithms: made so, or read so from the file.
bool logged(const ExpressionView& view) {
  const auto kind = view.normalization->kind;
  return kind == Normalization::Kind::log1p ||
         (kind == Normalization::Kind::identity && !view.matrix->counts());
}

float fold_change(double mean_in, double mean_out, bool of_logs) {
  constexpr double little = 1e-9;  // as Scanpy
  const double in = of_logs ? std::expm1(mean_in) : mean_in;
  const double out = of_logs ? std::expm1(mean_out) : mean_out;
  return static_cast<float>(std::log2((in + little) / (out + little)));
}

/// Fold changes and shares of expressing cells, from the groups' sums.
void describe(const statistics::GroupSums& sums, const Options& options, bool of_logs, Result& out,
              const Context& context) {
  const std::size_t n_genes = out.n_genes;
  double n_all = 0;
  for (const auto size : sums.n_cells) n_all += size;
  constexpr std::size_t block_size = 512;
  parallel_for_blocks(context, n_genes, block_size, [&](const Block& block) {
    for (std::size_t gene = block.begin; gene < block.end; ++gene) {
      double sum_all = 0, above_all = 0;
      for (std::size_t g = 0; g < out.n_groups; ++g) {
        sum_all += sums.sum[g * n_genes + gene];
        above_all += sums.n_above[g * n_genes + gene];
      }
      for (std::size_t g = 0; g < out.n_groups; ++g) {
        const std::size_t at = g * n_genes + gene;
        const double n_in = sums.n_cells[g];
        double n_out = n_all - n_in, sum_out = sum_all - sums.sum[at];
        double above_out = above_all - sums.n_above[at];
        if (options.reference >= 0) {
          const std::size_t other = static_cast<std::size_t>(options.reference) * n_genes + gene;
          n_out = sums.n_cells[static_cast<std::size_t>(options.reference)];
          sum_out = sums.sum[other];
          above_out = sums.n_above[other];
        }
        const bool comparable = n_in > 0 && n_out > 0;
        out.log2_fold_change[at] =
            comparable ? fold_change(sums.sum[at] / n_in, sum_out / n_out, of_logs) : 0;
        out.fraction_in[at] = n_in > 0 ? static_cast<float>(sums.n_above[at] / n_in) : 0;
        out.fraction_out[at] = n_out > 0 ? static_cast<float>(above_out / n_out) : 0;
      }
    }
  });
}

void adjust(Result& out, const Context& context) {
  parallel_for_blocks(context, out.n_groups, 1, [&](const Block& block) {
    const std::size_t row = block.index * out.n_genes;
    const auto adjusted = statistics::benjamini_hochberg(out.p_value.data() + row, out.n_genes);
    std::copy(adjusted.begin(), adjusted.end(),
              out.p_adjusted.begin() + static_cast<std::ptrdiff_t>(row));
  });
}

}  // namespace

Expected<Result> compute(const ExpressionView& view, const std::vector<std::int32_t>& groups,
                         std::uint32_t n_groups, const Options& options, const Context& context) {
  CELLOQUY_TRY(const auto sums, statistics::group_sums(view, groups, n_groups, context));
  const auto with_cells = std::count_if(sums.n_cells.begin(), sums.n_cells.end(),
                                        [](std::uint32_t size) { return size > 0; });
  if (with_cells < 2) return failure(ErrorCode::cannot_answer, "markers.one_group");
  if (options.reference >= 0 && (static_cast<std::uint32_t>(options.reference) >= n_groups ||
                                 sums.n_cells[static_cast<std::size_t>(options.reference)] == 0))
    return failure(ErrorCode::cannot_answer, "markers.empty_reference");

  Result out;
  out.n_groups = n_groups;
  out.n_genes = sums.n_genes;
  out.group_sizes = sums.n_cells;
  const std::size_t size = std::size_t{n_groups} * out.n_genes;
  out.score.resize(size);
  out.p_value.resize(size);
  out.p_adjusted.resize(size);
  out.log2_fold_change.resize(size);
  out.auc.assign(size, std::numeric_limits<float>::quiet_NaN());
  out.fraction_in.resize(size);
  out.fraction_out.resize(size);
  describe(sums, options, logged(view), out, context);

  CELLOQUY_TRY(const auto by_gene, view.matrix->by_gene(context));
  const auto cells = cell_facts(view, groups);
  // The logarithm keeps the order of values: ranks need none.
  if (options.test == Test::wilcoxon)
    wilcoxon(*by_gene, cells, options, out, context);
  else
    welch_t(*by_gene, cells, view.normalization->kind == Normalization::Kind::log1p, options, out,
            context);
  if (context.cancelled()) return cancelled_error();
  adjust(out, context);
  context.report("markers", 1.0);
  return out;
}

std::vector<std::uint32_t> ranked(const Result& result, std::uint32_t group) {
  const std::size_t row = std::size_t{group} * result.n_genes;
  std::vector<std::uint32_t> genes(result.n_genes);
  std::iota(genes.begin(), genes.end(), 0u);
  const auto key = [&](const std::vector<float>& values, std::uint32_t gene) {
    const float value = values[row + gene];
    return std::isnan(value) ? -std::numeric_limits<float>::infinity() : value;
  };
  std::sort(genes.begin(), genes.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (key(result.score, a) != key(result.score, b))
      return key(result.score, a) > key(result.score, b);
    if (key(result.log2_fold_change, a) != key(result.log2_fold_change, b))
      return key(result.log2_fold_change, a) > key(result.log2_fold_change, b);
    return a < b;
  });
  return genes;
}

}  // namespace celloquy::markers
