#pragma once
// Where the z-scores of a data set are measured from.

#include <span>
#include <string>

#include "space/cells/standardization.hpp"

namespace celloquy::space {

/// The centre half way between the mean of the cells and that of the reference
/// cell types. Labels are decoded from scores with an offset that is estimated
/// (space/labels/decode.hpp), so that this choice does not decide about labels;
/// it keeps single scores meaningful both for mixed tissue, where the cells' own
/// mean is the better centre, and for cells of one kind, where it is none.
/// `gene_names` as in the file. Errors: as mean_expression.
Expected<Standardization> standardize_cells(const ExpressionView& view,
                                            std::span<const std::string> gene_names,
                                            knowledge::Organism organism, const Context& context,
                                            double own_share = 0.5);

}  // namespace celloquy::space
