// One histogram a metric, with limits.

#include <algorithm>
#include <cmath>

#include "plots/plots.hpp"
#include "plots/specification.hpp"

namespace celloquy::plots {
namespace {

constexpr int n_bins = 50;
constexpr double panel_width = 220, panel_height = 170;

/// Bins of equal width (in the logarithm where the axis is logarithmic).
struct Bins {
  double low, high;
  bool logarithmic;
  std::vector<std::uint64_t> counts = std::vector<std::uint64_t>(n_bins, 0);

  double edge(int i) const {
    const double share = double(i) / n_bins;
    return logarithmic ? low * std::pow(high / low, share) : low + (high - low) * share;
  }
  void add(double value) {
    const double at = logarithmic
                          ? (value <= low ? 0 : std::log(value / low) / std::log(high / low))
                          : (value - low) / (high - low);
    ++counts[static_cast<std::size_t>(std::clamp<double>(at * n_bins, 0, n_bins - 1))];
  }
};

Bins bin(const HistogramPanel& panel) {
  double low = INFINITY, high = -INFINITY;
  const auto take = [&](double value) {
    if (!std::isfinite(value) || (panel.logarithmic && value <= 0)) return;
    low = std::min(low, value), high = std::max(high, value);
  };
  for (const double value : panel.values) take(value);
  for (const double limit : panel.limits) take(limit);  // a limit is always seen
  if (!(low <= high)) low = panel.logarithmic ? 1 : 0, high = low + 1;
  if (!panel.logarithmic && low > 0 && low < 0.25 * high) low = 0;
  if (panel.logarithmic)
    low /= 1.05, high *= 1.05;
  else if (!(high > low))
    high = low + 1;
  Bins bins{low, high, panel.logarithmic};
  for (const double value : panel.values)
    if (std::isfinite(value)) bins.add(value);
  return bins;
}

/// The powers of ten inside, or 1, 2, 5 steps where there are fewer than two.
json logarithmic_ticks(double low, double high) {
  json powers = json::array(), steps = json::array();
  for (double power = std::pow(10, std::floor(std::log10(low))); power <= high; power *= 10)
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double tick = power * factor;
      if (tick < low || tick > high) continue;
      steps.push_back(tick);
      if (factor == 1.0) powers.push_back(tick);
    }
  return powers.size() >= 2 ? powers : steps;
}

json panel_view(Specification& spec, const HistogramPanel& panel, const Text& count_title) {
  const Bins bins = bin(panel);
  json rows = json::array();
  std::uint64_t most = 1;
  for (int i = 0; i < n_bins; ++i) {
    most = std::max(most, bins.counts[i]);
    if (bins.counts[i])
      rows.push_back({{"from", rounded(bins.edge(i))},
                      {"to", rounded(bins.edge(i + 1))},
                      {"zero", 0},
                      {"cells", bins.counts[i]}});
  }
  json limits = json::array();
  for (const double limit : panel.limits)
    if (std::isfinite(limit) && (!panel.logarithmic || limit > 0))
      limits.push_back({{"limit", rounded(limit)}, {"number", significant(limit)}});
  json x = quantitative("from", {bins.low, bins.high},
                        {{"title", spec.say(panel.title)}, {"tickCount", 5}});
  if (panel.logarithmic) {
    x["scale"]["type"] = "log";
    x["axis"]["values"] = logarithmic_ticks(bins.low, bins.high);
    x["axis"]["format"] = "~s";
    x["axis"].erase("tickCount");
    x["scale"].erase("zero");
  }
  json limit_x = x;
  limit_x["field"] = "limit";
  const json y = quantitative("zero", {0, double(most) * 1.12}, {{"title", spec.say(count_title)}});
  return {{"width", panel_width},
          {"height", panel_height},
          {"layer",
           {{{"data", {{"values", std::move(rows)}}},
             {"mark", {{"type", "rect"}, {"color", "#0072b2"}}},
             {"encoding",
              {{"x", x}, {"x2", {{"field", "to"}}}, {"y", y}, {"y2", {{"field", "cells"}}}}}},
            {{"data", {{"values", limits}}},
             {"mark",
              {{"type", "rule"},
               {"color", warning_color},
               {"strokeDash", {5, 3}},
               {"strokeWidth", 1.5}}},
             {"encoding", {{"x", limit_x}}}},
            {{"data", {{"values", limits}}},
             {"mark", {{"type", "text"}, {"color", warning_color}, {"fontSize", 11}, {"dy", -7}}},
             {"encoding",
              {{"x", limit_x},
               {"y", {{"value", 0}}},
               {"text", {{"field", "number"}, {"type", "nominal"}}}}}}}}};
}

}  // namespace

json histograms(const Text& title, const std::vector<HistogramPanel>& panels,
                const Text& count_title) {
  Specification spec;
  json views = json::array();
  bool limited = false;
  for (const auto& panel : panels) {
    views.push_back(panel_view(spec, panel, count_title));
    for (const double limit : panel.limits) limited |= std::isfinite(limit);
  }
  std::vector<Text> subtitle;
  if (limited) subtitle.push_back(message("plots.limits"));
  return spec.finish({{"hconcat", std::move(views)}, {"spacing", 28}}, title, subtitle);
}

}  // namespace celloquy::plots
