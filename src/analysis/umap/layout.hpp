#pragma once
// Kernels of the layout: every point computes its own new place from the
// places of the others one epoch ago, so that points can be moved in any
// order, by any number of threads, with the same result.

#include <cstdint>

#include "base/instruction_set.hpp"

namespace celloquy::umap {

/// The edges of each point, with the epochs in which they act. An edge acts in
/// epoch e when phase + (e + 1)·rate, in 32 bits, wraps around: rate/2^32 of
/// all epochs, evenly spaced. It has two phases, since each of its two
/// directions pulls at both ends.
struct LayoutRows {
  const std::uint64_t* offsets;
  const std::uint32_t* targets;
  const std::uint32_t* rates;
  const std::uint32_t* head_phases;  ///< of the direction from this point
  const std::uint32_t* tail_phases;  ///< of the direction to this point
};

struct LayoutStep {
  float a, b;                     ///< closeness at distance d is 1/(1 + a·d^(2b))
  float learning_rate;            ///< of this epoch
  float negative_weight;          ///< of each of the negatives that are drawn
  std::uint32_t negative_rounds;  ///< of negatives_a_round each, for one edge that acts
  std::uint32_t n_points, n_components, epoch;
  std::uint64_t seed;
};

/// Eight lanes: two attractions and six repulsions at once.
inline constexpr std::uint32_t negatives_a_round = 6;
inline constexpr std::uint32_t most_components = 16;

// move_points: new places `to` of the points [begin, end) from the places
// `from` of all; both n_points × n_components. `scratch`: four times the number
// of edges of the point that has most.
CELLOQUY_DECLARE_KERNELS(void move_points(const LayoutRows& rows, const LayoutStep& step,
                                          std::uint64_t begin, std::uint64_t end, const float* from,
                                          float* to, std::uint32_t* scratch,
                                          std::uint64_t most_edges);)

}  // namespace celloquy::umap
