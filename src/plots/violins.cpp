// Distribution of a number in each group.

#include <algorithm>
#include <cmath>

#include "plots/plots.hpp"
#include "plots/specification.hpp"
#include "plots/text_metrics.hpp"

namespace celloquy::plots {
namespace {

constexpr int curve_points = 80;
constexpr double half_width = 0.42;  // of the distance between two groups
constexpr std::size_t fewest_for_curve = 3;

double quantile(const std::vector<double>& ascending, double share) {
  const double at = share * double(ascending.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const auto high = std::min(low + 1, ascending.size() - 1);
  return ascending[low] + (at - double(low)) * (ascending[high] - ascending[low]);
}

/// Gaussian kernel density at `curve_points` places from the smallest to the
/// largest value (Silverman's bandwidth); largest = 1. Binned first, so that
/// the cost does not grow with the square of the cells.
std::vector<double> density(const std::vector<double>& ascending) {
  const double low = ascending.front(), high = ascending.back();
  double mean = 0, square = 0;
  for (const double value : ascending) mean += value;
  mean /= double(ascending.size());
  for (const double value : ascending) square += (value - mean) * (value - mean);
  const double deviation = std::sqrt(square / double(ascending.size()));
  const double quartiles = (quantile(ascending, 0.75) - quantile(ascending, 0.25)) / 1.34;
  const double spread = quartiles > 0 ? std::min(deviation, quartiles) : deviation;
  const double step = (high - low) / (curve_points - 1);
  const double bandwidth = std::max(0.9 * spread * std::pow(double(ascending.size()), -0.2), step);
  std::vector<double> bins(curve_points, 0), curve(curve_points, 0);
  for (const double value : ascending)
    bins[static_cast<std::size_t>(std::lround((value - low) / step))] += 1;
  for (int i = 0; i < curve_points; ++i)
    for (int j = 0; j < curve_points; ++j) {
      const double z = (i - j) * step / bandwidth;
      curve[i] += bins[j] * std::exp(-0.5 * z * z);
    }
  const double most = *std::max_element(curve.begin(), curve.end());
  for (double& value : curve) value /= most;
  return curve;
}

struct Drawing {
  json curves = json::array(), boxes = json::array(), medians = json::array(),
       singles = json::array();
};

void draw_group(std::vector<double>& values, std::size_t place, const std::string& name,
                Drawing& drawing) {
  std::sort(values.begin(), values.end());
  const bool flat = values.front() == values.back();
  if (values.size() < fewest_for_curve || flat) {
    for (const double value : flat ? std::vector<double>{values.front()} : values)
      drawing.singles.push_back({{"from", double(place) - half_width / 2},
                                 {"to", double(place) + half_width / 2},
                                 {"value", rounded(value)},
                                 {"group", name}});
    return;
  }
  const auto curve = density(values);
  const double step = (values.back() - values.front()) / (curve_points - 1);
  for (int i = 0; i < curve_points; ++i)
    drawing.curves.push_back({{"value", rounded(values.front() + i * step)},
                              {"from", rounded(double(place) - half_width * curve[i])},
                              {"to", rounded(double(place) + half_width * curve[i])},
                              {"group", name}});
  const json row = {{"place", place},
                    {"low", rounded(quantile(values, 0.25))},
                    {"high", rounded(quantile(values, 0.75))},
                    {"value", rounded(quantile(values, 0.5))},
                    {"cells", values.size()},
                    {"group", name}};
  drawing.boxes.push_back(row);
  drawing.medians.push_back(row);
}

json layer(json rows, json mark, json encoding) {
  return {{"data", {{"values", std::move(rows)}}},
          {"mark", std::move(mark)},
          {"encoding", std::move(encoding)}};
}

}  // namespace

json violins(const Text& title, std::span<const float> values, const Text& value_title,
             const Groups& groups) {
  Specification spec;
  std::vector<std::string> names;
  for (const auto& name : groups.names) names.push_back(spec.say(name));
  std::vector<std::vector<double>> by_group(names.size());
  double low = 0, high = 0;
  for (std::size_t i = 0; i < std::min(values.size(), groups.codes.size()); ++i) {
    const auto code = groups.codes[i];
    if (code < 0 || static_cast<std::size_t>(code) >= names.size() || !std::isfinite(values[i]))
      continue;
    by_group[code].push_back(values[i]);
    low = std::min<double>(low, values[i]), high = std::max<double>(high, values[i]);
  }
  Drawing drawing;
  for (std::size_t place = 0; place < names.size(); ++place)
    if (!by_group[place].empty()) draw_group(by_group[place], place, names[place], drawing);

  const double step =
      std::clamp(700.0 / double(std::max<std::size_t>(1, names.size())), 30.0, 76.0);
  double longest = 0;
  for (const auto& name : names) longest = std::max(longest, text_width(name, 11));
  std::vector<int> ticks(names.size());
  for (std::size_t i = 0; i < ticks.size(); ++i) ticks[i] = static_cast<int>(i);
  json axis = {{"title", spec.say(groups.title)},
               {"values", ticks},
               {"labelExpr", json(names).dump() + "[datum.value]"},
               {"labelAngle", longest > step - 4 ? -45 : 0},
               {"labelOverlap", false},
               {"ticks", false}};
  const json x = quantitative("from", {-0.6, double(names.size()) - 0.4}, axis);
  const json y = quantitative("value", padded(low, high, low < 0 ? 0.04 : 0.02),
                              {{"title", spec.say(value_title)}});
  const auto at = [&](const char* field) {
    json out = x;
    out["field"] = field;
    return out;
  };
  json y_low = y;
  y_low["field"] = "low";
  const json color = {{"field", "group"},
                      {"type", "nominal"},
                      {"scale", {{"domain", names}, {"range", group_colors(names.size())}}},
                      {"legend", nullptr}};
  const json tooltip =
      json::array({{{"field", "group"}, {"type", "nominal"}, {"title", spec.say(groups.title)}},
                   {{"field", "value"}, {"type", "quantitative"}, {"title", spec.say(value_title)}},
                   {{"field", "cells"},
                    {"type", "quantitative"},
                    {"title", spec.say(message("plots.cells"))}}});
  json layers = json::array();
  layers.push_back(layer(std::move(drawing.curves),
                         {{"type", "area"}, {"orient", "horizontal"}, {"opacity", 0.85}},
                         {{"x", x}, {"x2", {{"field", "to"}}}, {"y", y}, {"color", color}}));
  layers.push_back(layer(std::move(drawing.singles), {{"type", "rule"}, {"strokeWidth", 2}},
                         {{"x", x}, {"x2", {{"field", "to"}}}, {"y", y}, {"color", color}}));
  layers.push_back(layer(std::move(drawing.boxes),
                         {{"type", "rule"}, {"strokeWidth", 4}, {"color", ink}},
                         {{"x", at("place")}, {"y", y_low}, {"y2", {{"field", "high"}}}}));
  layers.push_back(layer(std::move(drawing.medians),
                         {{"type", "circle"},
                          {"size", 30},
                          {"color", "white"},
                          {"stroke", ink},
                          {"strokeWidth", 1},
                          {"opacity", 1}},
                         {{"x", at("place")}, {"y", y}, {"tooltip", tooltip}}));
  return spec.finish({{"width", std::round(step * double(std::max<std::size_t>(2, names.size())))},
                      {"height", 280},
                      {"layer", std::move(layers)}},
                     title);
}

}  // namespace celloquy::plots
