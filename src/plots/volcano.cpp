// Effect against evidence.

#include <algorithm>
#include <cmath>

#include "plots/label_places.hpp"
#include "plots/plots.hpp"
#include "plots/specification.hpp"

namespace celloquy::plots {
namespace {

constexpr double width = 440, height = 360;
constexpr double label_size = 10.5;

struct Gene {
  std::string name;
  double change, evidence;
  int direction;  // 0 up, 1 down, 2 below the limits
};

json layer(json rows, json mark, json encoding) {
  return {{"data", {{"values", std::move(rows)}}},
          {"mark", std::move(mark)},
          {"encoding", std::move(encoding)}};
}

/// Names of the strongest genes, with a line to the point where they are away from it.
void label_layers(const std::vector<Gene>& genes, std::size_t most, const Range& x_range,
                  const Range& y_range, const json& x, const json& y, json& layers) {
  std::vector<const Gene*> strongest;
  for (const auto& gene : genes)
    if (gene.direction != 2) strongest.push_back(&gene);
  std::stable_sort(strongest.begin(), strongest.end(), [](const Gene* a, const Gene* b) {
    return std::abs(a->change) * a->evidence > std::abs(b->change) * b->evidence;
  });
  if (strongest.size() > most) strongest.resize(most);
  std::vector<LabelRequest> requests;
  for (const auto* gene : strongest)
    requests.push_back({(gene->change - x_range.low) / x_range.span() * width,
                        (y_range.high - gene->evidence) / y_range.span() * height, gene->name});
  const auto places = place_labels(requests, label_size, width, height, false);
  json names = json::array(), lines = json::array();
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!places[i]) continue;
    const json row = {{"gene", requests[i].text},
                      {"x", rounded(x_range.low + places[i]->x / width * x_range.span())},
                      {"y", rounded(y_range.high - places[i]->y / height * y_range.span())},
                      {"x_of", rounded(strongest[i]->change)},
                      {"y_of", rounded(strongest[i]->evidence)}};
    names.push_back(row);
    if (places[i]->moved) lines.push_back(row);
  }
  layers.push_back(
      layer(lines, {{"type", "rule"}, {"color", "#999999"}, {"strokeWidth", 0.6}},
            {{"x", x}, {"x2", {{"field", "x_of"}}}, {"y", y}, {"y2", {{"field", "y_of"}}}}));
  json text = {{"x", x}, {"y", y}, {"text", {{"field", "gene"}, {"type", "nominal"}}}};
  json halo = {{"type", "text"},   {"fontSize", label_size}, {"fontStyle", "italic"},
               {"color", "white"}, {"stroke", "white"},      {"strokeWidth", 3},
               {"opacity", 0.9}};
  layers.push_back(layer(names, halo, text));
  layers.push_back(layer(
      names, {{"type", "text"}, {"fontSize", label_size}, {"fontStyle", "italic"}, {"color", ink}},
      text));
}

}  // namespace

json volcano(const Text& title, const Volcano& data) {
  Specification spec;
  const std::size_t n =
      std::min({data.genes.size(), data.log2_fold_change.size(), data.p_adjusted.size()});
  // p = 0 is below the smallest number: drawn a little above the largest evidence.
  double largest_change = data.least_fold_change, largest = -std::log10(data.most_p);
  bool some_zero = false;
  for (std::size_t i = 0; i < n; ++i) {
    const double p = data.p_adjusted[i], change = data.log2_fold_change[i];
    if (p > 0 && std::isfinite(p)) largest = std::max(largest, -std::log10(p));
    if (std::isfinite(change)) largest_change = std::max(largest_change, std::abs(change));
    some_zero |= p == 0;
  }
  const double top = some_zero ? largest * 1.05 : largest;
  std::vector<Gene> genes;
  for (std::size_t i = 0; i < n; ++i) {
    const double p = data.p_adjusted[i], change = data.log2_fold_change[i];
    if (!std::isfinite(p) || !std::isfinite(change)) continue;
    const bool strong = p <= data.most_p && std::abs(change) >= data.least_fold_change;
    genes.push_back(
        {data.genes[i], change, p == 0 ? top : -std::log10(p), strong ? (change > 0 ? 0 : 1) : 2});
  }
  const Range x_range = padded(-largest_change, largest_change, 0.06);
  const Range y_range{0, top * 1.06 + 1e-9};
  const json x =
      quantitative("x", x_range, {{"title", spec.say(message("plots.log2_fold_change"))}});
  const json y = quantitative("y", y_range, {{"title", spec.say(message("plots.minus_log10_p"))}});
  const std::vector<std::string> directions{spec.say(message("plots.up")),
                                            spec.say(message("plots.down")),
                                            spec.say(message("plots.not_significant"))};
  json rows = json::array();
  for (const int wanted : {2, 1, 0})  // those that matter lie on top
    for (const auto& gene : genes)
      if (gene.direction == wanted)
        rows.push_back({{"gene", gene.name},
                        {"x", rounded(gene.change)},
                        {"y", rounded(gene.evidence)},
                        {"direction", directions[wanted]}});
  json layers = json::array();
  const json dashed = {
      {"type", "rule"}, {"color", "#999999"}, {"strokeDash", {4, 4}}, {"strokeWidth", 1}};
  layers.push_back(
      layer(json::array({{{"x", -data.least_fold_change}}, {{"x", data.least_fold_change}}}),
            dashed, {{"x", x}}));
  layers.push_back(
      layer(json::array({{{"y", rounded(-std::log10(data.most_p))}}}), dashed, {{"y", y}}));
  layers.push_back(
      layer(std::move(rows), {{"type", "circle"}, {"size", 18}, {"opacity", 0.75}},
            {{"x", x},
             {"y", y},
             {"color",
              {{"field", "direction"},
               {"type", "nominal"},
               {"scale", {{"domain", directions}, {"range", {"#d55e00", "#0072b2", "#bdbdbd"}}}},
               {"legend", {{"title", spec.say(message("plots.direction"))}}}}},
             {"tooltip",
              {{{"field", "gene"}, {"type", "nominal"}, {"title", spec.say(message("plots.gene"))}},
               {{"field", "x"},
                {"type", "quantitative"},
                {"title", spec.say(message("plots.log2_fold_change"))}},
               {{"field", "y"},
                {"type", "quantitative"},
                {"title", spec.say(message("plots.minus_log10_p"))}}}}}));
  label_layers(genes, data.labels, x_range, y_range, x, y, layers);
  std::vector<Text> subtitle{
      message("plots.volcano_limits", {{"p", data.most_p}, {"fold", data.least_fold_change}})};
  if (some_zero) subtitle.push_back(message("plots.p_zero"));
  return spec.finish({{"width", width}, {"height", height}, {"layer", std::move(layers)}}, title,
                     subtitle);
}

}  // namespace celloquy::plots
