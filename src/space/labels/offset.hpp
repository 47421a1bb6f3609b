#pragma once
// Where the data lie among the labels: scores of a pure cell of label l are
// read as b + k·C[l], and b, k and the shares of the labels are estimated
// together with what each cell is, by expectation-maximisation.

#include <span>
#include <vector>

#include "base/buffer.hpp"
#include "space/labels/label_scores.hpp"

namespace celloquy::space {

struct OffsetModel {
  std::vector<double> offset;    ///< b, by kept label
  double scale = 0;              ///< k
  Buffer<float> responsibility;  ///< kept labels × cells: probability by this model
};

/// `cosines`: of the kept labels. Errors: internal when they cannot be cosines.
Expected<OffsetModel> fit_offset(const LabelScores& scores, std::span<const double> cosines,
                                 double offset_weight, const Context& context);

}  // namespace celloquy::space
