#include "plots/svg_figure.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string_view>

#include "plots/specification.hpp"

namespace celloquy::plots::svg {
namespace {

using Keys = std::initializer_list<std::string_view>;

void allow(const json& object, std::string_view where, Keys keys) {
  if (!object.is_object()) throw Unsupported{std::string(where) + " is not an object"};
  for (const auto& [key, value] : object.items())
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      throw Unsupported{std::string(where) + "." + key};
}

template <class T>
T value_of(const json& object, const char* key, T otherwise) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? otherwise : found->get<T>();
}

const json& empty_rows() {
  static const json none = json::array();
  return none;
}

const json* rows_of(const json& data) {
  allow(data, "data", {"values"});
  if (!data.at("values").is_array()) throw Unsupported{"data.values"};
  return &data.at("values");
}

std::vector<std::string> expression_labels(const std::string& text) {
  const auto end = text.rfind("[datum.value]");
  const json names = json::parse(text.substr(0, end), nullptr, false);
  if (end == std::string::npos || !names.is_array()) throw Unsupported{"axis.labelExpr"};
  return names.get<std::vector<std::string>>();
}

Axis read_axis(const json& axis) {
  Axis out;
  if (axis.is_null()) return out;
  allow(axis, "axis",
        {"title", "labels", "ticks", "domain", "format", "values", "labelExpr", "labelAngle",
         "labelFontStyle", "labelLimit", "tickCount", "labelOverlap"});
  out.shown = true;
  out.title = value_of<std::string>(axis, "title", "");
  out.labels = value_of(axis, "labels", true);
  out.ticks = value_of(axis, "ticks", true);
  out.line = value_of(axis, "domain", true);
  out.format = value_of<std::string>(axis, "format", "");
  out.values = value_of<std::vector<double>>(axis, "values", {});
  if (axis.contains("labelExpr")) out.value_labels = expression_labels(axis["labelExpr"]);
  out.angle = value_of(axis, "labelAngle", 0.0);
  out.italic = value_of<std::string>(axis, "labelFontStyle", "") == "italic";
  out.label_limit = value_of(axis, "labelLimit", 180.0);
  out.tick_count = value_of(axis, "tickCount", 0);
  return out;
}

Position read_position(const json& channel, const char* where) {
  Position out;
  out.present = true;
  if (channel.contains("value")) {
    allow(channel, where, {"value"});
    out.pixels = channel["value"].get<double>();
    return out;
  }
  allow(channel, where, {"field", "type", "scale", "axis"});
  out.field = channel.at("field").get<std::string>();
  const auto type = channel.at("type").get<std::string>();
  const json& scale = channel.at("scale");
  allow(scale, "scale", {"domain", "nice", "zero", "type", "paddingInner"});
  if (type == "nominal") {
    out.nominal = true;
    out.categories = scale.at("domain").get<std::vector<std::string>>();
    out.padding = value_of(scale, "paddingInner", 0.0);
  } else if (type == "quantitative") {
    const auto domain = scale.at("domain").get<std::vector<double>>();
    const auto kind = value_of<std::string>(scale, "type", "linear");
    if (value_of(scale, "nice", true) || domain.size() != 2) throw Unsupported{"scale.domain"};
    out.low = domain[0], out.high = domain[1];
    out.logarithmic = kind == "log";
    if ((kind != "linear" && kind != "log") || !(out.low < out.high) ||
        (out.logarithmic && out.low <= 0))
      throw Unsupported{"scale.type " + kind};
  } else {
    throw Unsupported{"type " + type};
  }
  out.axis = read_axis(channel.at("axis"));
  return out;
}

Legend read_legend(const json& channel) {
  Legend out;
  const json legend = channel.value("legend", json());
  if (legend.is_null()) return out;
  allow(legend, "legend", {"title", "format", "values"});
  out.shown = true;
  out.title = value_of<std::string>(legend, "title", "");
  out.format = value_of<std::string>(legend, "format", "");
  out.values = value_of<std::vector<double>>(legend, "values", {});
  return out;
}

ColorChannel read_color(const json& channel) {
  ColorChannel out;
  allow(channel, "color", {"field", "type", "scale", "legend"});
  out.field = channel.at("field").get<std::string>();
  const json& scale = channel.at("scale");
  allow(scale, "color.scale", {"domain", "range", "interpolate", "clamp"});
  out.range = scale.at("range").get<std::vector<std::string>>();
  if (channel.at("type") == "nominal") {
    out.kind = ColorChannel::Kind::nominal;
    out.categories = scale.at("domain").get<std::vector<std::string>>();
    if (out.range.size() < out.categories.size()) throw Unsupported{"color.scale.range"};
  } else if (channel.at("type") == "quantitative" && scale.value("interpolate", "") == "rgb") {
    out.kind = ColorChannel::Kind::quantitative;
    out.domain = scale.at("domain").get<std::vector<double>>();
    if (out.range.size() != out.domain.size() || out.domain.size() < 2 ||
        !std::is_sorted(out.domain.begin(), out.domain.end()) ||
        !(out.domain.front() < out.domain.back()))
      throw Unsupported{"color.scale.domain"};
  } else {
    throw Unsupported{"color.type"};
  }
  out.legend = read_legend(channel);
  return out;
}

SizeChannel read_size(const json& channel) {
  SizeChannel out;
  allow(channel, "size", {"field", "type", "scale", "legend"});
  allow(channel.at("scale"), "size.scale", {"domain", "range"});
  if (channel.at("type") != "quantitative") throw Unsupported{"size.type"};
  const auto domain = channel["scale"].at("domain").get<std::vector<double>>();
  const auto range = channel["scale"].at("range").get<std::vector<double>>();
  if (domain.size() != 2 || range.size() != 2 || !(domain[0] < domain[1]))
    throw Unsupported{"size.scale"};
  out.present = true;
  out.field = channel.at("field").get<std::string>();
  out.low = domain[0], out.high = domain[1], out.smallest = range[0], out.largest = range[1];
  out.legend = read_legend(channel);
  return out;
}

Mark read_mark(const json& mark) {
  allow(mark, "mark",
        {"type", "color", "stroke", "align", "fontWeight", "fontStyle", "size", "opacity",
         "strokeWidth", "fontSize", "dx", "dy", "strokeDash", "orient"});
  Mark out;
  out.type = mark.at("type").get<std::string>();
  const Keys known{"circle", "square", "rect", "rule", "text", "area"};
  if (std::find(known.begin(), known.end(), out.type) == known.end())
    throw Unsupported{"mark " + out.type};
  if (out.type == "area" && mark.value("orient", "") != "horizontal")
    throw Unsupported{"mark.orient"};
  out.color = value_of<std::string>(mark, "color", "");
  out.stroke = value_of<std::string>(mark, "stroke", "");
  out.align = value_of<std::string>(mark, "align", "center");
  out.weight = value_of<std::string>(mark, "fontWeight", "");
  out.style = value_of<std::string>(mark, "fontStyle", "");
  out.size = value_of(mark, "size", 30.0);
  out.opacity = value_of(mark, "opacity", 1.0);
  out.stroke_width = value_of(mark, "strokeWidth", 1.0);
  out.font_size = value_of(mark, "fontSize", 11.0);
  out.dx = value_of(mark, "dx", 0.0);
  out.dy = value_of(mark, "dy", 0.0);
  out.dash = value_of<std::vector<double>>(mark, "strokeDash", {});
  return out;
}

Layer read_layer(const json& unit, const json* inherited) {
  Layer layer;
  layer.rows = unit.contains("data") ? rows_of(unit["data"]) : inherited;
  layer.mark = read_mark(unit.at("mark"));
  const json& encoding = unit.at("encoding");
  allow(encoding, "encoding", {"x", "y", "x2", "y2", "color", "size", "text", "tooltip"});
  if (encoding.contains("x")) layer.x = read_position(encoding["x"], "x");
  if (encoding.contains("y")) layer.y = read_position(encoding["y"], "y");
  const auto field = [&](const char* channel, Keys keys) -> std::string {
    if (!encoding.contains(channel)) return "";
    allow(encoding[channel], channel, keys);
    return encoding[channel].at("field").get<std::string>();
  };
  layer.x2 = field("x2", {"field"});
  layer.y2 = field("y2", {"field"});
  layer.text = field("text", {"field", "type"});
  if (encoding.contains("color")) layer.color = read_color(encoding["color"]);
  if (encoding.contains("size")) layer.size = read_size(encoding["size"]);
  if (layer.mark.type == "text" && layer.text.empty()) throw Unsupported{"text without field"};
  return layer;
}

View read_view(const json& spec, const json* inherited) {
  View view;
  view.width = spec.at("width").get<double>();
  view.height = spec.at("height").get<double>();
  if (!(view.width > 0 && view.width < 20'000 && view.height > 0 && view.height < 20'000))
    throw Unsupported{"width or height"};
  if (spec.contains("data")) inherited = rows_of(spec["data"]);
  if (!inherited) inherited = &empty_rows();
  if (spec.contains("layer")) {
    for (const auto& unit : spec["layer"]) {
      allow(unit, "layer", {"data", "mark", "encoding"});
      view.layers.push_back(read_layer(unit, inherited));
    }
  } else {
    view.layers.push_back(read_layer(spec, inherited));
  }
  return view;
}

}  // namespace

Figure read_figure(const json& spec) {
  allow(spec, "specification",
        {"$schema", "config", "title", "usermeta", "width", "height", "data", "mark", "encoding",
         "layer", "hconcat", "spacing"});
  if (spec.value("$schema", "").find("vega-lite/v5") == std::string::npos)
    throw Unsupported{"$schema"};
  if (spec.value("config", standard_config()) != standard_config()) throw Unsupported{"config"};
  Figure figure;
  if (spec.contains("title")) {
    allow(spec["title"], "title", {"text", "subtitle"});
    figure.title = spec["title"].at("text").get<std::string>();
    figure.subtitle = spec["title"].value("subtitle", std::vector<std::string>{});
  }
  figure.spacing = spec.value("spacing", 20.0);
  if (!spec.contains("hconcat")) {
    figure.views.push_back(read_view(spec, nullptr));
    return figure;
  }
  for (const auto& view : spec["hconcat"]) {
    allow(view, "hconcat", {"width", "height", "data", "mark", "encoding", "layer"});
    figure.views.push_back(read_view(view, nullptr));
  }
  return figure;
}

}  // namespace celloquy::plots::svg
