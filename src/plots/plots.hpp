#pragma once
// Figures as Vega-Lite v5 specifications with their data inside. How to add
// one, and which part of Vega-Lite is used: docs/plots.md.
//
// Every title is given in both languages. A specification shows the English
// ones and carries the Chinese ones in `usermeta`; localized() swaps them.
// What is worked out here (bins, densities, label places) is for drawing only;
// numbers that are quoted come from the analysis.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace celloquy::plots {

/// A category for each item; code −1 is left out (drawn grey in embeddings).
struct Groups {
  Text title;               ///< "Cluster", "Cell type"
  std::vector<Text> names;  ///< by code, in the order of the legend
  std::span<const std::int32_t> codes;
};

/// Points in the plane, row by row: n_points × n_columns, the first two are used.
struct Layout {
  std::span<const float> coordinates;
  std::size_t n_columns = 2;
  std::string name = "UMAP";  ///< axes are "UMAP 1", "UMAP 2"
  std::size_t n_points() const { return n_columns ? coordinates.size() / n_columns : 0; }
};

/// Up to this many cells each is a point; above, the plane is divided into a
/// fine grid and each square shows the commonest group (or the mean value) of
/// the cells in it, which the subtitle says. No cell is left out.
inline constexpr std::size_t most_points = 20'000;

/// Cells coloured by group, with the names of the groups written on them.
nlohmann::json embedding_by_group(const Text& title, const Layout& layout, const Groups& groups);
/// Cells coloured by a number (one a cell); NaN is grey. High values lie on top.
nlohmann::json embedding_by_value(const Text& title, const Layout& layout,
                                  std::span<const float> values, const Text& value_title);

/// Distribution of a number in each group: density, quartile box and median.
/// Groups under 3 cells are drawn as ticks only.
nlohmann::json violins(const Text& title, std::span<const float> values, const Text& value_title,
                       const Groups& groups);

/// Groups × genes; arrays are n_groups × n_genes, group by group. Size is the
/// share of expressing cells (0 to 1), colour the mean expression.
struct GroupByGene {
  Text group_title;
  std::vector<Text> groups;
  std::vector<std::string> genes;
  std::vector<float> mean;
  std::vector<float> fraction;  ///< not needed by the heat map
};
nlohmann::json dot_plot(const Text& title, const GroupByGene& data, const Text& mean_title);
/// Colour: mean expression scaled to 0…1 for each gene; genes in the given order.
nlohmann::json marker_heat_map(const Text& title, const GroupByGene& data);

/// Share of each part in each whole: counts are n_wholes × n_parts, whole by whole.
struct Composition {
  Text whole_title, part_title;  ///< "Sample", "Cell type"
  std::vector<Text> wholes, parts;
  std::vector<double> counts;
};
nlohmann::json composition_bars(const Text& title, const Composition& data);

/// One horizontal bar a name with its number written beside it.
nlohmann::json bars(const Text& title, const Text& name_title, const std::vector<Text>& names,
                    std::span<const double> values, const Text& value_title);

/// One histogram a metric, with the limits as lines.
struct HistogramPanel {
  Text title;  ///< "Genes per cell"
  std::span<const double> values;
  std::vector<double> limits;  ///< cells beyond are removed; NaN or infinite: none
  bool logarithmic = false;    ///< values ≤ 0 are put in the first bin
};
nlohmann::json histograms(const Text& title, const std::vector<HistogramPanel>& panels,
                          const Text& count_title);

/// A line a panel over the same `x` (ascending), at most 500 pieces of each drawn;
/// values that are no numbers are left out.
struct CurvePanel {
  Text title;
  std::span<const double> values;
};
nlohmann::json curves(const Text& title, const Text& x_title, std::span<const double> x,
                      const std::vector<CurvePanel>& panels);

/// Effect against evidence; one entry a gene.
struct Volcano {
  std::vector<std::string> genes;
  std::span<const double> log2_fold_change, p_adjusted;
  double least_fold_change = 1, most_p = 0.05;
  std::size_t labels = 12;  ///< names written for this many of the strongest genes
};
nlohmann::json volcano(const Text& title, const Volcano& data);

/// The specification with its words in one language.
nlohmann::json localized(const nlohmann::json& spec, Language language);

}  // namespace celloquy::plots
