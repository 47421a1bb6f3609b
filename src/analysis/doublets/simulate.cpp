#include "analysis/doublets/simulate.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/statistics/log1p.hpp"
#include "base/random.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::doublets {
namespace {

/// Sums of rows on the chosen genes, projected.
class Projection {
 public:
  Projection(const ExpressionView& view, const pca::Result& components,
             const std::vector<std::uint32_t>& genes)
      : view_(view),
        components_(components),
        decoder_(view.matrix->by_cell()),
        place_(view.n_genes(), -1),
        values_(genes.size(), 0.0f) {
    for (std::size_t i = 0; i < genes.size(); ++i) place_[genes[i]] = static_cast<int>(i);
  }

  /// log1p of the added counts, scaled to the usual sum, times the loadings.
  void project(std::span<const std::uint32_t> cells, float* out) {
    const std::size_t d = components_.n_components;
    // scale = target/total, so that of the sum is target over the sum of totals.
    double inverse = 0;
    std::fill(values_.begin(), values_.end(), 0.0f);
    for (const auto cell : cells) {
      const float scale = view_.normalization->scale[cell];
      if (scale > 0 && std::isfinite(scale)) inverse += 1 / double{scale};
      const SparseRow row = decoder_.row(cell);
      for (std::size_t i = 0; i < row.indices.size(); ++i)
        if (const int place = place_[row.indices[i]]; place >= 0)
          values_[static_cast<std::size_t>(place)] += row.values[i];
    }
    const float scale = inverse > 0 ? static_cast<float>(1 / inverse) : 0.0f;
    present_.clear();
    chosen_.clear();
    for (std::size_t i = 0; i < values_.size(); ++i)
      if (values_[i] != 0) {
        present_.push_back(values_[i] * scale);
        chosen_.push_back(static_cast<std::uint32_t>(i));
      }
    statistics::log1p_in_place(present_.data(), present_.size());
    std::fill_n(out, d, 0.0f);
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      const float* loading = components_.loadings.data() + chosen_[i] * d;
      for (std::size_t c = 0; c < d; ++c) out[c] += present_[i] * loading[c];
    }
  }

 private:
  const ExpressionView& view_;
  const pca::Result& components_;
  RowDecoder decoder_;
  std::vector<int> place_;
  std::vector<float> values_, present_;
  std::vector<std::uint32_t> chosen_;
};

}  // namespace

std::vector<float> simulated_points(const ExpressionView& view, const pca::Result& components,
                                    const std::vector<std::uint32_t>& genes,
                                    std::span<const std::uint32_t> cells, std::size_t count,
                                    std::uint64_t seed, const Context& context) {
  const std::size_t d = components.n_components;
  std::vector<float> points(count * d), offset(d);
  // Scores are centred: what one cell's own projection has too much is the centre.
  Projection first(view, components, genes);
  first.project(cells.first(1), offset.data());
  for (std::size_t c = 0; c < d; ++c) offset[c] -= components.scores[cells.front() * d + c];
  std::vector<Projection> projections(worker_count(context), first);
  parallel_for_blocks(context, count, 64, [&](const Block& block) {
    for (std::size_t i = block.begin; i < block.end; ++i) {
      RandomStream random(seed, i);
      std::uint32_t parents[2] = {cells[random.below(cells.size())], 0};
      do parents[1] = cells[random.below(cells.size())];
      while (parents[1] == parents[0]);
      float* point = points.data() + i * d;
      projections[block.worker].project(parents, point);
      for (std::size_t c = 0; c < d; ++c) point[c] -= offset[c];
    }
  });
  return points;
}

}  // namespace celloquy::doublets
