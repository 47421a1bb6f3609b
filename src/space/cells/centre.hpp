#pragma once
// Where the z-scores of a data set are measured from.

#include <span>
#include <string>

#include "space/cells/standardization.hpp"

namespace celloquy::space {

/// The centre between the mean of the cells and that of the reference cell
/// types. Labels are decoded from scores with an offset that is estimated
/// (space/labels/decode.hpp) and held near this centre only where few kinds of
/// cells are seen; so it lies near the reference, which cells of one kind need,
/// and mixed tissue finds its own mean. The share takes up some of the
/// difference between platforms.
/// `gene_names` as in the file. Errors: as mean_expression.
Expected<Standardization> standardize_cells(const ExpressionView& view,
                                            std::span<const std::string> gene_names,
                                            knowledge::Organism organism, const Context& context,
                                            double own_share = 0.25);

}  // namespace celloquy::space
