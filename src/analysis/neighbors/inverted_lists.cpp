// Approximate neighbours for many points (the inverted file of Jégou, Douze &
// Schmid 2011, without its compression): k-means makes about 4·√n lists, and
// the points of a list meet those of the nearest lists. How many lists is not
// guessed: the true neighbours of a sample of points are found exactly, and as
// many lists are visited as hold 99.5 % of them.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/neighbors/slots.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::neighbors {
namespace {

constexpr std::uint32_t lloyd_iterations = 4;
constexpr std::uint32_t training_points_a_list = 32;
constexpr std::uint32_t sampled_lists = 200;  // × tile_rows points
constexpr double wanted_recall = 0.995;       // of the sample; 0.99 is promised
constexpr std::uint32_t most_columns = 4096;  // at once: bounds the room for hits

/// Rows of `count` lists: their means. Lists without points keep their old mean.
void update_centroids(const Points& points, const std::vector<std::uint32_t>& chosen,
                      const std::vector<std::uint32_t>& list_of, std::vector<float>& centroids,
                      std::uint32_t lists) {
  std::vector<double> sum(static_cast<std::size_t>(lists) * points.dimensions);
  std::vector<std::uint32_t> count(lists);
  for (std::size_t at = 0; at < chosen.size(); ++at) {
    const float* row = points.row(chosen[at]);
    double* into = sum.data() + static_cast<std::size_t>(list_of[at]) * points.dimensions;
    for (std::uint32_t d = 0; d < points.dimensions; ++d) into[d] += row[d];
    ++count[list_of[at]];
  }
  for (std::uint32_t l = 0; l < lists; ++l)
    for (std::uint32_t d = 0; d < points.dimensions && count[l] > 0; ++d) {
      const std::size_t at = static_cast<std::size_t>(l) * points.dimensions + d;
      centroids[at] = static_cast<float>(sum[at] / count[l]);
    }
}

std::vector<std::uint32_t> identity_order(std::uint32_t count) {
  const std::uint32_t width = CELLOQUY_SELECT(panel_width)();
  std::vector<std::uint32_t> order((count + width - 1) / width * width, no_point);
  std::iota(order.begin(), order.begin() + count, 0u);
  return order;
}

/// The nearest centroid of each of the chosen points.
std::vector<std::uint32_t> assign(const Points& points, const std::vector<std::uint32_t>& chosen,
                                  const Points& centroids, const std::vector<double>& centre,
                                  const Context& context) {
  const Slots columns(centroids, identity_order(centroids.count), centre, Context{});
  const auto nearest_columns = CELLOQUY_SELECT(nearest_columns);
  constexpr std::size_t block_size = 1536;  // whole panels and tiles
  std::vector<std::uint32_t> list_of(chosen.size());
  parallel_for_blocks(context, chosen.size(), block_size, [&](const Block& block) {
    std::vector<std::uint32_t> order(block_size, no_point);
    std::copy(chosen.begin() + static_cast<std::ptrdiff_t>(block.begin),
              chosen.begin() + static_cast<std::ptrdiff_t>(block.end), order.begin());
    const Slots rows(points, std::move(order), centre, Context{});
    std::uint32_t nearest[tile_rows];
    float value[tile_rows];
    for (std::uint32_t row = 0; row < block.size(); row += tile_rows) {
      nearest_columns(rows.view(), row, tile_rows, columns.view(), columns.size(), nearest, value);
      for (std::uint32_t r = 0; r < tile_rows && row + r < block.size(); ++r)
        list_of[block.begin + row + r] = nearest[r];
    }
  });
  return list_of;
}

struct Clustering {
  std::vector<float> centroids;
  std::vector<std::uint32_t> list_of;  // a point
  std::uint32_t lists = 0;
};

/// Few Lloyd iterations on a sample, starting from points spread over space,
/// then every point to its nearest centroid. Lists are numbered so that near
/// numbers are near in space. Unassigned (empty list_of) when cancelled.
Clustering cluster(const Points& points, const std::vector<double>& centre,
                   const Context& context) {
  Clustering result;
  const auto n = points.count;
  result.lists = static_cast<std::uint32_t>(4 * std::sqrt(static_cast<double>(n)));
  const std::vector<std::uint32_t> order = spatial_order(points, 96);
  const std::uint32_t training = std::min(n, result.lists * training_points_a_list);
  std::vector<std::uint32_t> chosen(training);
  for (std::uint32_t t = 0; t < training; ++t)
    chosen[t] = order[static_cast<std::size_t>(t) * n / training];
  result.centroids.resize(static_cast<std::size_t>(result.lists) * points.dimensions);
  for (std::uint32_t l = 0; l < result.lists; ++l) {
    const float* row =
        points.row(order[static_cast<std::size_t>(2 * l + 1) * n / (2 * result.lists)]);
    std::copy(row, row + points.dimensions,
              result.centroids.begin() + static_cast<std::ptrdiff_t>(l) * points.dimensions);
  }
  const Points centroids{result.centroids.data(), result.lists, points.dimensions};
  for (std::uint32_t i = 0; i < lloyd_iterations; ++i) {
    const auto list_of = assign(points, chosen, centroids, centre, context);
    if (context.cancelled()) return result;
    update_centroids(points, chosen, list_of, result.centroids, result.lists);
  }
  chosen.resize(n);
  std::iota(chosen.begin(), chosen.end(), 0u);
  result.list_of = assign(points, chosen, centroids, centre, context);
  if (context.cancelled()) result.list_of.clear();
  return result;
}

class ListSearch {
 public:
  ListSearch(const Points& points, std::uint32_t k, const Clustering& clustering,
             const std::vector<double>& centre, const Context& context)
      : context_(context),
        slots_(points, slot_order(clustering), centre, context),
        centroids_(Points{clustering.centroids.data(), clustering.lists, points.dimensions},
                   identity_order(clustering.lists), centre, context),
        nearest_(slots_.size(), k),
        never_(slots_.size(), std::numeric_limits<float>::infinity()),
        hits_(static_cast<std::size_t>(worker_count(context)) * tile_rows * most_columns),
        close_pairs_(CELLOQUY_SELECT(close_pairs)),
        squared_distances_(CELLOQUY_SELECT(squared_distances)) {}

