#include "analysis/neighbors/neighbors.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "analysis/neighbors/slots.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::neighbors {
namespace {

/// Squares of larger (or all smaller) coordinates leave the range of float.
constexpr float largest = 1e15f, smallest = 1e-12f;

/// The largest absolute value; NaN or infinite when there is such a value.
float largest_magnitude(std::span<const float> points, const Context& context) {
  std::vector<float> partial(block_count(points.size(), 1 << 16));
  parallel_for_blocks(context, points.size(), 1 << 16, [&](const Block& block) {
    float most = 0;
    bool finite = true;
    for (std::size_t i = block.begin; i < block.end; ++i) {
      most = std::max(most, std::abs(points[i]));
      finite = finite && std::isfinite(points[i]);
    }
    partial[block.index] = finite ? most : std::numeric_limits<float>::infinity();
  });
  return partial.empty() ? 0 : *std::max_element(partial.begin(), partial.end());
}

std::size_t first_not_finite(std::span<const float> points, std::size_t n_dimensions) {
  const auto bad =
      std::find_if(points.begin(), points.end(), [](float x) { return !std::isfinite(x); });
  return static_cast<std::size_t>(bad - points.begin()) / n_dimensions;
}

Result without_neighbors(std::size_t n_points) {
  Result result;
  result.n_points = static_cast<std::uint32_t>(n_points);
  return result;
}

}  // namespace

Expected<Result> compute(std::span<const float> points, std::size_t n_points,
                         std::size_t n_dimensions, const Options& options, const Context& context) {
  if (n_points >= no_point / 2 || points.size() != n_points * n_dimensions)
    return failure(ErrorCode::internal, "base.internal",
                   {{"what", "neighbors: the table of points has another size"}});
  if (n_points < 2 || options.n_neighbors == 0) return without_neighbors(n_points);
  if (n_dimensions == 0) return failure(ErrorCode::cannot_answer, "neighbors.no_dimensions");
  const auto k =
      static_cast<std::uint32_t>(std::min<std::size_t>(options.n_neighbors, n_points - 1));
  const float magnitude = largest_magnitude(points, context);
  if (context.cancelled()) return cancelled_error();
  if (!std::isfinite(magnitude))
    return failure(ErrorCode::cannot_answer, "neighbors.not_finite",
                   {{"cell", first_not_finite(points, n_dimensions) + 1}});

  // A power of two changes no digit of a coordinate.
  float scale = 1;
  std::vector<float> scaled;
  if (magnitude > largest || (magnitude < smallest && magnitude > 0)) {
    scale = std::exp2(-static_cast<float>(std::max(-126, std::ilogb(magnitude))));
    scaled.resize(points.size());
    std::transform(points.begin(), points.end(), scaled.begin(),
                   [&](float x) { return x * scale; });
  }
  const Points table{scaled.empty() ? points.data() : scaled.data(),
                     static_cast<std::uint32_t>(n_points),
                     static_cast<std::uint32_t>(n_dimensions)};
  const bool lists = options.method == Method::inverted_lists ||
                     (options.method == Method::automatic && n_points > exact_up_to);
  Result result =
      lists ? inverted_lists(table, k, options.probes, context) : exact(table, k, context);
  if (context.cancelled()) return cancelled_error();
  if (scale != 1)
    for (float& distance : result.distances) distance /= scale;
  return result;
}

}  // namespace celloquy::neighbors
