// Numbers that change step by step, as lines.

#include <algorithm>
#include <cmath>

#include "plots/plots.hpp"
#include "plots/specification.hpp"

namespace celloquy::plots {
namespace {

constexpr double panel_width = 300, panel_height = 200;
constexpr std::size_t most_segments = 500;

json panel_view(Specification& spec, const CurvePanel& panel, const Text& x_title,
                std::span<const double> x) {
  const std::size_t n = std::min(x.size(), panel.values.size());
  const std::size_t stride = std::max<std::size_t>(1, (n + most_segments - 1) / most_segments);
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < n; i += stride)
    if (std::isfinite(panel.values[i])) shown.push_back(i);
  double low = 0, high = 1;
  if (!shown.empty()) {
    const auto less = [&](std::size_t a, std::size_t b) {
      return panel.values[a] < panel.values[b];
    };
    low = panel.values[*std::min_element(shown.begin(), shown.end(), less)];
    high = panel.values[*std::max_element(shown.begin(), shown.end(), less)];
  }
  json segments = json::array();
  for (std::size_t i = 0; i + 1 < shown.size(); ++i)
    segments.push_back({{"step", x[shown[i]]},
                        {"next", x[shown[i + 1]]},
                        {"value", rounded(panel.values[shown[i]])},
                        {"then", rounded(panel.values[shown[i + 1]])}});
  const Range x_range = shown.empty() ? Range{0, 1} : padded(x[shown.front()], x[shown.back()], 0);
  return {{"width", panel_width},
          {"height", panel_height},
          {"data", {{"values", std::move(segments)}}},
          {"mark", {{"type", "rule"}, {"color", "#0072b2"}, {"strokeWidth", 1.5}}},
          {"encoding",
           {{"x", quantitative("step", x_range, {{"title", spec.say(x_title)}, {"tickCount", 5}})},
            {"x2", {{"field", "next"}}},
            {"y", quantitative("value", padded(low, high, 0.05),
                               {{"title", spec.say(panel.title)}, {"tickCount", 5}})},
            {"y2", {{"field", "then"}}}}}};
}

}  // namespace

json curves(const Text& title, const Text& x_title, std::span<const double> x,
            const std::vector<CurvePanel>& panels) {
  Specification spec;
  json views = json::array();
  for (const auto& panel : panels) views.push_back(panel_view(spec, panel, x_title, x));
  return spec.finish({{"hconcat", std::move(views)}, {"spacing", 28}}, title);
}

}  // namespace celloquy::plots
