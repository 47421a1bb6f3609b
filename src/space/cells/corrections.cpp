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

typedef float Four __attribute__((vector_size(16)));
typedef float LooseFour __attribute__((vector_size(16), aligned(4), may_alias));
typedef double TwoDoubles __attribute__((vector_size(16)));

/// Values become corrections; returns what they add to |z|². Four at a time: their
/// genes' constants are four registers, which are turned into one of each kind.
double to_corrections(const std::uint16_t* rows, float* values, std::size_t count,
                      const MeasuredGenes::Constants* constants) {
  const auto constants_of = [&](std::size_t k) -> Four {
    return *reinterpret_cast<const LooseFour*>(constants + rows[k]);
  };
  constexpr Four least = {-largest_z, -largest_z, -largest_z, -largest_z};
  TwoDoubles low = {}, high = {};
  std::size_t k = 0;
  for (; k + 4 <= count; k += 4) {
    const Four a = constants_of(k), b = constants_of(k + 1), c = constants_of(k + 2),
               d = constants_of(k + 3);
    const Four ab_front = __builtin_shufflevector(a, b, 0, 4, 1, 5),
               cd_front = __builtin_shufflevector(c, d, 0, 4, 1, 5),
               ab_back = __builtin_shufflevector(a, b, 2, 6, 3, 7),
               cd_back = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    const Four centre = __builtin_shufflevector(ab_front, cd_front, 0, 1, 4, 5),
               inverse_scale = __builtin_shufflevector(ab_front, cd_front, 2, 3, 6, 7),
               zero = __builtin_shufflevector(ab_back, cd_back, 0, 1, 4, 5),
               zero_square = __builtin_shufflevector(ab_back, cd_back, 2, 3, 6, 7);
    Four z = (*reinterpret_cast<const LooseFour*>(values + k) - centre) * inverse_scale;
    z = z > least ? z : least;
    z = z < -least ? z : -least;
    *reinterpret_cast<LooseFour*>(values + k) = z - zero;
    const Four square = z * z - zero_square;
    low += TwoDoubles{square[0], square[1]};
    high += TwoDoubles{square[2], square[3]};
  }
  for (; k < count; ++k) {
    const auto& gene = constants[rows[k]];
    const float z = clipped((values[k] - gene.centre) * gene.inverse_scale);
    values[k] = z - gene.zero;
    low[0] += static_cast<double>(z * z - gene.zero_square);
  }
  return (low[0] + low[1]) + (high[0] + high[1]);
}

}  // namespace

Status check_genes(const ExpressionView& view, const std::vector<std::int32_t>& space_gene,
                   std::size_t n_space_genes, const Context& context) {
  CELLOQUY_CHECK(statistics::require_usable(*view.matrix, context));
  const auto& normalization = *view.normalization;
  if (normalization.kind != Normalization::Kind::identity &&
      normalization.scale.size() != view.n_cells())
    return mistake("one factor a cell is needed");
  if (!all_finite(normalization.scale))
    return failure(ErrorCode::unusable_input, "analysis.not_finite");
  if (normalization.kind == Normalization::Kind::log1p &&
      !statistics::non_negative(*view.matrix, context))
    return failure(ErrorCode::unusable_input, "space.negative_values");
  if (space_gene.size() != view.n_genes())
    return mistake("one gene of the space for each gene of the file is needed");
  if (n_space_genes >= MeasuredGenes::none) return mistake("the gene space is too large");
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

std::size_t cells_a_block(const ExpressionView& view, std::size_t bytes) {
  // What fits in the second-level cache is not worth waiting for; of more, a
  // million non-zeros (6 MB) make the reading cheap beside the multiplying.
  constexpr std::size_t cached = std::size_t{1} << 20;
  const std::size_t nonzeros = bytes <= cached ? std::size_t{1} << 16 : std::size_t{1} << 20;
  constexpr std::size_t least = 64, most = 2048, least_blocks = 8;
  const std::size_t n_cells = view.n_cells();
  const std::size_t by_nonzeros = nonzeros * n_cells / (view.matrix->n_nonzeros() + 1);
  return std::clamp(std::min(by_nonzeros, n_cells / least_blocks), least, most);
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
  for (const auto gene : standardization.space_gene) {
    if (gene < 0) {
      out.row.push_back(MeasuredGenes::none);
      continue;
    }
    const float centre = standardization.centre[static_cast<std::size_t>(gene)];
    const float inverse_scale = standardization.inverse_scale[static_cast<std::size_t>(gene)];
    const float zero = clipped(-centre * inverse_scale);
    out.row.push_back(static_cast<std::uint16_t>(out.n_rows()));
    out.space_gene.push_back(gene);
    out.constants.push_back({centre, inverse_scale, zero, zero * zero});
    out.zero_square += static_cast<double>(zero * zero);
  }
  return out;
}

std::size_t read_cell(const ExpressionView& view, const std::vector<std::uint16_t>& row_of_gene,
                      std::size_t cell, std::uint16_t* rows, float* values) {
  const auto& normalization = *view.normalization;
  const bool raw = normalization.kind == Normalization::Kind::identity;
  const float factor = raw ? 1.0f : normalization.scale[cell];
  const std::uint16_t* row_of = row_of_gene.data();
  std::size_t count = 0;
  view.matrix->by_cell().visit([&](const auto& stored) {
    for (auto k = stored.offsets[cell]; k < stored.offsets[cell + 1]; ++k) {
      // Written always, kept if the gene has a row: no branch to predict.
      const std::uint16_t row = row_of[stored.indices[k]];
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
    out.rows = Buffer<std::uint16_t>(room + room / 4);
    out.values = Buffer<float>(room + room / 4);
  }
  out.offsets.assign(1, 0);
  out.square.clear();
  std::size_t at = 0;
  for (std::size_t cell = begin; cell < end; ++cell) {
    std::uint16_t* rows = out.rows.data() + at;
    float* values = out.values.data() + at;
    const std::size_t count = read_cell(view, genes.row, cell, rows, values);
    const double square =
        genes.zero_square + to_corrections(rows, values, count, genes.constants.data());
    at += count;
    out.offsets.push_back(static_cast<std::uint32_t>(at));
    // What is left of a difference of equal sums is not a direction.
    out.square.push_back(square > 1e-9 * genes.zero_square ? square : 0.0);
  }
}

}  // namespace celloquy::space
