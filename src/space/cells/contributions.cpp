#include <algorithm>
#include <cmath>

#include "base/thread_pool.hpp"
#include "space/cells/corrections.hpp"
#include "space/cells/score.hpp"

namespace celloquy::space {
namespace {

/// Few, because each keeps a number a gene; fixed by the number of cells.
std::size_t sum_block_size(std::size_t n_cells) {
  constexpr std::size_t most_blocks = 32;
  return std::max<std::size_t>(64, (n_cells + most_blocks - 1) / most_blocks);
}

/// Mean of z / |z| of the cells, by row.
Expected<std::vector<double>> mean_direction(const ExpressionView& view, const MeasuredGenes& genes,
                                             std::span<const std::uint32_t> cells,
                                             const Context& context) {
  struct Part {
    std::vector<double> sum;
    double inverse_norms = 0;
  };
  const std::size_t block_size = sum_block_size(cells.size());
  std::vector<Part> parts(block_count(cells.size(), block_size));
  std::vector<Corrections> workers(worker_count(context));
  parallel_for_blocks(context, cells.size(), block_size, [&](const Block& block) {
    auto& part = parts[block.index];
    auto& one = workers[block.worker];
    part.sum.assign(genes.n_rows(), 0.0);
    for (std::size_t i = block.begin; i < block.end && !context.cancelled(); ++i) {
      read_corrections(view, genes, cells[i], cells[i] + 1, one);
      if (!(one.square[0] > 0)) continue;
      const double inverse_norm = 1 / std::sqrt(one.square[0]);
      part.inverse_norms += inverse_norm;
      for (std::size_t k = 0; k < one.offsets[1]; ++k)
        part.sum[one.rows[k]] += inverse_norm * one.values[k];
    }
  });
  if (context.cancelled()) return cancelled_error();
  std::vector<double> mean(genes.n_rows(), 0.0);
  double inverse_norms = 0;
  for (const auto& part : parts) {
    inverse_norms += part.inverse_norms;
    for (std::size_t row = 0; row < mean.size(); ++row) mean[row] += part.sum[row];
  }
  for (std::size_t row = 0; row < mean.size(); ++row)
    mean[row] = (mean[row] + inverse_norms * genes.zero[row]) / static_cast<double>(cells.size());
  return mean;
}

}  // namespace

Expected<Contributions> cell_contributions(const ExpressionView& view,
                                           const Standardization& standardization,
                                           std::span<const float> text,
                                           std::span<const std::uint32_t> cells,
                                           const Context& context) {
  CELLOQUY_TRY(const auto genes, measured_genes(view, standardization, context));
  const auto mistake = [](const char* what) {
    return failure(ErrorCode::internal, "base.internal", {{"what", what}});
  };
  if (text.size() != standardization.n_space_genes())
    return mistake("texts and cells are of different gene spaces");
  if (cells.empty()) return failure(ErrorCode::cannot_answer, "analysis.no_cells");
  for (const auto cell : cells)
    if (cell >= view.n_cells()) return mistake("there is no such cell");
  double square = 0;
  for (const float weight : text) square += static_cast<double>(weight) * weight;
  if (!std::isfinite(square)) return mistake("a weight of a text is not a number");
  CELLOQUY_TRY(const auto direction, mean_direction(view, genes, cells, context));
  Contributions out;
  const double factor = square > 0 ? 1 / std::sqrt(square) : 0.0;
  for (std::size_t row = 0; row < genes.n_rows(); ++row) {
    const auto gene = genes.space_gene[row];
    const double share = direction[row] * text[static_cast<std::size_t>(gene)] * factor;
    if (share == 0) continue;
    out.genes.push_back({gene, share});
    out.score += share;
  }
  std::sort(out.genes.begin(), out.genes.end(), [](const auto& a, const auto& b) {
    const double x = std::abs(a.contribution), y = std::abs(b.contribution);
    return x != y ? x > y : a.space_gene < b.space_gene;
  });
  return out;
}

}  // namespace celloquy::space
