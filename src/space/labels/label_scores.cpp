#include "space/labels/label_scores.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include "base/thread_pool.hpp"

namespace celloquy::space {
namespace {

constexpr std::size_t cells_a_block = 256;

/// The scores of one cell and of its neighbourhood, of which it is itself a member.
class Neighbourhoods {
 public:
  Neighbourhoods(const DenseBlock& scores, const neighbors::Result* neighbors)
      : scores_(scores), neighbors_(neighbors) {}

  const float* own(std::size_t cell) const {
    return scores_.values.data() + cell * scores_.n_columns;
  }
  /// The means of some labels.
  void average(std::size_t cell, std::span<const std::uint32_t> labels, double* means) const {
    const std::size_t k = neighbors_ ? neighbors_->n_neighbors : 0;
    for (std::size_t l = 0; l < labels.size(); ++l)
      means[l] = static_cast<double>(own(cell)[labels[l]]);
    for (std::size_t i = 0; i < k; ++i) {
      const float* other = own(neighbors_->indices[cell * k + i]);
      for (std::size_t l = 0; l < labels.size(); ++l)
        means[l] += static_cast<double>(other[labels[l]]);
    }
    for (std::size_t l = 0; l < labels.size(); ++l) means[l] /= static_cast<double>(k + 1);
  }

 private:
  const DenseBlock& scores_;
  const neighbors::Result* neighbors_;
};

/// In how many cells a label is the best one, and among the three best.
struct Places {
  std::size_t first = 0, three = 0;
};

std::vector<Places> places_of_labels(const Neighbourhoods& cells, std::size_t n_cells,
                                     std::span<const std::uint32_t> labels,
                                     const Context& context) {
  const std::size_t n_labels = labels.size();
  std::vector<std::vector<Places>> workers(worker_count(context));
  parallel_for_blocks(context, n_cells, cells_a_block, [&](const Block& block) {
    auto& places = workers[block.worker];
    places.resize(n_labels);
    std::vector<double> mean(n_labels);
    for (std::size_t cell = block.begin; cell < block.end; ++cell) {
      cells.average(cell, labels, mean.data());
      std::array<std::size_t, 3> best{n_labels, n_labels, n_labels};
      for (std::size_t label = 0; label < n_labels; ++label) {
        std::size_t candidate = label;  // ties: the earlier label
        for (auto& place : best)
          if (place == n_labels || (candidate < n_labels && mean[candidate] > mean[place]))
            std::swap(place, candidate);
      }
      ++places[best.front()].first;
      for (const std::size_t label : best)
        if (label < n_labels) ++places[label].three;
    }
  });
  std::vector<Places> total(n_labels);  // whole numbers: any order gives the same
  for (const auto& places : workers)
    for (std::size_t label = 0; label < places.size(); ++label) {
      total[label].first += places[label].first;
      total[label].three += places[label].three;
    }
  return total;
}

/// By first places, so that a rare kind's label comes before one that is the
/// third best of many cells.
std::vector<std::uint32_t> labels_worth_pairing(const Neighbourhoods& cells, std::size_t n_cells,
                                                std::size_t n_labels, const DecodeOptions& options,
                                                const Context& context) {
  std::vector<std::uint32_t> labels(n_labels);
  std::iota(labels.begin(), labels.end(), 0u);
  const std::size_t most = std::max<std::size_t>(options.most_labels, 1);
  if (n_labels <= most) return labels;
  const auto places = places_of_labels(cells, n_cells, labels, context);
  std::stable_sort(labels.begin(), labels.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(places[a].first, places[a].three) >
           std::pair(places[b].first, places[b].three);
  });
  const auto near = [&](std::size_t needed) {
    std::vector<std::uint32_t> out;
    for (const auto label : labels)
      if (places[label].three >= needed && out.size() < most) out.push_back(label);
    return out;
  };
  auto kept = near(n_cells < options.fewest_for_smoothing ? 1 : 3);
  if (kept.empty()) kept = near(1);
  std::sort(kept.begin(), kept.end());
  return kept;
}

tl::unexpected<Error> mistake(const char* what) {
  return failure(ErrorCode::internal, "base.internal", {{"what", what}});
}

}  // namespace

Expected<LabelScores> label_scores(const DenseBlock& scores, const neighbors::Result* neighbors,
                                   const DecodeOptions& options, const Context& context) {
  const std::size_t n_cells = scores.n_rows, n_labels = scores.n_columns;
  if (scores.values.size() != n_cells * n_labels)
    return mistake("the scores have another size than they say");
  std::atomic<bool> finite{true};
  parallel_for_blocks(context, scores.values.size(), 1 << 16, [&](const Block& block) {
    for (std::size_t i = block.begin; i < block.end; ++i)
      if (!std::isfinite(scores.values[i])) finite = false;
  });
  if (!finite) return mistake("a score is not a number");
  if (neighbors) {
    if (neighbors->n_points != n_cells ||
        neighbors->indices.size() != n_cells * neighbors->n_neighbors)
      return mistake("the scores and the neighbours are of different cells");
    for (const auto index : neighbors->indices)
      if (index >= n_cells) return mistake("a neighbour is none of the cells");
    if (!(options.smoothing > 0) || n_cells < options.fewest_for_smoothing) neighbors = nullptr;
  }
  const Neighbourhoods cells(scores, neighbors);
  LabelScores out;
  out.n_cells = n_cells;
  out.labels = labels_worth_pairing(cells, n_cells, n_labels, options, context);
  if (context.cancelled()) return cancelled_error();
  out.smooth = Buffer<float>(out.n_labels() * n_cells);
  if (neighbors) out.blended = Buffer<float>(out.n_labels() * n_cells);
  parallel_for_blocks(context, n_cells, cells_a_block, [&](const Block& block) {
    std::vector<double> mean(out.n_labels());
    for (std::size_t cell = block.begin; cell < block.end; ++cell) {
      cells.average(cell, out.labels, mean.data());
      for (std::size_t l = 0; l < out.n_labels(); ++l) {
        const double own = static_cast<double>(cells.own(cell)[out.labels[l]]);
        out.smooth[l * n_cells + cell] = static_cast<float>(mean[l]);
        if (neighbors)
          out.blended[l * n_cells + cell] =
              static_cast<float>((1 - options.smoothing) * own + options.smoothing * mean[l]);
      }
    }
  });
  if (context.cancelled()) return cancelled_error();
  return out;
}

}  // namespace celloquy::space
