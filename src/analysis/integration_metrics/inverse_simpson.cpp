#include <algorithm>
#include <cmath>

#include "analysis/integration_metrics/integration_metrics.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::integration_metrics {

std::vector<float> inverse_simpson(const neighbors::Result& nearest,
                                   std::span<const std::int32_t> categories,
                                   std::uint32_t n_categories, double perplexity,
                                   const Context& context) {
  const std::size_t k = nearest.n_neighbors;
  std::vector<float> result(nearest.n_points, 1.0f);
  if (k == 0) return result;
  const double wanted = std::log(std::min(perplexity, static_cast<double>(k)));
  parallel_for_blocks(context, nearest.n_points, 256, [&](const Block& block) {
    std::vector<double> weight(k), share(n_categories);
    for (std::size_t i = block.begin; i < block.end; ++i) {
      const float* distance = nearest.distances.data() + i * k;
      double beta = 1, low = 0, high = INFINITY, sum = 0;
      for (int attempt = 0; attempt < 50; ++attempt) {
        sum = 0;
        double moment = 0;
        for (std::size_t j = 0; j < k; ++j) {
          // From the nearest on: the entropy is the same, and far cells do not vanish.
          const double rest = double{distance[j]} - distance[0];
          weight[j] = std::exp(-rest * beta);
          sum += weight[j];
          moment += rest * weight[j];
        }
        const double entropy = std::log(sum) + beta * moment / sum;
        if (std::abs(entropy - wanted) < 1e-5) break;
        if (entropy > wanted) {
          low = beta;
          beta = std::isinf(high) ? beta * 2 : (beta + high) / 2;
        } else {
          high = beta;
          beta = (beta + low) / 2;
        }
      }
      std::fill(share.begin(), share.end(), 0.0);
      for (std::size_t j = 0; j < k; ++j)
        if (const auto category = categories[nearest.indices[i * k + j]]; category >= 0)
          share[static_cast<std::size_t>(category)] += weight[j] / sum;
      double simpson = 0, held = 0;
      for (const double s : share) {
        simpson += s * s;
        held += s;
      }
      // Of the neighbours that have a category.
      if (simpson > 0) result[i] = static_cast<float>(held * held / simpson);
    }
  });
  return result;
}

}  // namespace celloquy::integration_metrics
