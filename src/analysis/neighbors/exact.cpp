// Exact neighbours. Points are put into blocks that are compact in space; each
// pair of blocks is multiplied once for both directions. Super-blocks meet in
// the rounds of a tournament, so that no two threads touch the same lists; and
// since the k smallest (distance, index) pairs do not depend on the order in
// which they are offered, neither does the result.

#include <algorithm>

#include "analysis/neighbors/slots.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::neighbors {
namespace {

constexpr std::uint32_t block_slots = 192;  // whole panels and whole tiles in each instruction set
constexpr std::uint32_t most_super_blocks = 64;

class ExactSearch {
 public:
  ExactSearch(const Points& points, std::uint32_t k, const Context& context)
      : context_(context),
        slots_(points, padded_order(points), centre_of(points, context), context),
        lists_(slots_.size(), k),
        blocks_(slots_.size() / block_slots),
        dimensions_(points.dimensions),
        never_(slots_.size(), std::numeric_limits<float>::infinity()),
        hits_(worker_count(context) * tile_rows * block_slots),
        close_pairs_(CELLOQUY_SELECT(close_pairs)) {
    set_boxes();
  }

  Result run(std::uint32_t n_points) {
    const std::uint32_t a_super = (blocks_ + most_super_blocks - 1) / most_super_blocks;
    const std::uint32_t super_blocks = (blocks_ + a_super - 1) / a_super;
    const auto begin = [&](std::uint32_t s) { return s * a_super; };
    const auto end = [&](std::uint32_t s) { return std::min(blocks_, (s + 1) * a_super); };

    // A block with itself first: its points are close, so that limits are tight early.
    parallel_for_blocks(context_, super_blocks, 1, [&](const Block& job) {
      const auto s = static_cast<std::uint32_t>(job.index);
      for (std::uint32_t i = begin(s); i < end(s); ++i) meet(i, i, job.worker);
      for (std::uint32_t i = begin(s); i < end(s); ++i)
        for (std::uint32_t j = i + 1; j < end(s); ++j) meet(i, j, job.worker);
    });
    // The circle method: in round r, players p and q with p + q ≡ 2r meet.
    const std::uint32_t players = (super_blocks + 1) / 2 * 2;
    for (std::uint32_t r = 0; r + 1 < players && !context_.cancelled(); ++r) {
      parallel_for_blocks(context_, players / 2, 1, [&](const Block& job) {
        const auto p = static_cast<std::uint32_t>(job.index), ring = players - 1;
        const std::uint32_t one = p == 0 ? ring : (r + p) % ring;
        const std::uint32_t other = p == 0 ? r : (r + ring - p) % ring;
        if (one >= super_blocks || other >= super_blocks) return;
        for (std::uint32_t i = begin(one); i < end(one) && !context_.cancelled(); ++i)
          for (std::uint32_t j = begin(other); j < end(other); ++j) meet(i, j, job.worker);
      });
      if (r % (players / 10 + 1) == 0)
        context_.report("neighbors", static_cast<double>(r + 1) / players);
    }
    if (context_.cancelled()) return {};
    return collect(slots_, lists_, n_points, context_);
  }

 private:
  static std::vector<std::uint32_t> padded_order(const Points& points) {
    std::vector<std::uint32_t> order = spatial_order(points, block_slots);
    order.resize(block_count(order.size(), block_slots) * block_slots, no_point);
    return order;
  }

  void set_boxes() {
    low_.assign(static_cast<std::size_t>(blocks_) * dimensions_,
                std::numeric_limits<float>::infinity());
    high_.assign(low_.size(), -std::numeric_limits<float>::infinity());
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
      if (slots_.point(slot) == no_point) continue;
      const float* row = slots_.row(slot);
      float* low = low_.data() + static_cast<std::size_t>(slot / block_slots) * dimensions_;
      float* high = high_.data() + static_cast<std::size_t>(slot / block_slots) * dimensions_;
      for (std::uint32_t d = 0; d < dimensions_; ++d) {
        low[d] = std::min(low[d], row[d]);
        high[d] = std::max(high[d], row[d]);
      }
    }
  }

  /// No point of one block is nearer to one of the other than this.
  double squared_gap(std::uint32_t i, std::uint32_t j) const {
    const float* low_i = low_.data() + static_cast<std::size_t>(i) * dimensions_;
    const float* high_i = high_.data() + static_cast<std::size_t>(i) * dimensions_;
    const float* low_j = low_.data() + static_cast<std::size_t>(j) * dimensions_;
    const float* high_j = high_.data() + static_cast<std::size_t>(j) * dimensions_;
    double sum = 0;
    for (std::uint32_t d = 0; d < dimensions_; ++d) {
      const double gap = std::max({0.0, static_cast<double>(low_i[d]) - high_j[d],
                                   static_cast<double>(low_j[d]) - high_i[d]});
      sum += gap * gap;
    }
    return sum * (1 - 1e-4);  // distances are rounded; the gap must stay below them
  }
  double worst_of(std::uint32_t block) const {
    float worst = 0;
    for (std::uint32_t slot = block * block_slots; slot < (block + 1) * block_slots; ++slot)
      if (slots_.point(slot) != no_point) worst = std::max(worst, lists_.worst(slot));
    return worst;
  }

  void meet(std::uint32_t i, std::uint32_t j, unsigned worker) {
    const bool itself = i == j;
    if (!itself) {
      const double gap = squared_gap(i, j);
      if (gap > worst_of(i) && gap > worst_of(j)) return;
    }
    const SlotView view = slots_.view();
    Hit* hits = hits_.data() + worker * tile_rows * block_slots;
    // With itself each pair comes twice; then only the row takes it.
    const float* column_limits = itself ? never_.data() : lists_.limits();
    for (std::uint32_t row = i * block_slots; row < (i + 1) * block_slots; row += tile_rows) {
      const std::uint32_t found = close_pairs_(view, row, tile_rows, view, j * block_slots,
                                               block_slots, lists_.limits(), column_limits, hits);
      for (const Hit* hit = hits; hit < hits + found; ++hit) {
        if (hit->row == hit->column) continue;
        const std::uint32_t x = slots_.point(hit->row), y = slots_.point(hit->column);
        if (x == no_point || y == no_point) continue;
        lists_.offer(hit->row, hit->squared, y);
        if (!itself) lists_.offer(hit->column, hit->squared, x);
      }
    }
  }

  const Context& context_;
  Slots slots_;
  NearestLists lists_;
  std::uint32_t blocks_, dimensions_;
  std::vector<float> never_;
  std::vector<float> low_, high_;  // boxes: blocks × dimensions
  Buffer<Hit> hits_;
  decltype(&plain::close_pairs) close_pairs_;
};

}  // namespace

Result exact(const Points& points, std::uint32_t k, const Context& context) {
  return ExactSearch(points, k, context).run(points.count);
}

}  // namespace celloquy::neighbors
