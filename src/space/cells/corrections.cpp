#include "space/cells/corrections.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/statistics/checks.hpp"
#include "analysis/statistics/log1p.hpp"

namespace celloquy::space {
namespace {

/// Also of what is not a number, which becomes −8: nothing after this is NaN.
float clipped(float z) {
  z = z > -largest_z ? z : -largest_z;
  return z < largest_z ? z : largest_z;
}

tl::unexpected<Error> mistake(const char* what) {
  return failure(ErrorCode::internal, "base.internal", {{"what", what}});
}

bool all_finite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
}

}  // namespace

Status check_genes(const ExpressionView& view, const std::vector<std::int32_t>& space_gene,
                   std::size_t n_space_genes, const Context& context) {
  CELLOQUY_CHECK(statistics::require_usable(*view.matrix, context));
  const auto& normalization = *view.normalization;
  if (normalization.kind != Normalization::Kind::identity &&
      normalization.scale.size() != view.n_cells())
    return mistake("one factor a cell is needed");
  if (normalization.kind == Normalization::Kind::log1p &&
      !statistics::non_negative(*view.matrix, context))
    return failure(ErrorCode::unusable_input, "space.negative_values");
  if (space_gene.size() != view.n_genes())
    return mistake("one gene of the space for each gene of the file is needed");
  std::vector<std::uint8_t> seen(n_space_genes, 0);
  std::size_t n_known = 0;
  for (const auto gene : space_gene) {
    if (gene < 0) continue;
    const auto at = static_cast<std::size_t>(gene);
    if (at >= n_space_genes) return mistake("a gene of the space is out of range");
    if (seen[at]) return mistake("two genes of the file are one gene of the space");
    seen[at] = 1;
    ++n_known;
  }
  if (n_known == 0)
    return failure(ErrorCode::cannot_answer, "space.no_known_genes", {{"total", view.n_genes()}});
  return {};
}

Expected<MeasuredGenes> measured_genes(const ExpressionView& view,
                                       const Standardization& standardization,
                                       const Context& context) {
  const std::size_t n_space = standardization.n_space_genes();
  CELLOQUY_CHECK(check_genes(view, standardization.space_gene, n_space, context));
  if (standardization.inverse_scale.size() != n_space)
    return mistake("one scale for each gene of the space is needed");
  if (!all_finite(standardization.centre) || !all_finite(standardization.inverse_scale))
    return mistake("centres and scales must be numbers");
  MeasuredGenes out;
  std::vector<std::uint32_t> row_of_space(n_space, MeasuredGenes::none);
  for (const auto gene : standardization.space_gene)
    if (gene >= 0) row_of_space[static_cast<std::size_t>(gene)] = 0;
  for (std::size_t gene = 0; gene < n_space; ++gene) {
    if (row_of_space[gene] == MeasuredGenes::none) continue;
    row_of_space[gene] = static_cast<std::uint32_t>(out.space_gene.size());
    const float centre = standardization.centre[gene];
    const float inverse_scale = standardization.inverse_scale[gene];
    const float zero = clipped(-centre * inverse_scale);
    out.space_gene.push_back(static_cast<std::int32_t>(gene));
    out.centre.push_back(centre);
    out.inverse_scale.push_back(inverse_scale);
    out.zero.push_back(zero);
    out.zero_square += static_cast<double>(zero) * zero;
  }
  out.row.reserve(standardization.space_gene.size());
  for (const auto gene : standardization.space_gene)
    out.row.push_back(gene < 0 ? MeasuredGenes::none
                               : row_of_space[static_cast<std::size_t>(gene)]);
  return out;
}

std::size_t read_cell(const ExpressionView& view, const std::vector<std::uint32_t>& row_of_gene,
                      std::size_t cell, std::uint32_t* rows, float* values) {
  const auto& normalization = *view.normalization;
  const bool raw = normalization.kind == Normalization::Kind::identity;
  const float factor = raw ? 1.0f : normalization.scale[cell];
  const std::uint32_t* row_of = row_of_gene.data();
  std::size_t count = 0;
  view.matrix->by_cell().visit([&](const auto& stored) {
    for (auto k = stored.offsets[cell]; k < stored.offsets[cell + 1]; ++k) {
      // Written always, kept if the gene has a row: no branch to predict.
      const std::uint32_t row = row_of[stored.indices[k]];
      rows[count] = row;
      values[count] = static_cast<float>(stored.values[k]) * factor;
      count += row != MeasuredGenes::none;
    }
  });
  if (normalization.kind == Normalization::Kind::log1p) statistics::log1p_in_place(values, count);
  return count;
}

void read_corrections(const ExpressionView& view, const MeasuredGenes& genes, std::size_t begin,
                      std::size_t end, Corrections& out) {
  const auto offsets = view.matrix->by_cell().offsets();
  // One more than is kept: what read_cell() skips last is written behind the end.
  const std::size_t room = offsets[end] - offsets[begin] + 1;
  if (out.rows.size() < room) {
    out.rows = Buffer<std::uint32_t>(room + room / 4);
    out.values = Buffer<float>(room + room / 4);
  }
  out.offsets.assign(1, 0);
  out.square.clear();
  std::size_t at = 0;
  for (std::size_t cell = begin; cell < end; ++cell) {
    std::uint32_t* rows = out.rows.data() + at;
    float* values = out.values.data() + at;
    const std::size_t count = read_cell(view, genes.row, cell, rows, values);
    double square = genes.zero_square;
    for (std::size_t k = 0; k < count; ++k) {
      const std::uint32_t row = rows[k];
      const float zero = genes.zero[row];
      const float z = clipped((values[k] - genes.centre[row]) * genes.inverse_scale[row]);
      values[k] = z - zero;
      square += static_cast<double>(z) * z - static_cast<double>(zero) * zero;
    }
    at += count;
    out.offsets.push_back(at);
    out.square.push_back(std::max(square, 0.0));
  }
}

}  // namespace celloquy::space