  std::uint32_t lists() const { return static_cast<std::uint32_t>(count_.size()); }

  /// As many lists as hold `wanted_recall` of a sample's true neighbours.
  std::uint32_t measure_probes() {
    const std::uint32_t sample = std::min(sampled_lists, lists());
    std::vector<std::vector<std::uint32_t>> ranks(sample);
    parallel_for_blocks(context_, sample, 1, [&](const Block& job) {
      const auto list = static_cast<std::uint32_t>(job.index * lists() / sample);
      const std::uint32_t rows = std::min(tile_rows, count_[list]);
      for (std::uint32_t other = 0; other < lists() && !context_.cancelled(); ++other)
        compare(begin_[list], rows, other, job.worker);
      std::vector<std::uint32_t> rank(lists());
      const auto order = nearest_lists(list, lists());
      for (std::uint32_t at = 0; at < order.size(); ++at) rank[order[at]] = at;
      for (std::uint32_t r = 0; r < rows; ++r)
        for (std::uint32_t j = 0; j < nearest_.k(); ++j) {
          const std::uint32_t point = nearest_.points(begin_[list] + r)[j];
          if (point != no_point) ranks[job.index].push_back(rank[list_of_[point]]);
        }
    });
    std::vector<std::uint32_t> all;
    for (const auto& some : ranks) all.insert(all.end(), some.begin(), some.end());
    if (all.empty()) return lists();
    std::sort(all.begin(), all.end());
    const auto at = static_cast<std::size_t>(wanted_recall * static_cast<double>(all.size() - 1));
    return std::max(4u, all[at] + 1);
  }

  Result run(std::uint32_t n_points, std::uint32_t probes) {
    probes = std::min(probes, lists());
    constexpr std::size_t stripe = 8;
    for (std::size_t start = 0; start < lists() && !context_.cancelled();) {
      const std::size_t part = std::min<std::size_t>(lists() - start, 32 * stripe);
      parallel_for_blocks(context_, part, stripe, [&](const Block& block) {
        for (std::size_t l = start + block.begin; l < start + block.end && !context_.cancelled();
             ++l)
          search(static_cast<std::uint32_t>(l), probes, block.worker);
      });
      start += part;
      context_.report("neighbors", static_cast<double>(start) / lists());
    }
    if (context_.cancelled()) return {};
    return collect(slots_, nearest_, n_points, context_);
  }

