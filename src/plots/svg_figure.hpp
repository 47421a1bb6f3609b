#pragma once
// A specification, read strictly: what the renderer draws, and nothing else.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace celloquy::plots::svg {

using nlohmann::json;

/// Something that docs/plots.md does not list. Thrown and caught inside this room.
struct Unsupported {
  std::string what;
};

struct Axis {
  bool shown = false, labels = true, ticks = true, line = true, italic = false;
  std::string title, format;
  std::vector<double> values;             ///< empty: chosen by the renderer
  std::vector<std::string> value_labels;  ///< of labelExpr, by the whole number of the value
  double angle = 0, label_limit = 180;
  int tick_count = 0;
};

/// x or y.
struct Position {
  bool present = false, nominal = false, logarithmic = false;
  std::string field;
  std::optional<double> pixels;  ///< {"value": …}
  double low = 0, high = 1, padding = 0;
  std::vector<std::string> categories;
  Axis axis;
};

struct Legend {
  bool shown = false;
  std::string title, format;
  std::vector<double> values;
};

struct ColorChannel {
  enum class Kind { none, nominal, quantitative } kind = Kind::none;
  std::string field;
  std::vector<std::string> categories, range;
  std::vector<double> domain;
  Legend legend;
};

struct SizeChannel {
  bool present = false;
  std::string field;
  double low = 0, high = 1, smallest = 0, largest = 100;
  Legend legend;
};

struct Mark {
  std::string type, color, stroke, align = "center", weight, style;
  double size = 30, opacity = 1, stroke_width = 1, font_size = 11, dx = 0, dy = 0;
  std::vector<double> dash;
};

struct Layer {
  const json* rows = nullptr;
  Mark mark;
  Position x, y;
  std::string x2, y2, text;
  ColorChannel color;
  SizeChannel size;
};

struct View {
  double width = 0, height = 0;
  std::vector<Layer> layers;
};

struct Figure {
  std::string title;
  std::vector<std::string> subtitle;
  std::vector<View> views;  ///< side by side
  double spacing = 20;
};

/// Borrows the rows of `spec`. Throws Unsupported, or json::exception where a
/// value has another type.
Figure read_figure(const json& spec);

}  // namespace celloquy::plots::svg
