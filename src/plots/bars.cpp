// Bars of numbers and of shares.

#include <algorithm>
#include <cmath>

#include "plots/plots.hpp"
#include "plots/specification.hpp"
#include "plots/text_metrics.hpp"

namespace celloquy::plots {
namespace {

std::string number_beside(double value) {
  if (!std::isfinite(value)) return "";
  return value == std::floor(value) && std::abs(value) < 1e15
             ? with_thousands(static_cast<long long>(value))
             : significant(value);
}

}  // namespace

json composition_bars(const Text& title, const Composition& data) {
  Specification spec;
  std::vector<std::string> wholes, parts;
  for (const auto& text : data.wholes) wholes.push_back(spec.say(text));
  for (const auto& text : data.parts) parts.push_back(spec.say(text));
  json rows = json::array();
  for (std::size_t whole = 0; whole < wholes.size(); ++whole) {
    const double* counts = data.counts.data() + whole * parts.size();
    double total = 0, before = 0;
    for (std::size_t part = 0; part < parts.size(); ++part) total += counts[part];
    for (std::size_t part = 0; part < parts.size() && total > 0; ++part) {
      if (counts[part] <= 0) continue;
      rows.push_back({{"whole", wholes[whole]},
                      {"part", parts[part]},
                      {"from", rounded(before / total)},
                      {"to", rounded((before + counts[part]) / total)},
                      {"share", rounded(counts[part] / total)},
                      {"cells", counts[part]}});
      before += counts[part];
    }
  }
  const auto tip = [](const char* field, const char* type, const std::string& words) {
    return json{{"field", field}, {"type", type}, {"title", words}};
  };
  json share_tip = tip("share", "quantitative", spec.say(message("plots.share")));
  share_tip["format"] = ".1%";
  json view = {
      {"width", 420},
      {"height", std::max(60.0, 26.0 * double(wholes.size()))},
      {"data", {{"values", std::move(rows)}}},
      {"mark", {{"type", "rect"}, {"stroke", "white"}, {"strokeWidth", 0.5}}},
      {"encoding",
       {{"y", nominal("whole", wholes,
                      {{"title", spec.say(data.whole_title)},
                       {"ticks", false},
                       {"domain", false},
                       {"labelLimit", 220}})},
        {"x", quantitative("from", {0, 1},
                           {{"title", spec.say(message("plots.share"))}, {"format", ".0%"}})},
        {"x2", {{"field", "to"}}},
        {"color",
         {{"field", "part"},
          {"type", "nominal"},
          {"scale", {{"domain", parts}, {"range", group_colors(parts.size())}}},
          {"legend", {{"title", spec.say(data.part_title)}}}}},
        {"tooltip",
         {tip("whole", "nominal", spec.say(data.whole_title)),
          tip("part", "nominal", spec.say(data.part_title)), share_tip,
          tip("cells", "quantitative", spec.say(message("plots.cells")))}}}}};
  view["encoding"]["y"]["scale"]["paddingInner"] = 0.2;
  return spec.finish(std::move(view), title);
}

json bars(const Text& title, const Text& name_title, const std::vector<Text>& names,
          std::span<const double> values, const Text& value_title) {
  Specification spec;
  std::vector<std::string> said;
  json rows = json::array();
  double low = 0, high = 0, widest = 0;
  for (std::size_t i = 0; i < std::min(names.size(), values.size()); ++i) {
    const std::string name = spec.say(names[i]);
    if (std::find(said.begin(), said.end(), name) != said.end()) continue;
    said.push_back(name);
    if (!std::isfinite(values[i])) continue;
    low = std::min(low, values[i]), high = std::max(high, values[i]);
    const std::string number = number_beside(values[i]);
    widest = std::max(widest, text_width(number, 11));
    rows.push_back(
        {{"name", name}, {"zero", 0}, {"value", rounded(values[i])}, {"number", number}});
  }
  constexpr double width = 360;
  if (!(high > low)) high = low + 1;
  // Room for the numbers at the ends of the bars.
  const double room = (widest + 8) / (width - widest - 8) * (high - low);
  const Range domain{low < 0 ? low - room : 0, high > 0 ? high + room : 0};
  const json y = nominal(
      "name", said,
      {{"title", spec.say(name_title)}, {"ticks", false}, {"domain", false}, {"labelLimit", 220}});
  const auto x = [&](const char* field) {
    return quantitative(field, domain, {{"title", spec.say(value_title)}});
  };
  json bar_y = y;
  bar_y["scale"]["paddingInner"] = 0.25;
  json bar = {{"mark", {{"type", "rect"}, {"color", "#0072b2"}}},
              {"encoding", {{"y", bar_y}, {"x", x("zero")}, {"x2", {{"field", "value"}}}}}};
  json positive = json::array(), negative = json::array();
  for (const auto& row : rows) (row["value"] < 0 ? negative : positive).push_back(row);
  const auto numbers = [&](const json& some, const char* align, double dx) {
    return json{
        {"data", {{"values", some}}},
        {"mark",
         {{"type", "text"}, {"align", align}, {"dx", dx}, {"fontSize", 11}, {"color", ink}}},
        {"encoding",
         {{"y", bar_y}, {"x", x("value")}, {"text", {{"field", "number"}, {"type", "nominal"}}}}}};
  };
  json layers = json::array({bar, numbers(positive, "left", 4)});
  if (!negative.empty()) layers.push_back(numbers(negative, "right", -4));
  return spec.finish({{"width", width},
                      {"height", std::max(44.0, 22.0 * double(said.size()))},
                      {"data", {{"values", std::move(rows)}}},
                      {"layer", std::move(layers)}},
                     title);
}

}  // namespace celloquy::plots