 private:
  std::vector<std::uint32_t> slot_order(const Clustering& clustering) {
    const std::uint32_t width = CELLOQUY_SELECT(panel_width)();
    list_of_ = clustering.list_of;
    count_.assign(clustering.lists, 0);
    for (const std::uint32_t l : list_of_) ++count_[l];
    begin_.resize(clustering.lists);
    std::uint32_t at = 0;
    for (std::uint32_t l = 0; l < clustering.lists; ++l) {
      begin_[l] = at;
      at += (count_[l] + width - 1) / width * width;
    }
    std::vector<std::uint32_t> order(at, no_point), next = begin_;
    for (std::uint32_t p = 0; p < list_of_.size(); ++p) order[next[list_of_[p]]++] = p;
    return order;
  }

  /// The nearest lists of a list by their centroids, itself first.
  std::vector<std::uint32_t> nearest_lists(std::uint32_t list, std::uint32_t wanted) const {
    std::vector<float> squared(lists());
    squared_distances_(centroids_.row(list), centroids_.row(0), centroids_.stride(), lists(),
                       squared.data());
    squared[list] = -1;
    std::vector<std::uint32_t> order(lists());
    std::iota(order.begin(), order.end(), 0u);
    std::partial_sort(order.begin(), order.begin() + wanted, order.end(),
                      [&](std::uint32_t a, std::uint32_t b) {
                        return squared[a] < squared[b] || (squared[a] == squared[b] && a < b);
                      });
    order.resize(wanted);
    return order;
  }

  void search(std::uint32_t list, std::uint32_t probes, unsigned worker) {
    // The sampled rows start anew: a pair that is offered twice would be listed twice.
    const std::uint32_t first = begin_[list], end = begin_[list] + count_[list];
    if (first == end) return;
    for (std::uint32_t row = first; row < end; ++row) nearest_.clear(row);
    for (const std::uint32_t other : nearest_lists(list, probes))
      for (std::uint32_t row = first; row < end; row += tile_rows)
        compare(row, std::min(tile_rows, end - row), other, worker);
    // Too few points in the lists that were visited: then all of them.
    for (std::uint32_t row = first; row < end; ++row) {
      if (nearest_.points(row)[nearest_.k() - 1] != no_point) continue;
      nearest_.clear(row);
      for (std::uint32_t other = 0; other < lists(); ++other) compare(row, 1, other, worker);
    }
  }

  void compare(std::uint32_t row, std::uint32_t rows, std::uint32_t other, unsigned worker) {
    const std::uint32_t width = CELLOQUY_SELECT(panel_width)();
    const std::uint32_t end = begin_[other] + (count_[other] + width - 1) / width * width;
    Hit* hits = hits_.data() + static_cast<std::size_t>(worker) * tile_rows * most_columns;
    const SlotView view = slots_.view();
    for (std::uint32_t column = begin_[other]; column < end; column += most_columns) {
      const std::uint32_t found =
          close_pairs_(view, row, rows, view, column, std::min(most_columns, end - column),
                       nearest_.limits(), never_.data(), hits);
      for (const Hit* hit = hits; hit < hits + found; ++hit) {
        const std::uint32_t point = slots_.point(hit->column);
        if (hit->row == hit->column || point == no_point) continue;
        nearest_.offer(hit->row, hit->squared, point);
      }
    }
  }

  const Context& context_;
  std::vector<std::uint32_t> begin_, count_;  // slots a list
  std::vector<std::uint32_t> list_of_;        // a point
  Slots slots_;
  Slots centroids_;
  NearestLists nearest_;
  std::vector<float> never_;
  Buffer<Hit> hits_;
  decltype(&plain::close_pairs) close_pairs_;
  decltype(&plain::squared_distances) squared_distances_;
};

}  // namespace

Result inverted_lists(const Points& points, std::uint32_t k, std::uint32_t probes,
                      const Context& context) {
  const std::vector<double> centre = centre_of(points, context);
  const Clustering clustering = cluster(points, centre, context);
  if (clustering.list_of.empty()) return {};
  ListSearch search(points, k, clustering, centre, context);
  if (probes == 0) probes = search.measure_probes();
  if (context.cancelled()) return {};
  return search.run(points.count, probes);
}

}  // namespace celloquy::neighbors
