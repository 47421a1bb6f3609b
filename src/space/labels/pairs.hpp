#pragma once
// Each pair of labels along its own axis: where the border between the two lies
// and how sharp it is; then all pairs together as probabilities.

#include <span>
#include <vector>

#include "space/labels/label_scores.hpp"
#include "space/labels/offset.hpp"

namespace celloquy::space {

/// The log odds of the second label of a pair against the first are
/// slope·(score of the second − score of the first) − shift, within ± 30.
struct Border {
  double slope = 0, shift = 0;
};

/// Two rounds from the model's responsibilities, which become the probabilities
/// of the kept labels, cells by cells. `pairs` are of kept labels.
Expected<std::vector<LabelPair>> decide_by_pairs(const LabelScores& scores,
                                                 std::span<const double> cosines,
                                                 OffsetModel& model, const DecodeOptions& options,
                                                 const Context& context);

}  // namespace celloquy::space
