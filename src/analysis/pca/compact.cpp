#include "analysis/pca/compact.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "analysis/statistics/log1p.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::pca {
namespace {

constexpr std::uint32_t dropped = ~0u;

/// Where a worker gathers a block before its size is known. Most of it is never touched.
struct Scratch {
  Buffer<std::uint32_t> indices;
  Buffer<float> values;
};

/// value → normalised value, in place, for one cell.
void express(const Normalization& normalization, std::size_t cell, float* values,
             std::size_t count) {
  if (normalization.kind == Normalization::Kind::identity) return;
  const float factor = normalization.scale[cell];
  for (std::size_t k = 0; k < count; ++k) values[k] *= factor;
  if (normalization.kind == Normalization::Kind::log1p) statistics::log1p_in_place(values, count);
}

template <class View>
void gather_block(const View& stored, const Normalization& normalization,
                  const std::vector<std::uint32_t>& renumbered, const Block& block,
                  Scratch& scratch, CompactMatrix::Piece& piece) {
  piece.offsets.assign(1, 0);
  std::size_t at = 0;
  const std::uint32_t* new_index = renumbered.data();
  for (std::size_t cell = block.begin; cell < block.end; ++cell) {
    const std::size_t row_start = at;
    for (auto k = stored.offsets[cell]; k < stored.offsets[cell + 1]; ++k) {
      // Written always, kept if the gene is: no branch to predict.
      const std::uint32_t index = new_index[stored.indices[k]];
      scratch.indices[at] = index;
      scratch.values[at] = static_cast<float>(stored.values[k]);
      at += index != dropped;
    }
    express(normalization, cell, scratch.values.data() + row_start, at - row_start);
    piece.offsets.push_back(at);
  }
  piece.indices = Buffer<std::uint32_t>(at);
  piece.values = Buffer<float>(at);
  if (at == 0) return;
  std::memcpy(piece.indices.data(), scratch.indices.data(), at * sizeof(std::uint32_t));
  std::memcpy(piece.values.data(), scratch.values.data(), at * sizeof(float));
}

/// Means and variances from sums of a few blocks at a time, added in order.
void set_moments(CompactMatrix& matrix, const Context& context) {
  constexpr std::size_t wave = 32;
  const std::size_t g = matrix.n_genes;
  std::vector<double> sum(g, 0), squares(g, 0),
      partial(std::min(wave, matrix.pieces.size()) * 2 * g);
  for (std::size_t first = 0; first < matrix.pieces.size(); first += wave) {
    const std::size_t count = std::min(wave, matrix.pieces.size() - first);
    parallel_for_blocks(context, count, 1, [&](const Block& block) {
      double* sums = partial.data() + block.index * 2 * g;
      std::fill(sums, sums + 2 * g, 0.0);
      const auto& piece = matrix.pieces[first + block.index];
      for (std::size_t k = 0; k < piece.values.size(); ++k) {
        const double value = piece.values[k];
        sums[2 * piece.indices[k]] += value;
        sums[2 * piece.indices[k] + 1] += value * value;
      }
    });
    for (std::size_t b = 0; b < count; ++b)
      for (std::size_t j = 0; j < g; ++j) {
        sum[j] += partial[(b * g + j) * 2];
        squares[j] += partial[(b * g + j) * 2 + 1];
      }
  }
  const double n = static_cast<double>(matrix.n_cells);
  matrix.mean.resize(g);
  matrix.variance.resize(g);
  for (std::size_t j = 0; j < g; ++j) {
    matrix.mean[j] = sum[j] / n;
    const double spread = squares[j] - sum[j] * matrix.mean[j];
    // Rounding of the sums, not variation.
    const bool constant = spread <= 1e-12 * squares[j];
    matrix.variance[j] = constant || n < 2 ? 0 : spread / (n - 1);
  }
}

void scale_genes(CompactMatrix& matrix, const Context& context) {
  std::vector<float> factor(matrix.n_genes, 1.0f);
  for (std::size_t j = 0; j < matrix.n_genes; ++j) {
    if (!(matrix.variance[j] > 0)) continue;
    factor[j] = static_cast<float>(1 / std::sqrt(matrix.variance[j]));
    matrix.mean[j] *= factor[j];
    matrix.variance[j] = 1;
  }
  parallel_for_blocks(context, matrix.pieces.size(), 1, [&](const Block& block) {
    auto& piece = matrix.pieces[block.index];
    for (std::size_t k = 0; k < piece.values.size(); ++k)
      piece.values[k] *= factor[piece.indices[k]];
  });
}

}  // namespace

Expected<CompactMatrix> make_compact(const ExpressionView& view,
                                     std::span<const std::uint32_t> genes, bool scale,
                                     const Context& context) {
  CompactMatrix out;
  out.n_cells = view.n_cells();
  out.n_genes = genes.size();
  std::vector<std::uint32_t> renumbered(view.n_genes(), dropped);
  for (std::size_t j = 0; j < genes.size(); ++j)
    renumbered[genes[j]] = static_cast<std::uint32_t>(j);
  constexpr std::size_t size = CompactMatrix::block_size;
  out.pieces.resize(block_count(out.n_cells, size));
  view.matrix->by_cell().visit([&](const auto& stored) {
    std::size_t largest = 0;
    for (std::size_t b = 0; b < out.pieces.size(); ++b)
      largest =
          std::max<std::size_t>(largest, stored.offsets[std::min(out.n_cells, (b + 1) * size)] -
                                             stored.offsets[b * size]);
    std::vector<Scratch> workers(worker_count(context));
    parallel_for_blocks(context, out.n_cells, size, [&](const Block& block) {
      Scratch& scratch = workers[block.worker];
      if (scratch.indices.empty()) {
        scratch.indices = Buffer<std::uint32_t>(largest + 1);
        scratch.values = Buffer<float>(largest + 1);
      }
      gather_block(stored, *view.normalization, renumbered, block, scratch,
                   out.pieces[block.index]);
    });
  });
  if (context.cancelled()) return cancelled_error();
  set_moments(out, context);
  if (scale) scale_genes(out, context);
  if (context.cancelled()) return cancelled_error();
  return out;
}

}  // namespace celloquy::pca
