#pragma once
// Labels as directions, and cells that lie a way along them.

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/neighbors/neighbors.hpp"
#include "base/random.hpp"
#include "space/labels/decode.hpp"

namespace celloquy::test {

/// What cells are generated of.
struct LabelPlan {
  std::vector<std::size_t> n_cells;  ///< by label, may be 0
  std::vector<std::size_t> near;     ///< labels that are close to the one before them
  double noise = 0.04;               ///< a cell's own, in each of 12 dimensions
  std::uint64_t seed = 1;
};

struct GeneratedLabels {
  static constexpr std::size_t n_dimensions = 12;

  explicit GeneratedLabels(const LabelPlan& plan) {
    const std::size_t n_labels = plan.n_cells.size();
    std::vector<std::vector<double>> vectors;
    for (std::size_t label = 0; label < n_labels; ++label) {
      std::vector<double> vector;
      RandomStream random(plan.seed, label);
      const bool near = std::count(plan.near.begin(), plan.near.end(), label) > 0;
      for (std::size_t d = 0; d < n_dimensions; ++d)
        vector.push_back(near ? vectors[label - 1][d] + 0.2 * random.normal() : random.normal());
      const double length = std::sqrt(dot(vector, vector));
      for (double& x : vector) x /= length;
      vectors.push_back(vector);
    }
    for (const auto& a : vectors)
      for (const auto& b : vectors) cosines.push_back(static_cast<float>(dot(a, b)));
    for (std::size_t label = 0; label < n_labels; ++label)
      for (std::size_t i = 0; i < plan.n_cells[label]; ++i) {
        RandomStream random(plan.seed + 1, kind.size());
        std::vector<double> place;
        for (std::size_t d = 0; d < n_dimensions; ++d)
          place.push_back(scale * vectors[label][d] + plan.noise * random.normal());
        places.insert(places.end(), place.begin(), place.end());
        for (const auto& vector : vectors)
          scores.values.push_back(static_cast<float>(dot(place, vector)));
        kind.push_back(label);
      }
    scores.n_rows = kind.size();
    scores.n_columns = n_labels;
    neighbors = *neighbors::compute(places, kind.size(), n_dimensions, {.n_neighbors = 10}, {});
  }

  static double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
  }

  /// All scores of a label moved.
  void shift(std::size_t label, double by) {
    for (std::size_t cell = 0; cell < n_cells(); ++cell)
      scores.values[cell * n_labels() + label] += static_cast<float>(by);
  }
  std::size_t n_cells() const { return kind.size(); }
  std::size_t n_labels() const { return scores.n_columns; }
  Expected<space::Decoding> decode(const space::DecodeOptions& options = {},
                                   const Context& context = {}) const {
    return space::decode_labels(scores, cosines, &neighbors, options, context);
  }
  /// Share of the cells whose best label is their own.
  double accuracy(const std::vector<float>& values) const {
    std::size_t right = 0;
    for (std::size_t cell = 0; cell < n_cells(); ++cell) right += best(values, cell) == kind[cell];
    return static_cast<double>(right) / static_cast<double>(n_cells());
  }
  std::size_t best(const std::vector<float>& values, std::size_t cell) const {
    const auto row = values.begin() + static_cast<std::ptrdiff_t>(cell * n_labels());
    return static_cast<std::size_t>(
        std::max_element(row, row + static_cast<std::ptrdiff_t>(n_labels())) - row);
  }

  static constexpr double scale = 0.3;
  DenseBlock scores;
  std::vector<float> cosines, places;
  neighbors::Result neighbors;
  std::vector<std::size_t> kind;  ///< by cell: the label that it is of
};

/// Rows of probabilities: none NaN or outside 0 … 1, all summing to 1.
inline bool are_probabilities(const space::Decoding& decoding) {
  if (decoding.probability.size() != decoding.n_cells * decoding.n_labels) return false;
  for (std::size_t cell = 0; cell < decoding.n_cells; ++cell) {
    double sum = 0;
    for (std::size_t label = 0; label < decoding.n_labels; ++label) {
      const double p = static_cast<double>(decoding.probability[cell * decoding.n_labels + label]);
      if (!(p >= 0 && p <= 1)) return false;
      sum += p;
    }
    if (!(std::abs(sum - 1) < 1e-5)) return false;
  }
  return std::isfinite(decoding.scale) &&
         std::all_of(decoding.offset.begin(), decoding.offset.end(),
                     [](double b) { return std::isfinite(b); });
}

}  // namespace celloquy::test
