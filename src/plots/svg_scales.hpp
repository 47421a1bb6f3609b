#pragma once
// From values to pixels and colours; ticks; numbers as text; SVG elements.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plots/svg_figure.hpp"

namespace celloquy::plots::svg {

/// A position on an axis of `length` pixels.
class Scale {
 public:
  Scale() = default;
  Scale(const Position& position, double length, bool upwards)
      : position_(&position), length_(length), upwards_(upwards) {}
  explicit operator bool() const { return position_ != nullptr; }
  const Position& position() const { return *position_; }
  double length() const { return length_; }
  double step() const {
    return length_ / double(std::max<std::size_t>(1, position_->categories.size()));
  }
  double band() const { return step() * (1 - position_->padding); }
  double of_number(double value) const;
  /// Middle of the category's band; nothing for a category that is not in the domain.
  std::optional<double> of_category(const std::string& name) const;

 private:
  const Position* position_ = nullptr;
  double length_ = 1;
  bool upwards_ = false;
};

/// Round numbers (1, 2, 5 × 10^n) inside [low, high], about `count` of them.
std::vector<double> nice_ticks(double low, double high, int count);
/// Formats: "" (as many decimals as the ticks need), ".0%", ".1%", "~s".
std::string number_text(double value, const std::string& format, double step);
/// The colour of a number by piecewise linear interpolation in RGB.
std::string color_at(const ColorChannel& color, double value);

/// Collects SVG elements. Coordinates are written with two decimals at most.
class Canvas {
 public:
  std::string out;
  static std::string number(double value);
  static std::string escaped(std::string_view text);
  Canvas& raw(std::string_view text);
  void line(double x1, double y1, double x2, double y2, const std::string& attributes);
  struct TextStyle {
    double size = 11;
    const char* anchor = "middle";  ///< start, middle, end
    std::string color = "#222222";
    bool bold = false, italic = false;
    double angle = 0;
  };
  /// (x, y) is the middle of the text's height.
  void text(double x, double y, std::string_view words, const TextStyle& style);
};

}  // namespace celloquy::plots::svg
