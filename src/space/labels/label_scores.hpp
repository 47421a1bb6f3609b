#pragma once
// The scores as decoding reads them: label by label, smoothed over neighbours,
// and only of the labels that some cells are near to.

#include <cstdint>
#include <vector>

#include "base/buffer.hpp"
#include "space/labels/decode.hpp"

namespace celloquy::space {

struct LabelScores {
  std::size_t n_cells = 0;
  std::vector<std::uint32_t> labels;  ///< the kept ones, ascending
  Buffer<float> smooth;               ///< kept labels × cells: means over neighbourhoods
  Buffer<float> blended;              ///< the same with the cell's own share; empty: as `smooth`

  std::size_t n_labels() const { return labels.size(); }
  const float* smooth_of(std::size_t label) const { return smooth.data() + label * n_cells; }
  const float* blended_of(std::size_t label) const {
    return (blended.empty() ? smooth : blended).data() + label * n_cells;
  }
};

/// Errors: internal for a score that is not a number and for neighbours of other cells.
Expected<LabelScores> label_scores(const DenseBlock& scores, const neighbors::Result* neighbors,
                                   const DecodeOptions& options, const Context& context);

}  // namespace celloquy::space
