#pragma once
// From scores to labels: which of some texts each cell is, and how sure that is.
//
// Scores alone mislead in two ways: where the centre of the data lies moves all
// scores of a label together, and labels that are near each other (naive and
// memory T cells) differ by less than their texts say. So the scores s of cell
// i with label l are read as  s = b + k·C[l] + noise,  C the cosines between
// the labels' own vectors: what a pure cell of the label would score. The
// offset b, the scale k and the shares of the labels are estimated from the
// data, with b held near 0 as far as few labels are seen. Then each pair of
// labels is looked at along its own axis: where the cells spread as far as two
// kinds would, or fall into two clear groups, the border lies between the
// groups; else where b says, so that data of one kind stay of one kind. The
// formulas stand in docs/joint_space.md.

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/neighbors/neighbors.hpp"
#include "base/context.hpp"
#include "base/expected.hpp"
#include "matrix/dataset.hpp"

namespace celloquy::space {

struct DecodeOptions {
  /// Share of the neighbourhood's mean (the cell and its neighbours) in a cell's
  /// own score, 0 to 1; the borders are found on the means alone. 0: no smoothing.
  double smoothing = 0.6;
  /// Fewer cells than this are not smoothed: their neighbours are of other kinds.
  std::size_t fewest_for_smoothing = 60;
  /// How firmly b is held at 0: counts as so many labels that were seen there.
  double offset_weight = 1.0;
  /// Spread along a pair's axis, in expected distances of the two, at which the
  /// border starts to follow the data, and from which on it does so entirely.
  double spread_low = 0.20, spread_high = 0.28;
  /// The same for the distance of two groups in standard deviations.
  double gap_low = 2.5, gap_high = 3.2;
  /// More labels than this: kept are only those that are among the three best of
  /// at least three cells (after smoothing), at most this many: first those that
  /// are the best of most cells, then those that are among the best of most.
  /// Where data are too few to be smoothed, or no label has three cells, one cell
  /// is enough. The others get probability 0.
  std::size_t most_labels = 64;
};

/// What was found about two labels, for the explanation of an answer.
struct LabelPair {
  std::uint32_t first, second;
  double n_cells;   ///< that are one or the other
  double spread;    ///< along the axis, in expected distances
  double followed;  ///< 0: the border is where b says; 1: between the two groups
};

struct Decoding {
  std::size_t n_cells = 0, n_labels = 0;
  std::vector<float> probability;  ///< cells × labels; rows sum to 1; never NaN
  std::vector<double> offset;      ///< b; 0 for labels that were not kept
  double scale = 0;                ///< k
  std::vector<LabelPair> pairs;    ///< of kept labels, those with at least 15 cells
};

/// `scores`: cells × labels, cosines. `cosines`: labels × labels, C. `neighbors`
/// may be null (no smoothing); rows as in `scores`. The same bits for any number
/// of threads. One label has probability 1 everywhere; the same label given
/// twice has equal shares. Cost: 60 rounds over cells (at most 20,000 of them,
/// evenly spaced) × labels², then pairs × cells, twice; 12 bytes a cell and kept
/// label besides the result.
/// Errors: internal when sizes disagree, a number is not finite or `cosines` are
/// none; cancelled.
Expected<Decoding> decode_labels(const DenseBlock& scores, std::span<const float> cosines,
                                 const neighbors::Result* neighbors, const DecodeOptions& options,
                                 const Context& context);

}  // namespace celloquy::space
