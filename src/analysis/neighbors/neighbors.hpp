#pragma once
// The k nearest neighbours of every cell.

#include <cstdint>
#include <span>
#include <vector>

#include "base/context.hpp"

namespace celloquy::neighbors {

inline constexpr std::size_t exact_up_to =
    60000;  ///< points, when the method is chosen automatically
enum class Method { automatic, exact, inverted_lists };
struct Options {
  std::uint32_t n_neighbors = 15;     ///< the cell itself is not counted (Scanpy's 15 counts it)
  Method method = Method::automatic;  ///< exact up to 60,000 points, inverted lists above
  std::uint32_t probes = 0;           ///< lists visited a query; 0: chosen for recall ≥ 0.99
};
/// Row i: neighbours of point i by ascending distance, ties by index.
struct Result {
  std::uint32_t n_points = 0, n_neighbors = 0;
  std::vector<std::uint32_t> indices;  ///< n_points × n_neighbors
  std::vector<float> distances;        ///< Euclidean
};

/// `points`: n_points × n_dimensions, row by row. Fewer points than neighbours:
/// n_neighbors is lowered to n_points − 1.
Expected<Result> compute(std::span<const float> points, std::size_t n_points,
                         std::size_t n_dimensions, const Options& options, const Context& context);

}  // namespace celloquy::neighbors
