// Groups × genes: dot plot and heat map.

#include <algorithm>
#include <cmath>

#include "plots/plots.hpp"
#include "plots/specification.hpp"

namespace celloquy::plots {
namespace {

/// Gene names read upwards, in italics, as the field writes them.
json gene_axis() {
  return {{"title", nullptr},
          {"labelAngle", -90},
          {"labelFontStyle", "italic"},
          {"ticks", false},
          {"domain", false}};
}
json group_axis(const std::string& title) {
  return {{"title", title}, {"ticks", false}, {"domain", false}, {"labelLimit", 220}};
}

std::vector<std::string> said(Specification& spec, const std::vector<Text>& texts) {
  std::vector<std::string> out;
  for (const auto& text : texts) out.push_back(spec.say(text));
  return out;
}

/// A gene that is asked for twice is drawn once.
std::vector<std::string> distinct(const std::vector<std::string>& genes) {
  std::vector<std::string> out;
  for (const auto& gene : genes)
    if (std::find(out.begin(), out.end(), gene) == out.end()) out.push_back(gene);
  return out;
}

json gene_tooltip(Specification& spec, const GroupByGene& data) {
  return json::array(
      {{{"field", "gene"}, {"type", "nominal"}, {"title", spec.say(message("plots.gene"))}},
       {{"field", "group"}, {"type", "nominal"}, {"title", spec.say(data.group_title)}}});
}

}  // namespace

json dot_plot(const Text& title, const GroupByGene& data, const Text& mean_title) {
  Specification spec;
  const auto groups = said(spec, data.groups);
  const auto genes = distinct(data.genes);
  json rows = json::array();
  double most = 0;
  for (std::size_t gene = 0; gene < data.genes.size(); ++gene) {
    if (std::find(data.genes.begin(), data.genes.begin() + static_cast<std::ptrdiff_t>(gene),
                  data.genes[gene]) != data.genes.begin() + static_cast<std::ptrdiff_t>(gene))
      continue;
    for (std::size_t group = 0; group < groups.size(); ++group) {
      const std::size_t at = group * data.genes.size() + gene;
      if (at >= data.mean.size() || at >= data.fraction.size()) continue;
      most = std::max<double>(most, data.mean[at]);
      rows.push_back({{"gene", data.genes[gene]},
                      {"group", groups[group]},
                      {"mean", rounded(data.mean[at])},
                      {"fraction", rounded(data.fraction[at])}});
    }
  }
  constexpr double step = 22;
  json tooltip = gene_tooltip(spec, data);
  tooltip.push_back({{"field", "mean"}, {"type", "quantitative"}, {"title", spec.say(mean_title)}});
  tooltip.push_back({{"field", "fraction"},
                     {"type", "quantitative"},
                     {"title", spec.say(message("plots.fraction"))},
                     {"format", ".0%"}});
  json view = {
      {"width", step * double(genes.size())},
      {"height", step * double(groups.size())},
      {"data", {{"values", std::move(rows)}}},
      {"mark", {{"type", "circle"}, {"opacity", 1}, {"stroke", "#999999"}, {"strokeWidth", 0.5}}},
      {"encoding",
       {{"x", nominal("gene", genes, gene_axis())},
        {"y", nominal("group", groups, group_axis(spec.say(data.group_title)))},
        {"size",
         {{"field", "fraction"},
          {"type", "quantitative"},
          {"scale", {{"domain", {0, 1}}, {"range", {0, 290}}}},
          {"legend",
           {{"title", spec.say(message("plots.fraction"))},
            {"format", ".0%"},
            {"values", {0.2, 0.4, 0.6, 0.8, 1}}}}}},
        {"color",
         {{"field", "mean"},
          {"type", "quantitative"},
          {"scale", color_scale(0, most)},
          {"legend", {{"title", spec.say(mean_title)}}}}},
        {"tooltip", tooltip}}}};
  return spec.finish(std::move(view), title);
}

json marker_heat_map(const Text& title, const GroupByGene& data) {
  Specification spec;
  const auto groups = said(spec, data.groups);
  const auto genes = distinct(data.genes);
  json rows = json::array();
  for (const auto& name : genes) {
    const auto gene = static_cast<std::size_t>(
        std::find(data.genes.begin(), data.genes.end(), name) - data.genes.begin());
    double low = INFINITY, high = -INFINITY;
    for (std::size_t group = 0; group < groups.size(); ++group) {
      low = std::min<double>(low, data.mean[group * data.genes.size() + gene]);
      high = std::max<double>(high, data.mean[group * data.genes.size() + gene]);
    }
    for (std::size_t group = 0; group < groups.size(); ++group) {
      const double mean = data.mean[group * data.genes.size() + gene];
      rows.push_back({{"gene", name},
                      {"group", groups[group]},
                      {"mean", rounded(mean)},
                      {"scaled", high > low ? rounded((mean - low) / (high - low)) : 0}});
    }
  }
  const std::string scaled_title = spec.say(message("plots.scaled_mean"));
  json tooltip = gene_tooltip(spec, data);
  tooltip.push_back({{"field", "scaled"}, {"type", "quantitative"}, {"title", scaled_title}});
  // Many genes: thin columns, but never so thin that their names overlap.
  const double step = genes.size() > 40 ? 13 : 18;
  json view = {{"width", step * double(genes.size())},
               {"height", 20 * double(groups.size())},
               {"data", {{"values", std::move(rows)}}},
               {"mark", {{"type", "rect"}}},
               {"encoding",
                {{"x", nominal("gene", genes, gene_axis())},
                 {"y", nominal("group", groups, group_axis(spec.say(data.group_title)))},
                 {"color",
                  {{"field", "scaled"},
                   {"type", "quantitative"},
                   {"scale", viridis_scale()},
                   {"legend", {{"title", scaled_title}}}}},
                 {"tooltip", tooltip}}}};
  return spec.finish(std::move(view), title);
}

}  // namespace celloquy::plots
