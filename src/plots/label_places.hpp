#pragma once
// Names on a figure that do not cover each other.

#include <optional>
#include <string>
#include <vector>

namespace celloquy::plots {

/// In pixels of the plot area, y downwards; (x, y) is what the name belongs to.
struct LabelRequest {
  double x, y;
  std::string text;
};
struct LabelPlace {
  double x, y;  ///< middle of the text
  bool moved;   ///< far enough away to need a line to its point
};

/// Places in the order of the requests (the most important first): at the point
/// itself (`centred`) or beside it, else on growing circles around it, inside
/// width × height. Nothing where no place within `reach` pixels is free.
std::vector<std::optional<LabelPlace>> place_labels(const std::vector<LabelRequest>& requests,
                                                    double font_size, double width, double height,
                                                    bool centred, double reach = 80);

}  // namespace celloquy::plots
