#pragma once
// Axes and legends with the room that they take.

#include "plots/svg_scales.hpp"

namespace celloquy::plots::svg {

struct Size {
  double width = 0, height = 0;
};

/// The first x (or y) channel of a view that has a scale; all others must agree with it.
const Position* shared_position(const View& view, bool horizontal);

/// Room below or beside the plot area: height for x, width for y.
double axis_room(const Scale& scale, bool horizontal);
/// The plot area begins at (0, 0); `area` is its size.
void draw_axis(Canvas& canvas, const Scale& scale, const Size& area, bool horizontal);

/// Legends of all channels, one below the other, from (x, 0). With a null canvas
/// only the size is found.
Size draw_legends(Canvas* canvas, const View& view, double x, int& gradient_number);

}  // namespace celloquy::plots::svg
