#include "plots/svg.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "plots/plots.hpp"
#include "plots/specification.hpp"
#include "plots/svg_axes.hpp"
#include "plots/svg_marks.hpp"
#include "plots/text_metrics.hpp"

namespace celloquy::plots {
namespace svg {
namespace {

constexpr double margin = 14, legend_gap = 22;

/// A view with its scales and the room around its plot area.
struct Panel {
  const View* view;
  Scale x, y;
  double left, right, bottom, legend_height;
  double full_width() const { return left + view->width + right; }
};

Panel lay_out(const View& view) {
  Panel panel{&view, {}, {}, 0, 0, 0, 0};
  if (const auto* x = shared_position(view, true)) panel.x = Scale(*x, view.width, false);
  if (const auto* y = shared_position(view, false)) {
    // Categories run downwards, numbers upwards.
    panel.y = Scale(*y, view.height, !y->nominal);
  }
  panel.left = axis_room(panel.y, false);
  panel.bottom = axis_room(panel.x, true);
  int none = 0;
  const Size legends = draw_legends(nullptr, view, 0, none);
  panel.right = legends.width > 0 ? legend_gap + legends.width : 0;
  panel.legend_height = legends.height;
  // A slanted label of the first tick may begin left of the axis; the last
  // number of the axis may end right of it.
  if (panel.x && panel.x.position().axis.shown && panel.x.position().axis.angle == -45 &&
      !panel.x.position().axis.value_labels.empty()) {
    const auto& labels = panel.x.position().axis.value_labels;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const double begins = panel.x.of_number(double(i)) - 0.71 * text_width(labels[i], 11) - 8;
      panel.left = std::max(panel.left, -begins);
    }
  }
  panel.right = std::max(panel.right, 10.0);
  return panel;
}

double draw_title(Canvas& canvas, const Figure& figure, double width) {
  double y = margin;
  Canvas::TextStyle style;
  style.anchor = "start";
  style.size = 14;
  style.bold = true;
  for (const auto& line : wrapped(figure.title, 14 * 1.08, width)) {
    canvas.text(margin, y + 7, line, style);
    y += 19;
  }
  style.size = 11;
  style.bold = false;
  style.color = "#666666";
  for (const auto& text : figure.subtitle)
    for (const auto& line : wrapped(text, 11, width)) {
      canvas.text(margin, y + 6, line, style);
      y += 15;
    }
  return y + (figure.title.empty() ? 0 : figure.views.size() > 1 ? 18 : 10);
}

std::string draw(const Figure& figure) {
  std::vector<Panel> panels;
  double width = 0, height = 0, below = 0;
  for (const auto& view : figure.views) {
    panels.push_back(lay_out(view));
    width += panels.back().full_width() + (panels.size() > 1 ? figure.spacing : 0);
    height = std::max(height, view.height);
    below = std::max({below, panels.back().bottom, panels.back().legend_height - view.height});
  }
  width = std::max(width, 240.0);
  Canvas canvas;
  const double top = draw_title(canvas, figure, width);
  double x = margin;
  int gradients = 0;
  for (const auto& panel : panels) {
    const View& view = *panel.view;
    const Size area{view.width, view.height};
    canvas.raw("<g transform=\"translate(" + Canvas::number(x + panel.left) + "," +
               Canvas::number(top) + ")\">\n");
    for (const auto& layer : view.layers) draw_marks(canvas, layer, panel.x, panel.y);
    draw_axis(canvas, panel.x, area, true);
    draw_axis(canvas, panel.y, area, false);
    draw_legends(&canvas, view, view.width + legend_gap, gradients);
    canvas.raw("</g>\n");
    x += panel.full_width() + figure.spacing;
  }
  const std::string w = Canvas::number(std::ceil(width + 2 * margin));
  const std::string h = Canvas::number(std::ceil(top + height + below + margin));
  const std::string font = standard_config()["font"].get<std::string>();
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + w + "\" height=\"" + h +
         "\" viewBox=\"0 0 " + w + " " + h + "\" font-family=\"" + font +
         "\" role=\"img\" aria-label=\"" + Canvas::escaped(figure.title) +
         "\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n" + canvas.out + "</svg>\n";
}

}  // namespace
}  // namespace svg

Expected<std::string> render_svg(const nlohmann::json& spec, Language language) {
  const auto refuse = [](const std::string& what) {
    return failure(ErrorCode::cannot_answer, "plots.not_supported", {{"what", what}});
  };
  try {
    const auto words = localized(spec, language);
    return svg::draw(svg::read_figure(words));
  } catch (const svg::Unsupported& unsupported) {
    return refuse(unsupported.what);
  } catch (const nlohmann::json::exception& error) {
    return refuse(error.what());
  }
}

}  // namespace celloquy::plots
