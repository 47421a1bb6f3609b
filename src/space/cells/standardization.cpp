#include "space/cells/standardization.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/thread_pool.hpp"
#include "space/cells/corrections.hpp"

namespace celloquy::space {
namespace {

constexpr float deviation_offset = 0.15f;

/// Sums of real values are kept a block each and added in order of the blocks,
/// which are few, because each needs a number a gene.
std::size_t sum_block_size(std::size_t n_cells) {
  constexpr std::size_t most_blocks = 32;
  return std::max<std::size_t>(256, (n_cells + most_blocks - 1) / most_blocks);
}

/// Σ weight · value by row; `read(cell, rows, values)` gives how many a cell has.
template <class Weight, class Read>
std::vector<double> sum_by_row(const ExpressionView& view, std::size_t n_rows, Weight weight,
                               Read read, const Context& context) {
  const std::size_t n_cells = view.n_cells(), block_size = sum_block_size(n_cells);
  const auto offsets = view.matrix->by_cell().offsets();
  const std::size_t n_blocks = block_count(n_cells, block_size);
  std::vector<std::vector<double>> partial(n_blocks);
  parallel_for_blocks(context, n_cells, block_size, [&](const Block& block) {
    auto& sum = partial[block.index];
    sum.assign(n_rows, 0.0);
    std::vector<std::uint16_t> rows;
    std::vector<float> values;
    for (std::size_t cell = block.begin; cell < block.end && !context.cancelled(); ++cell) {
      const std::size_t room = offsets[cell + 1] - offsets[cell] + 1;
      if (rows.size() < room) rows.resize(room), values.resize(room);
      const std::size_t count = read(cell, rows.data(), values.data());
      const double factor = weight(cell);
      for (std::size_t k = 0; k < count; ++k) sum[rows[k]] += factor * values[k];
    }
    if (block.worker == 0)
      context.report("mean_expression",
                     static_cast<double>(block.end) / static_cast<double>(n_cells));
  });
  std::vector<double> sum(n_rows, 0.0);
  if (context.cancelled()) return sum;
  for (const auto& part : partial)
    for (std::size_t row = 0; row < n_rows; ++row) sum[row] += part[row];
  return sum;
}

std::vector<std::uint16_t> rows_of(const std::vector<std::int32_t>& space_gene) {
  std::vector<std::uint16_t> row(space_gene.size());
  for (std::size_t gene = 0; gene < row.size(); ++gene)
    row[gene] =
        space_gene[gene] < 0 ? MeasuredGenes::none : static_cast<std::uint16_t>(space_gene[gene]);
  return row;
}

}  // namespace

Expected<std::vector<std::int32_t>> one_gene_each(const ExpressionView& view,
                                                  std::vector<std::int32_t> space_gene,
                                                  const Context& context) {
  if (space_gene.size() != view.n_genes() || view.n_genes() >= MeasuredGenes::none)
    return failure(ErrorCode::internal, "base.internal",
                   {{"what", "one gene of the space for each gene of the file is needed"}});
  std::int32_t largest = -1;
  for (const auto gene : space_gene) largest = std::max(largest, gene);
  std::vector<std::uint32_t> uses(static_cast<std::size_t>(largest + 1), 0);
  for (const auto gene : space_gene)
    if (gene >= 0) ++uses[static_cast<std::size_t>(gene)];
  // The genes to choose from get a row each.
  std::vector<std::uint16_t> row(space_gene.size(), MeasuredGenes::none);
  std::uint16_t n_rows = 0;
  for (std::size_t gene = 0; gene < row.size(); ++gene)
    if (space_gene[gene] >= 0 && uses[static_cast<std::size_t>(space_gene[gene])] > 1)
      row[gene] = n_rows++;
  if (n_rows == 0) return space_gene;
  const Normalization as_stored;
  const ExpressionView stored{view.matrix, &as_stored};
  const auto total = sum_by_row(
      view, n_rows, [](std::size_t) { return 1.0; },
      [&](std::size_t cell, std::uint16_t* rows, float* values) {
        return read_cell(stored, row, cell, rows, values);
      },
      context);
  if (context.cancelled()) return cancelled_error();
  std::vector<std::int32_t> best(uses.size(), -1);  // gene of the file by gene of the space
  for (std::size_t gene = 0; gene < row.size(); ++gene) {
    if (row[gene] == MeasuredGenes::none) continue;
    auto& kept = best[static_cast<std::size_t>(space_gene[gene])];
    if (kept < 0 || total[row[gene]] > total[row[static_cast<std::size_t>(kept)]])
      kept = static_cast<std::int32_t>(gene);
  }
  for (std::size_t gene = 0; gene < row.size(); ++gene)
    if (row[gene] != MeasuredGenes::none &&
        best[static_cast<std::size_t>(space_gene[gene])] != static_cast<std::int32_t>(gene))
      space_gene[gene] = -1;
  return space_gene;
}

Expected<std::vector<float>> mean_expression(const ExpressionView& view,
                                             const std::vector<std::int32_t>& space_gene,
                                             std::size_t n_space_genes,
                                             std::span<const float> cell_weights,
                                             const Context& context) {
  CELLOQUY_CHECK(check_genes(view, space_gene, n_space_genes, context));
  if (!cell_weights.empty() && cell_weights.size() != view.n_cells())
    return failure(ErrorCode::internal, "base.internal", {{"what", "one weight a cell is needed"}});
  double weight_total = cell_weights.empty() ? static_cast<double>(view.n_cells()) : 0.0;
  for (const float weight : cell_weights) {
    if (!(weight >= 0) || !std::isfinite(weight))
      return failure(ErrorCode::internal, "base.internal",
                     {{"what", "a weight of a cell is below zero"}});
    weight_total += weight;
  }
  if (!(weight_total > 0)) return failure(ErrorCode::cannot_answer, "analysis.no_cells");
  const auto rows = rows_of(space_gene);
  const auto sum = sum_by_row(
      view, n_space_genes,
      [&](std::size_t cell) { return cell_weights.empty() ? 1.0 : double{cell_weights[cell]}; },
      [&](std::size_t cell, std::uint16_t* to_rows, float* values) {
        return read_cell(view, rows, cell, to_rows, values);
      },
      context);
  if (context.cancelled()) return cancelled_error();
  std::vector<float> mean(n_space_genes);
  for (std::size_t gene = 0; gene < n_space_genes; ++gene) {
    mean[gene] = static_cast<float>(sum[gene] / weight_total);
    if (!std::isfinite(mean[gene]))
      return failure(ErrorCode::unusable_input, "analysis.not_finite");
  }
  return mean;
}

Standardization standardize(std::vector<std::int32_t> space_gene, std::vector<float> centre,
                            const knowledge::MarkerTable& table, knowledge::Organism organism) {
  assert(centre.size() == table.n_genes());
  Standardization out;
  out.inverse_scale.reserve(table.n_genes());
  for (std::size_t gene = 0; gene < table.n_genes(); ++gene) {
    const auto& reference = table.reference(static_cast<std::int32_t>(gene));
    const float deviation =
        organism == knowledge::Organism::mouse ? reference.mouse_sd : reference.human_sd;
    out.inverse_scale.push_back(1.0f / (deviation + deviation_offset));
  }
  out.measured.assign(table.n_genes(), 0);
  for (const auto gene : space_gene)
    if (gene >= 0) out.measured[static_cast<std::size_t>(gene)] = 1;
  out.space_gene = std::move(space_gene);
  out.centre = std::move(centre);
  return out;
}

}  // namespace celloquy::space
