#include "analysis/harmony/cells.hpp"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.hpp"

namespace celloquy::harmony {
namespace {

constexpr std::size_t slices = 20;    // the paper's 5 %
constexpr std::size_t longest = 256;  // 256 cells × 100 clusters of floats stay in the cache
constexpr std::size_t most_sampled = 3000;

}  // namespace

CellOrder order_cells(std::span<const std::int32_t> batches, std::uint64_t seed) {
  const std::size_t n = batches.size();
  CellOrder order;
  order.cells.resize(n);
  std::iota(order.cells.begin(), order.cells.end(), 0u);
  RandomStream random(seed, 0);
  for (std::size_t i = n; i > 1; --i) std::swap(order.cells[i - 1], order.cells[random.below(i)]);
  for (std::size_t s = 0; s < slices; ++s) {
    const std::size_t begin = n * s / slices, end = n * (s + 1) / slices;
    order.slice_begins.push_back(order.runs.size());
    std::sort(order.cells.begin() + static_cast<std::ptrdiff_t>(begin),
              order.cells.begin() + static_cast<std::ptrdiff_t>(end),
              [&](std::uint32_t a, std::uint32_t b) {
                return std::pair(batches[a], a) < std::pair(batches[b], b);
              });
    for (std::size_t place = begin; place < end; ++place) {
      const auto batch = static_cast<std::uint32_t>(batches[order.cells[place]]);
      const bool first_of_slice = order.runs.size() == order.slice_begins.back();
      if (first_of_slice || order.runs.back().batch != batch || order.runs.back().size() == longest)
        order.runs.push_back({place, place, batch});
      ++order.runs.back().end;
    }
  }
  order.slice_begins.push_back(order.runs.size());
  return order;
}

void to_unit_rows(float* rows, std::size_t n, std::size_t n_dimensions) {
  for (std::size_t i = 0; i < n; ++i) {
    float* row = rows + i * n_dimensions;
    double square = 0;
    for (std::size_t j = 0; j < n_dimensions; ++j) square += double{row[j]} * row[j];
    const float scale = square > 0 ? static_cast<float>(1 / std::sqrt(square)) : 0.0f;
    for (std::size_t j = 0; j < n_dimensions; ++j) row[j] *= scale;
  }
}

std::vector<float> starting_centres(std::span<const float> points, std::size_t n_dimensions,
                                    std::size_t count, std::uint64_t seed) {
  const std::size_t d = n_dimensions, n = points.size() / d, sampled = std::min(n, most_sampled);
  const int rows = static_cast<int>(sampled), columns = static_cast<int>(d);
  std::vector<float> sample(sampled * d), centres(count * d), cosine(sampled * count);
  for (std::size_t i = 0; i < sampled; ++i)
    std::copy_n(points.data() + (i * n / sampled) * d, d, sample.data() + i * d);
  RandomStream random(seed, 1);
  // Of unit rows the squared distance is 2 − 2·cosine.
  std::vector<double> nearest(sampled, INFINITY);
  std::size_t chosen = random.below(sampled);
  for (std::size_t c = 0; c < count; ++c) {
    float* centre = centres.data() + c * d;
    std::copy_n(sample.data() + chosen * d, d, centre);
    cblas_sgemv(CblasRowMajor, CblasNoTrans, rows, columns, 1.0f, sample.data(), columns, centre, 1,
                0.0f, cosine.data(), 1);
    double total = 0;
    for (std::size_t i = 0; i < sampled; ++i) {
      nearest[i] = std::min(nearest[i], std::max(0.0, 2 - 2 * double{cosine[i]}));
      total += nearest[i];
    }
    double wanted = random.uniform() * total;
    for (chosen = 0; chosen + 1 < sampled && wanted >= nearest[chosen]; ++chosen)
      wanted -= nearest[chosen];
  }
  for (int round = 0; round < 10; ++round) {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, static_cast<int>(count), columns,
                1.0f, sample.data(), columns, centres.data(), columns, 0.0f, cosine.data(),
                static_cast<int>(count));
    std::vector<double> sums(count * d, 0.0);
    std::vector<std::uint32_t> sizes(count, 0);
    for (std::size_t i = 0; i < sampled; ++i) {
      const float* row = cosine.data() + i * count;
      const auto best = static_cast<std::size_t>(std::max_element(row, row + count) - row);
      ++sizes[best];
      for (std::size_t j = 0; j < d; ++j) sums[best * d + j] += sample[i * d + j];
    }
    for (std::size_t c = 0; c < count; ++c)
      for (std::size_t j = 0; j < d && sizes[c] > 0; ++j)
        centres[c * d + j] = static_cast<float>(sums[c * d + j] / sizes[c]);
    to_unit_rows(centres.data(), count, d);
  }
  return centres;
}

}  // namespace celloquy::harmony
