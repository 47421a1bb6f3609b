#include "plots/svg_marks.hpp"

#include <cmath>
#include <map>

namespace celloquy::plots::svg {
namespace {

std::optional<double> number_in(const json& row, const std::string& field) {
  const auto found = row.find(field);
  if (found == row.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}
std::string text_in(const json& row, const std::string& field) {
  const auto found = row.find(field);
  if (found == row.end()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

/// From and to on one axis: equal for a point, the band's edges for a category
/// of a rect, both fields where there is a second one, the whole axis where the
/// channel is missing.
struct Extent {
  double from, to;
  double middle() const { return (from + to) / 2; }
};
std::optional<Extent> extent(const json& row, const Position& channel, const std::string& second,
                             const Scale& scale, bool banded) {
  if (channel.pixels) return Extent{*channel.pixels, *channel.pixels};
  if (!channel.present) return Extent{0, scale ? scale.length() : 0};
  if (channel.nominal) {
    const auto at = scale.of_category(text_in(row, channel.field));
    if (!at) return std::nullopt;
    const double half = banded ? scale.band() / 2 : 0;
    return Extent{*at - half, *at + half};
  }
  const auto from = number_in(row, channel.field);
  const auto to = second.empty() ? from : number_in(row, second);
  if (!from || !to || !std::isfinite(*from) || !std::isfinite(*to)) return std::nullopt;
  return Extent{scale.of_number(*from), scale.of_number(*to)};
}

/// The colour that the data give, if they do.
std::optional<std::string> data_color(const json& row, const ColorChannel& color) {
  if (color.kind == ColorChannel::Kind::nominal) {
    const auto name = text_in(row, color.field);
    for (std::size_t i = 0; i < color.categories.size(); ++i)
      if (color.categories[i] == name) return color.range[i];
    return std::nullopt;
  }
  if (color.kind == ColorChannel::Kind::quantitative)
    if (const auto value = number_in(row, color.field)) return color_at(color, *value);
  return std::nullopt;
}

double area_of(const json& row, const Layer& layer) {
  if (!layer.size.present) return layer.mark.size;
  const auto value = number_in(row, layer.size.field);
  if (!value) return 0;
  const SizeChannel& s = layer.size;
  const double share = (*value - s.low) / (s.high - s.low);
  return std::max(0.0, s.smallest + (s.largest - s.smallest) * share);
}

std::string attribute(const char* name, std::string_view value) {
  return std::string(" ") + name + "=\"" + Canvas::escaped(value) + "\"";
}
std::string attribute(const char* name, double value) {
  return std::string(" ") + name + "=\"" + Canvas::number(value) + "\"";
}

void draw_area(Canvas& canvas, const Layer& layer, const Scale& x, const Scale& y) {
  // One outline for each colour group, in the order of the rows.
  struct Outline {
    std::string color, there, back;
  };
  std::vector<std::string> order;
  std::map<std::string, Outline> outlines;
  for (const auto& row : *layer.rows) {
    const auto across = extent(row, layer.x, layer.x2, x, false);
    const auto along = extent(row, layer.y, "", y, false);
    if (!across || !along) continue;
    const std::string key = text_in(row, layer.color.field);
    auto [found, added] = outlines.try_emplace(key);
    if (added) {
      order.push_back(key);
      found->second.color = data_color(row, layer.color).value_or("#4c78a8");
    }
    const std::string height = Canvas::number(along->from);
    found->second.there += " " + Canvas::number(across->from) + "," + height;
    found->second.back = " " + Canvas::number(across->to) + "," + height + found->second.back;
  }
  for (const auto& key : order) {
    const auto& outline = outlines[key];
    canvas.raw("<polygon points=\"" + (outline.there + outline.back).substr(1) + "\"" +
               attribute("fill", outline.color) + "/>\n");
  }
}

void draw_text(Canvas& canvas, const Layer& layer, const json& row, double x, double y,
               const std::string& color) {
  Canvas::TextStyle style;
  style.size = layer.mark.font_size;
  style.color = color;
  style.bold = layer.mark.weight == "bold";
  style.italic = layer.mark.style == "italic";
  style.anchor = layer.mark.align == "left"    ? "start"
                 : layer.mark.align == "right" ? "end"
                                               : "middle";
  canvas.text(x + layer.mark.dx, y + layer.mark.dy, text_in(row, layer.text), style);
}

void draw_symbol(Canvas& canvas, const Layer& layer, const json& row, double x, double y,
                 const std::string& fill) {
  const double area = area_of(row, layer);
  if (area <= 0) return;
  if (layer.mark.type == "circle") {
    canvas.raw("<circle" + attribute("cx", x) + attribute("cy", y) +
               attribute("r", std::sqrt(area / M_PI)) + fill + "/>\n");
    return;
  }
  const double side = std::sqrt(area);
  canvas.raw("<rect" + attribute("x", x - side / 2) + attribute("y", y - side / 2) +
             attribute("width", side) + attribute("height", side) + fill + "/>\n");
}

/// What all marks of the layer have in common, so that it is written once.
std::string common_attributes(const Layer& layer) {
  const Mark& mark = layer.mark;
  std::string out;
  if (mark.opacity < 1) out += attribute("opacity", mark.opacity);
  const bool rule = mark.type == "rule";
  if (rule || !mark.stroke.empty()) {
    if (!mark.stroke.empty()) out += attribute("stroke", mark.stroke);
    out += attribute("stroke-width", mark.stroke_width);
    if (mark.type == "text") out += attribute("stroke-linejoin", "round");
  }
  // Rectangles that touch leave no hairlines between them.
  if (mark.type == "rect" || mark.type == "square")
    out += attribute("shape-rendering", "crispEdges");
  if (!mark.dash.empty()) {
    std::string dash;
    for (const double piece : mark.dash) dash += (dash.empty() ? "" : ",") + Canvas::number(piece);
    out += attribute("stroke-dasharray", dash);
  }
  const bool data_colored = layer.color.kind != ColorChannel::Kind::none;
  if (!data_colored && mark.type != "text")
    out += attribute(rule ? "stroke" : "fill", mark.color.empty() ? "#4c78a8" : mark.color);
  return out;
}

}  // namespace

void draw_marks(Canvas& canvas, const Layer& layer, const Scale& x, const Scale& y) {
  canvas.raw("<g" + common_attributes(layer) + ">\n");
  const std::string& type = layer.mark.type;
  if (type == "area") draw_area(canvas, layer, x, y);
  const bool data_colored = layer.color.kind != ColorChannel::Kind::none;
  for (const auto& row : *layer.rows) {
    if (type == "area") break;
    const auto across = extent(row, layer.x, layer.x2, x, type == "rect");
    const auto along = extent(row, layer.y, layer.y2, y, type == "rect");
    if (!across || !along) continue;
    const auto color = data_color(row, layer.color);
    if (data_colored && !color) continue;
    const std::string fill = color ? attribute("fill", *color) : "";
    if (type == "rect") {
      canvas.raw("<rect" + attribute("x", std::min(across->from, across->to)) +
                 attribute("y", std::min(along->from, along->to)) +
                 attribute("width", std::abs(across->to - across->from)) +
                 attribute("height", std::abs(along->to - along->from)) + fill + "/>\n");
    } else if (type == "rule") {
      canvas.line(across->from, along->from, across->to, along->to,
                  color ? attribute("stroke", *color).substr(1) : "");
    } else if (type == "text") {
      draw_text(canvas, layer, row, across->middle(), along->middle(),
                color                      ? *color
                : layer.mark.color.empty() ? "#222222"
                                           : layer.mark.color);
    } else {
      draw_symbol(canvas, layer, row, across->middle(), along->middle(), fill);
    }
  }
  canvas.raw("</g>\n");
}

}  // namespace celloquy::plots::svg
