#include "analysis/group_summary/group_summary.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/statistics/checks.hpp"
#include "analysis/statistics/group_sums.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::group_summary {

Expected<Result> compute(const ExpressionView& view, const std::vector<std::int32_t>& groups,
                         std::uint32_t n_groups, const Context& context) {
  CELLOQUY_TRY(auto sums, statistics::group_sums(view, groups, n_groups, context));
  Result out;
  out.n_groups = sums.n_groups;
  out.n_genes = sums.n_genes;
  out.mean.resize(sums.sum.size());
  out.fraction.resize(sums.sum.size());
  for (std::uint32_t group = 0; group < n_groups; ++group) {
    // A group without cells has zeros.
    const double size = std::max(1u, sums.n_cells[group]);
    const std::size_t row = std::size_t{group} * out.n_genes;
    for (std::size_t i = row; i < row + out.n_genes; ++i) {
      out.mean[i] = static_cast<float>(sums.sum[i] / size);
      out.fraction[i] = static_cast<float>(sums.n_above[i] / size);
    }
  }
  out.n_cells = std::move(sums.n_cells);
  return out;
}

Expected<std::vector<float>> gene_values(const ExpressionView& view, std::uint32_t gene,
                                         const Context& context) {
  if (gene >= view.n_genes())
    return failure(ErrorCode::internal, "base.internal", {{"what", "a gene index is too large"}});
  std::vector<float> values(view.n_cells(), 0.0f);
  const Normalization& normalization = *view.normalization;
  const auto expressed = [&](std::size_t cell, float value) {
    switch (normalization.kind) {
      case Normalization::Kind::identity: break;
      case Normalization::Kind::normalized: return value * normalization.scale[cell];
      case Normalization::Kind::log1p: return std::log1p(value * normalization.scale[cell]);
    }
    return value;
  };
  // Twelve steps of a binary search in each cell's row cost less than turning
  // the whole matrix for one gene.
  view.matrix->by_cell().visit([&](const auto& stored) {
    parallel_for_blocks(context, stored.n_major, 4096, [&](const Block& block) {
      for (std::size_t cell = block.begin; cell < block.end; ++cell) {
        const auto* begin = stored.indices + stored.offsets[cell];
        const auto* end = stored.indices + stored.offsets[cell + 1];
        const auto* found = std::lower_bound(begin, end, gene);
        if (found != end && *found == gene)
          values[cell] = expressed(cell, static_cast<float>(stored.values[found - stored.indices]));
      }
    });
  });
  if (context.cancelled()) return cancelled_error();
  return values;
}

}  // namespace celloquy::group_summary
