// Cells in the plane, coloured by a group or a number.

#include <algorithm>
#include <cmath>
#include <map>

#include "plots/label_places.hpp"
#include "plots/plots.hpp"
#include "plots/specification.hpp"

namespace celloquy::plots {
namespace {

constexpr double side = 420;  // pixels of the longer side
constexpr double shortest = 260;
constexpr double square_side = 2;  // pixels of one square of the grid
constexpr double label_size = 11;

/// The plane: ranges of both axes at the same scale, and the size in pixels.
struct Plane {
  Range x, y;
  double width, height;
  double to_pixel_x(double value) const { return (value - x.low) / x.span() * width; }
  double to_pixel_y(double value) const { return (y.high - value) / y.span() * height; }
  double from_pixel_x(double pixel) const { return x.low + pixel / width * x.span(); }
  double from_pixel_y(double pixel) const { return y.high - pixel / height * y.span(); }
};

bool drawable(const Layout& layout, std::size_t point) {
  return std::isfinite(layout.coordinates[point * layout.n_columns]) &&
         std::isfinite(layout.coordinates[point * layout.n_columns + 1]);
}
double x_of(const Layout& layout, std::size_t point) {
  return layout.coordinates[point * layout.n_columns];
}
double y_of(const Layout& layout, std::size_t point) {
  return layout.coordinates[point * layout.n_columns + 1];
}

Plane plane_of(const Layout& layout) {
  double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;
  for (std::size_t i = 0; i < layout.n_points(); ++i) {
    if (!drawable(layout, i)) continue;
    x0 = std::min(x0, x_of(layout, i)), x1 = std::max(x1, x_of(layout, i));
    y0 = std::min(y0, y_of(layout, i)), y1 = std::max(y1, y_of(layout, i));
  }
  if (!(x0 <= x1)) x0 = y0 = 0, x1 = y1 = 1;
  Plane plane{padded(x0, x1, 0.04), padded(y0, y1, 0.04), side, side};
  const double ratio = plane.y.span() / plane.x.span();
  const auto widen = [](Range& range, double factor) {
    const double middle = (range.low + range.high) / 2, half = range.span() / 2 * factor;
    range = {middle - half, middle + half};
  };
  if (ratio <= 1) {
    plane.height = std::max(shortest, side * ratio);
    widen(plane.y, plane.height / (side * ratio));
  } else {
    plane.width = std::max(shortest, side / ratio);
    widen(plane.x, plane.width / (side / ratio));
  }
  plane.width = std::round(plane.width);
  plane.height = std::round(plane.height);
  return plane;
}

/// Area of a point in square pixels: many cells, small points.
double point_area(std::size_t n_points) {
  return std::round(std::clamp(20'000.0 / double(std::max<std::size_t>(1, n_points)), 4.0, 32.0));
}

json axis_without_numbers(const std::string& title) {
  return {{"title", title}, {"labels", false}, {"ticks", false}};
}

json positions(const Plane& plane, const Layout& layout) {
  return {{"x", quantitative("x", plane.x, axis_without_numbers(layout.name + " 1"))},
          {"y", quantitative("y", plane.y, axis_without_numbers(layout.name + " 2"))}};
}

json mark_of(std::size_t n_points, bool gridded) {
  if (gridded)
    return {{"type", "square"}, {"size", square_side * square_side * 1.3}, {"opacity", 1}};
  return {{"type", "circle"},
          {"size", point_area(n_points)},
          {"opacity", n_points > 3000 ? 0.7 : 0.85}};
}

/// One square of the grid for very many cells.
struct Square {
  std::map<std::int32_t, std::uint32_t> groups;
  double sum = 0;
  std::uint32_t count = 0, missing = 0;
};
using Grid = std::map<std::pair<int, int>, Square>;

std::pair<int, int> square_of(const Plane& plane, const Layout& layout, std::size_t point) {
  return {static_cast<int>(plane.to_pixel_x(x_of(layout, point)) / square_side),
          static_cast<int>(plane.to_pixel_y(y_of(layout, point)) / square_side)};
}
double middle_x(const Plane& plane, const std::pair<int, int>& place) {
  return rounded(plane.from_pixel_x((place.first + 0.5) * square_side));
}
double middle_y(const Plane& plane, const std::pair<int, int>& place) {
  return rounded(plane.from_pixel_y((place.second + 0.5) * square_side));
}

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Names at the median place of each group, the largest group first.
json group_labels(const Plane& plane, const Layout& layout, const Groups& groups,
                  const std::vector<std::string>& names) {
  std::vector<std::vector<double>> x(names.size()), y(names.size());
  for (std::size_t i = 0; i < layout.n_points(); ++i) {
    const auto code = groups.codes[i];
    if (code < 0 || static_cast<std::size_t>(code) >= names.size() || !drawable(layout, i))
      continue;
    x[code].push_back(plane.to_pixel_x(x_of(layout, i)));
    y[code].push_back(plane.to_pixel_y(y_of(layout, i)));
  }
  std::vector<std::size_t> order;
  for (std::size_t code = 0; code < names.size(); ++code)
    if (!x[code].empty()) order.push_back(code);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return x[a].size() > x[b].size(); });
  std::vector<LabelRequest> requests;
  for (const auto code : order) requests.push_back({median(x[code]), median(y[code]), names[code]});
  const auto places = place_labels(requests, label_size, plane.width, plane.height, true);
  json rows = json::array();
  for (std::size_t i = 0; i < requests.size(); ++i)
    if (places[i])
      rows.push_back({{"x", rounded(plane.from_pixel_x(places[i]->x))},
                      {"y", rounded(plane.from_pixel_y(places[i]->y))},
                      {"group", requests[i].text}});
  return rows;
}

json text_layer(const json& rows, const json& place, bool halo) {
  json mark = {{"type", "text"}, {"fontSize", label_size}, {"fontWeight", "bold"}};
  if (halo) {
    mark["color"] = "white";
    mark["stroke"] = "white";
    mark["strokeWidth"] = 3;
    mark["opacity"] = 0.85;
  } else {
    mark["color"] = ink;
  }
  json encoding = place;
  encoding["text"] = {{"field", "group"}, {"type", "nominal"}};
  return {{"data", {{"values", rows}}}, {"mark", mark}, {"encoding", encoding}};
}

json grey_layer(json rows, const json& place, std::size_t n_points, bool gridded) {
  json mark = mark_of(n_points, gridded);
  mark["color"] = grey;
  return {{"data", {{"values", std::move(rows)}}}, {"mark", mark}, {"encoding", place}};
}

json frame(const Plane& plane, json layers) {
  return {{"width", plane.width}, {"height", plane.height}, {"layer", std::move(layers)}};
}

/// Rows of the coloured and of the grey layer.
struct Rows {
  json colored = json::array(), uncolored = json::array();
};

Rows group_rows(const Plane& plane, const Layout& layout, const Groups& groups,
                const std::vector<std::string>& names, bool gridded) {
  Rows rows;
  const auto add = [&](double x, double y, std::int32_t code) {
    const bool known = code >= 0 && static_cast<std::size_t>(code) < names.size();
    if (known)
      rows.colored.push_back({{"x", x}, {"y", y}, {"group", names[code]}});
    else
      rows.uncolored.push_back({{"x", x}, {"y", y}});
  };
  if (!gridded) {
    for (std::size_t i = 0; i < layout.n_points(); ++i)
      if (drawable(layout, i))
        add(rounded(x_of(layout, i)), rounded(y_of(layout, i)), groups.codes[i]);
    return rows;
  }
  Grid grid;
  for (std::size_t i = 0; i < layout.n_points(); ++i)
    if (drawable(layout, i)) ++grid[square_of(plane, layout, i)].groups[groups.codes[i]];
  for (const auto& [place, square] : grid) {
    const auto commonest =
        std::max_element(square.groups.begin(), square.groups.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    add(middle_x(plane, place), middle_y(plane, place), commonest->first);
  }
  return rows;
}

Rows value_rows(const Plane& plane, const Layout& layout, std::span<const float> values,
                bool gridded) {
  struct Point {
    double x, y, value;
  };
  std::vector<Point> points;
  Rows rows;
  const auto add = [&](double x, double y, double value) {
    if (std::isnan(value))
      rows.uncolored.push_back({{"x", x}, {"y", y}});
    else
      points.push_back({x, y, value});
  };
  if (!gridded) {
    for (std::size_t i = 0; i < layout.n_points(); ++i)
      if (drawable(layout, i)) add(rounded(x_of(layout, i)), rounded(y_of(layout, i)), values[i]);
  } else {
    Grid grid;
    for (std::size_t i = 0; i < layout.n_points(); ++i) {
      if (!drawable(layout, i)) continue;
      Square& square = grid[square_of(plane, layout, i)];
      if (std::isnan(values[i])) continue;
      square.sum += values[i];
      ++square.count;
    }
    for (const auto& [place, square] : grid)
      add(middle_x(plane, place), middle_y(plane, place),
          square.count ? square.sum / square.count : NAN);
  }
  std::stable_sort(points.begin(), points.end(),
                   [](const Point& a, const Point& b) { return a.value < b.value; });
  for (const auto& point : points)
    rows.colored.push_back({{"x", point.x}, {"y", point.y}, {"value", rounded(point.value)}});
  return rows;
}

}  // namespace

json embedding_by_group(const Text& title, const Layout& layout, const Groups& groups) {
  Specification spec;
  std::vector<std::string> names;
  for (const auto& name : groups.names) names.push_back(spec.say(name));
  const std::size_t n_points = std::min(layout.n_points(), groups.codes.size());
  Layout drawn = layout;
  drawn.coordinates = layout.coordinates.first(n_points * layout.n_columns);
  const bool gridded = n_points > most_points;
  const Plane plane = plane_of(drawn);
  const json place = positions(plane, drawn);
  Rows rows = group_rows(plane, drawn, groups, names, gridded);
  json layers = json::array();
  if (!rows.uncolored.empty())
    layers.push_back(grey_layer(std::move(rows.uncolored), place, n_points, gridded));
  json encoding = place;
  encoding["color"] = {{"field", "group"},
                       {"type", "nominal"},
                       {"scale", {{"domain", names}, {"range", group_colors(names.size())}}},
                       {"legend", {{"title", spec.say(groups.title)}}}};
  encoding["tooltip"] =
      json::array({{{"field", "group"}, {"type", "nominal"}, {"title", spec.say(groups.title)}}});
  layers.push_back({{"data", {{"values", std::move(rows.colored)}}},
                    {"mark", mark_of(n_points, gridded)},
                    {"encoding", encoding}});
  const json labels = group_labels(plane, drawn, groups, names);
  layers.push_back(text_layer(labels, place, true));
  layers.push_back(text_layer(labels, place, false));
  std::vector<Text> subtitle;
  if (gridded) subtitle.push_back(message("plots.gridded", {{"count", n_points}}));
  return spec.finish(frame(plane, std::move(layers)), title, subtitle);
}

json embedding_by_value(const Text& title, const Layout& layout, std::span<const float> values,
                        const Text& value_title) {
  Specification spec;
  const std::size_t n_points = std::min(layout.n_points(), values.size());
  Layout drawn = layout;
  drawn.coordinates = layout.coordinates.first(n_points * layout.n_columns);
  const bool gridded = n_points > most_points;
  const Plane plane = plane_of(drawn);
  const json place = positions(plane, drawn);
  Rows rows = value_rows(plane, drawn, values, gridded);
  std::vector<Text> subtitle;
  if (gridded) subtitle.push_back(message("plots.gridded_mean", {{"count", n_points}}));
  double low = 0, high = 1;
  if (!rows.colored.empty()) {  // ascending
    const auto at = [&](double share) {
      return rows
          .colored[static_cast<std::size_t>(share * double(rows.colored.size() - 1))]["value"]
          .get<double>();
    };
    low = std::min(0.0, at(0)), high = at(1);
    if (at(0) > 0 && at(0) > high / 2) low = at(0);
    // A few extreme cells must not make all the others look alike.
    if (low >= 0 && at(0.995) > 0 && high > 1.5 * at(0.995)) {
      subtitle.push_back(message("plots.clamped", {{"limit", at(0.995)}, {"largest", high}}));
      high = at(0.995);
    }
  }
  json layers = json::array();
  if (!rows.uncolored.empty())
    layers.push_back(grey_layer(std::move(rows.uncolored), place, n_points, gridded));
  json encoding = place;
  encoding["color"] = {{"field", "value"},
                       {"type", "quantitative"},
                       {"scale", color_scale(low, high)},
                       {"legend", {{"title", spec.say(value_title)}}}};
  encoding["tooltip"] = json::array(
      {{{"field", "value"}, {"type", "quantitative"}, {"title", spec.say(value_title)}}});
  layers.push_back({{"data", {{"values", std::move(rows.colored)}}},
                    {"mark", mark_of(n_points, gridded)},
                    {"encoding", encoding}});
  return spec.finish(frame(plane, std::move(layers)), title, subtitle);
}

}  // namespace celloquy::plots
