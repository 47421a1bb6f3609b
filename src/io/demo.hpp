#pragma once
// The demonstration data: 1,336 blood cells of the asset demo_blood.

#include "matrix/dataset.hpp"

namespace celloquy::io {

/// Counts joined with the published cell types and, from the cells' names,
/// lane and experiment as obs columns cell_type, lane, experiment. A converted
/// copy beside the asset makes later reads faster.
Dataset read_demo(const Context& context);

}  // namespace celloquy::io
