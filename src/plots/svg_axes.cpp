#include "plots/svg_axes.hpp"

#include <algorithm>
#include <cmath>

#include "plots/specification.hpp"
#include "plots/text_metrics.hpp"

namespace celloquy::plots::svg {
namespace {

constexpr double label_size = 11, title_size = 12, tick_length = 5, gap = 4;

struct Tick {
  double at;
  std::string text;
};

std::vector<Tick> number_ticks(const Scale& scale, bool horizontal) {
  const Position& p = scale.position();
  const Axis& axis = p.axis;
  // Fewer and fewer until no label touches the next one.
  int count = axis.tick_count ? axis.tick_count : static_cast<int>(std::ceil(scale.length() / 45));
  for (;; --count) {
    const auto values = axis.values.empty() ? nice_ticks(p.low, p.high, count) : axis.values;
    const double step = values.size() > 1 ? values[1] - values[0] : 0;
    std::vector<Tick> ticks;
    double widest = 0;
    for (const double value : values) {
      std::string text;
      if (axis.value_labels.empty())
        text = number_text(value, axis.format, step);
      else if (value >= 0 && value < double(axis.value_labels.size()))
        text = axis.value_labels[static_cast<std::size_t>(value)];
      text = shortened(text, label_size, axis.label_limit);
      widest = std::max(widest, text_width(text, label_size));
      ticks.push_back({scale.of_number(value), text});
    }
    double closest = scale.length();
    for (std::size_t i = 1; i < ticks.size(); ++i)
      closest = std::min(closest, std::abs(ticks[i].at - ticks[i - 1].at));
    const double needed = horizontal && axis.angle == 0 ? widest + 6 : label_size + 3;
    if (!axis.values.empty() || closest >= needed || count <= 2 || ticks.size() < 2) return ticks;
  }
}

std::vector<Tick> ticks_of(const Scale& scale, bool horizontal) {
  if (!scale.position().nominal) return number_ticks(scale, horizontal);
  std::vector<Tick> ticks;
  for (const auto& name : scale.position().categories)
    ticks.push_back(
        {*scale.of_category(name), shortened(name, label_size, scale.position().axis.label_limit)});
  return ticks;
}

/// Extent of the labels away from the axis.
double label_room(const Scale& scale, bool horizontal) {
  const Axis& axis = scale.position().axis;
  if (!axis.labels) return 0;
  double room = 0;
  for (const auto& tick : ticks_of(scale, horizontal)) {
    const double width = text_width(tick.text, label_size);
    if (!horizontal)
      room = std::max(room, width);
    else if (axis.angle == 0)
      room = std::max(room, label_size);
    else
      room = std::max(room, std::abs(std::sin(axis.angle * M_PI / 180)) * width + label_size * 0.7);
  }
  return room;
}

double before_labels(const Axis& axis) { return (axis.ticks ? tick_length : 1) + gap; }

}  // namespace

const Position* shared_position(const View& view, bool horizontal) {
  const Position* first = nullptr;
  for (const auto& layer : view.layers) {
    const Position& position = horizontal ? layer.x : layer.y;
    if (!position.present || position.pixels) continue;
    if (!first) first = &position;
    if (position.nominal != first->nominal || position.categories != first->categories ||
        position.low != first->low || position.high != first->high ||
        position.logarithmic != first->logarithmic)
      throw Unsupported{"layers with different scales"};
  }
  return first;
}

double axis_room(const Scale& scale, bool horizontal) {
  if (!scale || !scale.position().axis.shown) return 0;
  const Axis& axis = scale.position().axis;
  double room = before_labels(axis) + label_room(scale, horizontal);
  if (!axis.title.empty()) room += gap + 4 + title_size;
  return room;
}

void draw_axis(Canvas& canvas, const Scale& scale, const Size& area, bool horizontal) {
  if (!scale || !scale.position().axis.shown) return;
  const Axis& axis = scale.position().axis;
  const std::string stroke = std::string("stroke=\"") + ink + "\"";
  const double y0 = area.height;
  if (axis.line) {
    if (horizontal)
      canvas.line(0, y0, area.width, y0, stroke);
    else
      canvas.line(0, 0, 0, area.height, stroke);
  }
  const auto ticks = ticks_of(scale, horizontal);
  for (const auto& tick : ticks) {
    if (axis.ticks) {
      if (horizontal)
        canvas.line(tick.at, y0, tick.at, y0 + tick_length, stroke);
      else
        canvas.line(-tick_length, tick.at, 0, tick.at, stroke);
    }
    if (!axis.labels) continue;
    Canvas::TextStyle style;
    style.size = label_size;
    style.italic = axis.italic;
    style.angle = axis.angle;
    style.anchor = horizontal && axis.angle == 0 ? "middle" : "end";
    const double away = before_labels(axis);
    if (horizontal)
      canvas.text(tick.at, y0 + away + (axis.angle == 0 ? label_size / 2 : 0), tick.text, style);
    else
      canvas.text(-away, tick.at, tick.text, style);
  }
  if (axis.title.empty()) return;
  const double away = axis_room(scale, horizontal) - title_size / 2;
  Canvas::TextStyle style;
  style.size = title_size;
  if (horizontal) {
    canvas.text(area.width / 2, y0 + away,
                shortened(axis.title, title_size, std::max(area.width * 1.3, 120.0)), style);
  } else {
    style.angle = -90;
    canvas.text(-away, area.height / 2,
                shortened(axis.title, title_size, std::max(area.height * 1.3, 120.0)), style);
  }
}

namespace {

constexpr double legend_width = 190, row_height = 17, symbol_room = 20, between_legends = 16;

double draw_legend_title(Canvas* canvas, const std::string& title, double x, double y,
                         double& widest) {
  for (const auto& line : wrapped(title, title_size, legend_width)) {
    Canvas::TextStyle style;
    style.size = title_size;
    style.anchor = "start";
    if (canvas) canvas->text(x, y + title_size / 2, line, style);
    widest = std::max(widest, text_width(line, title_size));
    y += title_size + 3;
  }
  return y + 4;
}

void legend_label(Canvas* canvas, double x, double y, const std::string& text) {
  Canvas::TextStyle style;
  style.size = label_size;
  style.anchor = "start";
  if (canvas) canvas->text(x, y, text, style);
}

void symbol(Canvas* canvas, double x, double y, double radius, const std::string& fill) {
  if (canvas)
    canvas->raw("<circle cx=\"" + Canvas::number(x) + "\" cy=\"" + Canvas::number(y) + "\" r=\"" +
                Canvas::number(radius) + "\" " + fill + "/>\n");
}

/// Names with their colours, in as many columns as the height asks for.
Size group_legend(Canvas* canvas, const ColorChannel& color, double x, double y, double height) {
  Size size;
  const double top = draw_legend_title(canvas, color.legend.title, x, y, size.width);
  const auto n = color.categories.size();
  const auto most_rows =
      std::max<std::size_t>(6, static_cast<std::size_t>((height - 20) / row_height));
  const auto n_columns = std::max<std::size_t>(1, (n + most_rows - 1) / most_rows);
  const auto n_rows = (n + n_columns - 1) / n_columns;
  double left = x;
  for (std::size_t column = 0; column < n_columns; ++column) {
    double widest = 0;
    for (std::size_t row = 0; row < n_rows && column * n_rows + row < n; ++row) {
      const std::size_t i = column * n_rows + row;
      const std::string name = shortened(color.categories[i], label_size, 260);
      const double middle = top + row_height * (double(row) + 0.5);
      symbol(canvas, left + 6, middle, 5, "fill=\"" + Canvas::escaped(color.range[i]) + "\"");
      legend_label(canvas, left + symbol_room, middle, name);
      widest = std::max(widest, text_width(name, label_size));
    }
    left += symbol_room + widest + 14;
  }
  size.width = std::max(size.width, left - x - 14);
  size.height = top - y + row_height * double(n_rows);
  return size;
}

Size gradient_legend(Canvas* canvas, const ColorChannel& color, double x, double y, double height,
                     int number) {
  Size size;
  const double top = draw_legend_title(canvas, color.legend.title, x, y, size.width) + 4;
  const double length = std::clamp(height * 0.5, 70.0, 150.0), width = 13;
  const double low = color.domain.front(), high = color.domain.back();
  const auto place = [&](double value) {
    return top + length * (1 - (value - low) / (high - low));
  };
  if (canvas) {
    const std::string id = "gradient" + std::to_string(number);
    canvas->raw("<defs><linearGradient id=\"" + id + "\" x1=\"0\" y1=\"1\" x2=\"0\" y2=\"0\">");
    for (std::size_t i = 0; i < color.domain.size(); ++i)
      canvas->raw("<stop offset=\"" + Canvas::number((color.domain[i] - low) / (high - low)) +
                  "\" stop-color=\"" + Canvas::escaped(color.range[i]) + "\"/>");
    canvas->raw("</linearGradient></defs>\n<rect x=\"" + Canvas::number(x) + "\" y=\"" +
                Canvas::number(top) + "\" width=\"" + Canvas::number(width) + "\" height=\"" +
                Canvas::number(length) + "\" fill=\"url(#" + id + ")\"/>\n");
  }
  const auto ticks = nice_ticks(low, high, 4);
  const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : high - low;
  for (const double tick : ticks) {
    const std::string text = number_text(tick, color.legend.format, step);
    if (canvas)
      canvas->line(x + width, place(tick), x + width + 3, place(tick),
                   std::string("stroke=\"") + ink + "\"");
    legend_label(canvas, x + width + 6, place(tick), text);
    size.width = std::max(size.width, width + 6 + text_width(text, label_size));
  }
  size.height = top - y + length + 6;
  return size;
}

Size size_legend(Canvas* canvas, const SizeChannel& sizes, double x, double y) {
  Size size;
  double top = draw_legend_title(canvas, sizes.legend.title, x, y, size.width);
  const auto values =
      sizes.legend.values.empty() ? nice_ticks(sizes.low, sizes.high, 4) : sizes.legend.values;
  const double step = values.size() > 1 ? values[1] - values[0] : 0;
  const double room = 2 * std::sqrt(sizes.largest / M_PI);
  for (const double value : values) {
    const double share = (value - sizes.low) / (sizes.high - sizes.low);
    const double area = sizes.smallest + (sizes.largest - sizes.smallest) * share;
    const double radius = std::sqrt(std::max(0.0, area) / M_PI);
    const double height = std::max(row_height, 2 * radius + 3);
    const std::string text = number_text(value, sizes.legend.format, step);
    symbol(canvas, x + room / 2, top + height / 2, radius, "fill=\"#9a9a9a\"");
    legend_label(canvas, x + room + 8, top + height / 2, text);
    size.width = std::max(size.width, room + 8 + text_width(text, label_size));
    top += height;
  }
  size.height = top - y;
  return size;
}

}  // namespace

Size draw_legends(Canvas* canvas, const View& view, double x, int& gradient_number) {
  Size all;
  double y = 0;
  const auto add = [&](const Size& one) {
    all.width = std::max(all.width, one.width);
    all.height = y + one.height;
    y = all.height + between_legends;
  };
  for (const auto& layer : view.layers) {
    const double height = std::max(view.height, 120.0);
    if (layer.size.present && layer.size.legend.shown) add(size_legend(canvas, layer.size, x, y));
    if (!layer.color.legend.shown) continue;
    if (layer.color.kind == ColorChannel::Kind::nominal)
      add(group_legend(canvas, layer.color, x, y, height));
    else if (layer.color.kind == ColorChannel::Kind::quantitative)
      add(gradient_legend(canvas, layer.color, x, y, height, canvas ? gradient_number++ : 0));
  }
  return all;
}

}  // namespace celloquy::plots::svg
