#pragma once
// The points laid out for the tile kernels, and the lists of nearest found so far.

#include <limits>
#include <vector>

#include "analysis/neighbors/neighbors.hpp"
#include "analysis/neighbors/tiles.hpp"
#include "base/buffer.hpp"

namespace celloquy::neighbors {

inline constexpr std::uint32_t no_point = 0xffffffffu;

/// A table of points, row by row.
struct Points {
  const float* data;
  std::uint32_t count, dimensions;
  const float* row(std::size_t i) const { return data + i * dimensions; }
};

/// Orders points so that each run of `block` consecutive ones is close in
/// space: a k-d tree that halves the widest direction (Friedman, Bentley &
/// Finkel 1977). Deterministic; O(n log n).
std::vector<std::uint32_t> spatial_order(const Points& points, std::uint32_t block);

/// Means of the coordinates.
std::vector<double> centre_of(const Points& points, const Context& context);

/// Copies of the points in a given order, in panels and in padded rows.
class Slots {
 public:
  /// `order`: the point of each slot, or no_point; its size is a multiple of
  /// panel_width(). Cost: one pass, 2 × 4 bytes a coordinate.
  Slots(const Points& points, std::vector<std::uint32_t> order, const std::vector<double>& centre,
        const Context& context);

  SlotView view() const {
    return {panels_.data(), rows_.data(), minus_half_norms_.data(), dimensions_, stride_};
  }
  std::uint32_t size() const { return static_cast<std::uint32_t>(order_.size()); }
  std::uint32_t point(std::uint32_t slot) const { return order_[slot]; }
  std::uint32_t stride() const { return stride_; }
  const float* row(std::uint32_t slot) const {
    return rows_.data() + static_cast<std::size_t>(slot) * stride_;
  }

 private:
  std::vector<std::uint32_t> order_;
  Buffer<float> panels_, rows_;
  std::vector<float> minus_half_norms_;
  std::uint32_t dimensions_, stride_;
};

/// The k nearest found so far for each slot, ascending by (distance, point).
class NearestLists {
 public:
  NearestLists(std::uint32_t slots, std::uint32_t k);

  void offer(std::uint32_t slot, float squared, std::uint32_t point) {
    float* distance = squared_.data() + static_cast<std::size_t>(slot) * k_;
    std::uint32_t* index = points_.data() + static_cast<std::size_t>(slot) * k_;
    std::uint32_t at = k_ - 1;
    if (!before(squared, point, distance[at], index[at])) return;
    for (; at > 0 && before(squared, point, distance[at - 1], index[at - 1]); --at) {
      distance[at] = distance[at - 1];
      index[at] = index[at - 1];
    }
    distance[at] = squared;
    index[at] = point;
    limits_[slot] = limit(distance[k_ - 1]);
  }
  /// Forgets what was found for one slot.
  void clear(std::uint32_t slot);
  /// −(squared distance of the last one)/2 a slot, as the kernels compare.
  const float* limits() const { return limits_.data(); }
  /// The squared distance that a new neighbour of the slot must not exceed.
  float worst(std::uint32_t slot) const {
    return squared_[static_cast<std::size_t>(slot) * k_ + k_ - 1];
  }
  const float* squared(std::uint32_t slot) const {
    return squared_.data() + static_cast<std::size_t>(slot) * k_;
  }
  const std::uint32_t* points(std::uint32_t slot) const {
    return points_.data() + static_cast<std::size_t>(slot) * k_;
  }
  std::uint32_t k() const { return k_; }

 private:
  static bool before(float d1, std::uint32_t i1, float d2, std::uint32_t i2) {
    return d1 < d2 || (d1 == d2 && i1 < i2);
  }
  static float limit(float worst) {
    constexpr float lowest = std::numeric_limits<float>::lowest();
    return worst == std::numeric_limits<float>::infinity() ? lowest : -0.5f * worst;
  }
  std::uint32_t k_;
  Buffer<float> squared_;
  Buffer<std::uint32_t> points_;
  std::vector<float> limits_;
};

/// Every pair of points is looked at, save those that boxes around blocks of
/// points prove to be too far apart. Empty when cancelled.
Result exact(const Points& points, std::uint32_t k, const Context& context);

/// Points are sorted into lists by k-means; the points of a list are compared
/// with those of the `probes` nearest lists. Empty when cancelled.
Result inverted_lists(const Points& points, std::uint32_t k, std::uint32_t probes,
                      const Context& context);

/// Sets row `point` of the result from the lists, for all slots.
Result collect(const Slots& slots, const NearestLists& lists, std::uint32_t n_points,
               const Context& context);

}  // namespace celloquy::neighbors
