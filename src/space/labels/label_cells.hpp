#pragma once
// Cells against a closed list of labels.

#include <span>
#include <vector>

#include "space/cells/score.hpp"
#include "space/labels/decode.hpp"
#include "space/text/text_tower.hpp"

namespace celloquy::space {

struct LabelOptions {
  /// What labels of a list have in common says nothing: so much of their mean is
  /// taken from each.
  double contrast = 0.6;
  DecodeOptions decode;
};

/// The labels' gene weights with `contrast` of their mean taken off, of length 1.
TextWeights contrasted(std::span<const TextVector> labels, double contrast);
/// labels × labels: the cosines of their weights.
std::vector<float> cosines_of(const TextWeights& labels);

/// Scores the cells against the labels and decodes them. `neighbors` may be null.
Expected<Decoding> label_cells(const ExpressionView& view, const Standardization& standardization,
                               std::span<const TextVector> labels,
                               const neighbors::Result* neighbors, const LabelOptions& options,
                               const Context& context);

}  // namespace celloquy::space
