#include "plots/specification.hpp"

#include <cmath>
#include <cstdio>

#include "plots/text_metrics.hpp"

namespace celloquy::plots {
namespace {

struct Color {
  double red, green, blue;
};

Color parse_color(const std::string& text) {
  unsigned red = 0, green = 0, blue = 0;
  std::sscanf(text.c_str(), "#%2x%2x%2x", &red, &green, &blue);
  return {double(red), double(green), double(blue)};
}

/// Towards black (amount < 0) or white (amount > 0).
std::string shade(const std::string& text, double amount) {
  const Color color = parse_color(text);
  const double target = amount < 0 ? 0 : 255, share = std::abs(amount);
  const auto mix = [&](double value) {
    return static_cast<int>(std::lround(value + (target - value) * share));
  };
  char out[8];
  std::snprintf(out, sizeof out, "#%02x%02x%02x", mix(color.red), mix(color.green),
                mix(color.blue));
  return out;
}

}  // namespace

std::string Specification::say(const Text& text) {
  if (!text.zh.empty() && text.zh != text.en && !text.en.empty()) chinese_[text.en] = text.zh;
  return text.en.empty() ? text.zh : text.en;
}

json standard_config() {
  const char* font = "Helvetica, Arial, 'Noto Sans CJK SC', 'WenQuanYi Micro Hei', sans-serif";
  return {{"font", font},
          {"background", "white"},
          {"view", {{"stroke", nullptr}}},
          {"axis",
           {{"grid", false},
            {"domainColor", ink},
            {"tickColor", ink},
            {"labelColor", ink},
            {"titleColor", ink},
            {"labelFontSize", 11},
            {"titleFontSize", 12},
            {"titleFontWeight", "normal"}}},
          {"legend",
           {{"labelFontSize", 11},
            {"titleFontSize", 12},
            {"titleFontWeight", "normal"},
            {"labelColor", ink},
            {"titleColor", ink},
            {"labelLimit", 260},
            {"symbolLimit", 0}}},
          {"title",
           {{"fontSize", 14},
            {"anchor", "start"},
            {"color", ink},
            {"subtitleColor", "#666666"},
            {"subtitleFontSize", 11}}}};
}

json Specification::finish(json view, const Text& title, const std::vector<Text>& subtitle) {
  json spec = {{"$schema", "https://vega.github.io/schema/vega-lite/v5.json"},
               {"config", standard_config()}};
  json heading = {{"text", say(title)}};
  if (!subtitle.empty()) {
    heading["subtitle"] = json::array();
    for (const auto& line : subtitle) heading["subtitle"].push_back(say(line));
  }
  spec["title"] = std::move(heading);
  spec["usermeta"] = {{"celloquy", {{"zh", chinese_}}}};
  spec.update(view);
  return spec;
}

std::vector<std::string> group_colors(std::size_t count) {
  static const std::vector<std::string> base = {"#0072b2", "#e69f00", "#009e73", "#cc79a7",
                                                "#56b4e9", "#d55e00", "#f0e442", "#7f7f7f"};
  static constexpr double shades[] = {0, -0.42, 0.5, -0.68, 0.25};
  std::vector<std::string> colors;
  for (std::size_t i = 0; i < count; ++i)
    colors.push_back(shade(base[i % base.size()], shades[i / base.size() % std::size(shades)]));
  return colors;
}

json color_scale(double low, double high) {
  if (low < 0 && high > 0) {
    const double most = rounded(std::max(-low, high));
    return {{"domain", {-most, -most / 2, 0, most / 2, most}},
            {"range", {"#2166ac", "#92c5de", "#f0f0f0", "#f4a582", "#b2182b"}},
            {"interpolate", "rgb"},
            {"clamp", true}};
  }
  if (!(high > low)) high = low + 1;
  const std::vector<std::string> range{"#e4e4e4", "#a9bfdc", "#8c78b8", "#81308c", "#4d004b"};
  json domain = json::array();
  for (std::size_t i = 0; i < range.size(); ++i)
    domain.push_back(rounded(low + (high - low) * double(i) / double(range.size() - 1)));
  return {{"domain", domain}, {"range", range}, {"interpolate", "rgb"}, {"clamp", true}};
}

json viridis_scale() {
  const std::vector<std::string> range{"#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c",
                                       "#28ae80", "#5ec962", "#addc30", "#fde725"};
  json domain = json::array();
  for (std::size_t i = 0; i < range.size(); ++i) domain.push_back(double(i) / 8);
  return {{"domain", domain}, {"range", range}, {"interpolate", "rgb"}, {"clamp", true}};
}

double rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  const double scale = std::pow(10, 4 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

Range padded(double low, double high, double share) {
  if (!(high > low)) {
    const double half = low == 0 ? 1 : std::abs(low) * 0.1;
    low -= half;
    high += half;
  }
  const double more = (high - low) * share;
  return {low - more, high + more};
}

json quantitative(const char* field, const Range& domain, json axis) {
  return {
      {"field", field},
      {"type", "quantitative"},
      {"scale",
       {{"domain", {rounded(domain.low), rounded(domain.high)}}, {"nice", false}, {"zero", false}}},
      {"axis", std::move(axis)}};
}

json nominal(const char* field, const std::vector<std::string>& domain, json axis) {
  return {{"field", field},
          {"type", "nominal"},
          {"scale", {{"domain", domain}}},
          {"axis", std::move(axis)}};
}

}  // namespace celloquy::plots
