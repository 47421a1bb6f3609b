#pragma once
// What the figures of this room have in common: frame, colours, numbers.

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace celloquy::plots {

using nlohmann::json;

/// Collects a specification and the Chinese of every English word used in it.
class Specification {
 public:
  /// The English, to be put into the specification.
  std::string say(const Text& text);
  /// Frame, title and configuration around `view` (mark, layers or hconcat).
  json finish(json view, const Text& title, const std::vector<Text>& subtitle = {});

 private:
  json chinese_ = json::object();
};

/// Fonts, sizes and line colours of every figure; the SVG renderer knows no others.
json standard_config();

/// Distinct colours, safe for the common kinds of colour blindness: Okabe & Ito
/// (2008); beyond eight, darker and lighter shades of them, told apart by lightness.
std::vector<std::string> group_colors(std::size_t count);
inline constexpr const char* grey = "#c8c8c8";
inline constexpr const char* ink = "#222222";
inline constexpr const char* warning_color = "#d55e00";

/// {"domain","range","interpolate"} for a number: light grey to dark purple
/// from `low` to `high`; where both signs occur blue, white, red around zero.
json color_scale(double low, double high);
/// Viridis from 0 to 1, for filled rectangles.
json viridis_scale();

/// Short enough for a file, fine enough for a figure: 5 significant digits.
double rounded(double value);

/// A range that is never empty, widened by `share` of itself on both sides.
struct Range {
  double low, high;
  double span() const { return high - low; }
};
Range padded(double low, double high, double share);

json quantitative(const char* field, const Range& domain, json axis);
json nominal(const char* field, const std::vector<std::string>& domain, json axis);

}  // namespace celloquy::plots
