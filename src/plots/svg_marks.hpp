#pragma once
// The marks of a layer.

#include "plots/svg_scales.hpp"

namespace celloquy::plots::svg {

/// Rows without a usable position are left out.
void draw_marks(Canvas& canvas, const Layer& layer, const Scale& x, const Scale& y);

}  // namespace celloquy::plots::svg
