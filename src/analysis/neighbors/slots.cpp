#include "analysis/neighbors/slots.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/thread_pool.hpp"

namespace celloquy::neighbors {
namespace {

/// The coordinate that varies most among (a sample of) the given points.
std::uint32_t widest_dimension(const Points& points, const std::uint32_t* index,
                               std::size_t count) {
  const std::size_t sample = std::min<std::size_t>(count, 512), step = count / sample;
  std::vector<double> sum(points.dimensions), squares(points.dimensions);
  for (std::size_t s = 0; s < sample; ++s) {
    const float* row = points.row(index[s * step]);
    for (std::uint32_t d = 0; d < points.dimensions; ++d) {
      sum[d] += row[d];
      squares[d] += static_cast<double>(row[d]) * row[d];
    }
  }
  std::uint32_t widest = 0;
  double greatest = -1;
  for (std::uint32_t d = 0; d < points.dimensions; ++d) {
    const double mean = sum[d] / static_cast<double>(sample);
    const double variance = squares[d] / static_cast<double>(sample) - mean * mean;
    if (variance > greatest) greatest = variance, widest = d;
  }
  return widest;
}

void split(const Points& points, std::uint32_t* index, std::size_t count, std::uint32_t block) {
  if (count <= block) return;
  const std::size_t blocks = block_count(count, block), half = blocks / 2 * block;
  const std::uint32_t d = widest_dimension(points, index, count);
  std::nth_element(index, index + half, index + count, [&](std::uint32_t a, std::uint32_t b) {
    const float x = points.row(a)[d], y = points.row(b)[d];
    return x < y || (x == y && a < b);
  });
  // nth_element leaves each side in an order of its own; it is the same on each
  // run of one library, but results must not lean on it.
  split(points, index, half, block);
  split(points, index + half, count - half, block);
}

}  // namespace

std::vector<std::uint32_t> spatial_order(const Points& points, std::uint32_t block) {
  std::vector<std::uint32_t> order(points.count);
  std::iota(order.begin(), order.end(), 0u);
  split(points, order.data(), order.size(), block);
  for (std::size_t begin = 0; begin < order.size(); begin += block)
    std::sort(order.begin() + static_cast<std::ptrdiff_t>(begin),
              order.begin() +
                  static_cast<std::ptrdiff_t>(std::min<std::size_t>(begin + block, order.size())));
  return order;
}

std::vector<double> centre_of(const Points& points, const Context& context) {
  constexpr std::size_t block_size = 4096;
  const std::size_t d = points.dimensions;
  std::vector<double> sums(block_count(points.count, block_size) * d);
  parallel_for_blocks(context, points.count, block_size, [&](const Block& block) {
    double* sum = sums.data() + block.index * d;
    for (std::size_t i = block.begin; i < block.end; ++i)
      for (std::size_t k = 0; k < d; ++k) sum[k] += points.row(i)[k];
  });
  std::vector<double> centre(d);
  for (std::size_t at = 0; at < sums.size(); ++at) centre[at % d] += sums[at];
  for (double& x : centre) x /= std::max(1u, points.count);
  return centre;
}

Slots::Slots(const Points& points, std::vector<std::uint32_t> order,
             const std::vector<double>& centre, const Context& context)
    : order_(std::move(order)),
      panels_(order_.size() * points.dimensions),
      rows_(order_.size() * ((points.dimensions + 15) / 16 * 16)),
      minus_half_norms_(order_.size()),
      dimensions_(points.dimensions),
      stride_((points.dimensions + 15) / 16 * 16) {
  const std::uint32_t width = CELLOQUY_SELECT(panel_width)();
  const auto pack_panel = CELLOQUY_SELECT(pack);
  // Rounding bound of −|x − y|²/2 by the norms, of the float dot product of
  // `dimensions` terms, and of the distance from the rows, several times over.
  const double margin = 4.0 * (dimensions_ + 16) * 0x1.0p-24;
  parallel_for_blocks(context, order_.size(), 512, [&](const Block& block) {
    const float* source[64];
    for (std::size_t panel = block.begin; panel < block.end; panel += width) {
      for (std::uint32_t lane = 0; lane < width; ++lane) {
        const std::uint32_t point = order_[panel + lane];
        source[lane] = point == no_point ? nullptr : points.row(point);
        float* row = rows_.data() + (panel + lane) * stride_;
        std::fill(row, row + stride_, 0.0f);
        double norm = std::numeric_limits<double>::infinity();
        if (source[lane]) {
          std::copy(source[lane], source[lane] + dimensions_, row);
          norm = 0;
          for (std::uint32_t k = 0; k < dimensions_; ++k) {
            const double x = static_cast<double>(row[k]) - centre[k];
            norm += x * x;
          }
        }
        minus_half_norms_[panel + lane] = static_cast<float>(-0.5 * (1 - margin) * norm);
      }
      pack_panel(source, width, dimensions_, centre.data(), panels_.data() + panel * dimensions_);
    }
  });
}

NearestLists::NearestLists(std::uint32_t slots, std::uint32_t k)
    : k_(k),
      squared_(static_cast<std::size_t>(slots) * k),
      points_(static_cast<std::size_t>(slots) * k),
      limits_(slots, std::numeric_limits<float>::lowest()) {
  std::fill(squared_.begin(), squared_.end(), std::numeric_limits<float>::infinity());
  std::fill(points_.begin(), points_.end(), no_point);
}

void NearestLists::clear(std::uint32_t slot) {
  const std::size_t at = static_cast<std::size_t>(slot) * k_;
  std::fill_n(squared_.data() + at, k_, std::numeric_limits<float>::infinity());
  std::fill_n(points_.data() + at, k_, no_point);
  limits_[slot] = std::numeric_limits<float>::lowest();
}

Result collect(const Slots& slots, const NearestLists& lists, std::uint32_t n_points,
               const Context& context) {
  Result result;
  result.n_points = n_points;
  result.n_neighbors = lists.k();
  result.indices.resize(static_cast<std::size_t>(n_points) * lists.k());
  result.distances.resize(result.indices.size());
  parallel_for_blocks(context, slots.size(), 4096, [&](const Block& block) {
    for (std::size_t slot = block.begin; slot < block.end; ++slot) {
      const std::uint32_t point = slots.point(static_cast<std::uint32_t>(slot));
      if (point == no_point) continue;
      const float* squared = lists.squared(static_cast<std::uint32_t>(slot));
      const std::uint32_t* points = lists.points(static_cast<std::uint32_t>(slot));
      const std::size_t at = static_cast<std::size_t>(point) * lists.k();
      for (std::uint32_t j = 0; j < lists.k(); ++j) {
        result.indices[at + j] = points[j];
        result.distances[at + j] = std::sqrt(squared[j]);
      }
    }
  });
  return result;
}

}  // namespace celloquy::neighbors
