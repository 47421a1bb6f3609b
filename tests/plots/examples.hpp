#pragma once
// One figure of each kind from made-up numbers.

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "plots/plots.hpp"

namespace celloquy::plots::testing {

inline std::vector<Text> cell_types() {
  return {{"CD4 T cell", "CD4 T 细胞"},
          {"CD8 T cell", "CD8 T 细胞"},
          {"B cell", "B 细胞"},
          {"CD14 monocyte", "CD14 单核细胞"},
          {"natural killer cell", "自然杀伤细胞"},
          {"plasmacytoid dendritic cell", "浆细胞样树突状细胞"},
          {"platelet", "血小板"},
          {"plasma cell", "浆细胞"},
          {"CD16 monocyte", "CD16 单核细胞"},
          {"regulatory T cell", "调节性 T 细胞"},
          {"hematopoietic stem cell", "造血干细胞"}};
}

struct Cells {
  std::vector<float> layout;
  std::vector<std::int32_t> codes;
  std::vector<float> values;
};

inline Cells make_cells(std::size_t n, std::uint64_t seed = 7) {
  Cells cells;
  RandomStream random(seed);
  const auto n_types = cell_types().size();
  for (std::size_t i = 0; i < n; ++i) {
    const auto code = static_cast<std::int32_t>(random.below(n_types));
    const double angle = 2 * M_PI * code / double(n_types), far = 6 + 2 * (code % 3);
    cells.layout.push_back(static_cast<float>(far * std::cos(angle) + random.normal()));
    cells.layout.push_back(static_cast<float>(0.8 * far * std::sin(angle) + random.normal()));
    cells.codes.push_back(random.below(40) == 0 ? -1 : code);
    const double expression = code == 3 || code == 8 ? std::abs(2.5 + random.normal())
                              : random.below(8) == 0 ? random.uniform()
                                                     : 0.0;
    cells.values.push_back(static_cast<float>(expression));
  }
  return cells;
}

inline GroupByGene make_genes() {
  GroupByGene data;
  data.group_title = {"Cell type", "细胞类型"};
  data.groups = cell_types();
  data.genes = {"CD3D", "IL7R", "CD8A",   "CD8B", "MS4A1", "CD79A",  "LYZ",   "CD14",
                "GNLY", "NKG7", "LILRA4", "PPBP", "MZB1",  "FCGR3A", "FOXP3", "CD34"};
  RandomStream random(3);
  for (std::size_t group = 0; group < data.groups.size(); ++group)
    for (std::size_t gene = 0; gene < data.genes.size(); ++gene) {
      const bool marker = gene * data.groups.size() / data.genes.size() == group;
      data.mean.push_back(
          static_cast<float>(marker ? 1.5 + random.uniform() * 2 : random.uniform() * 0.5));
      data.fraction.push_back(
          static_cast<float>(marker ? 0.6 + 0.4 * random.uniform() : 0.3 * random.uniform()));
    }
  return data;
}

/// Name of the example to its specification.
inline std::map<std::string, nlohmann::json> all_examples() {
  std::map<std::string, nlohmann::json> out;
  const auto cells = make_cells(3000);
  const Layout layout{cells.layout, 2, "UMAP"};
  const Groups groups{{"Cell type", "细胞类型"}, cell_types(), cells.codes};
  out["embedding_by_group"] = embedding_by_group(
      {"Cell types on the UMAP layout", "UMAP 布局上的细胞类型"}, layout, groups);
  out["embedding_by_value"] = embedding_by_value({"Expression of LYZ", "LYZ 的表达"}, layout,
                                                 cells.values, {"log1p(CP10k)", "log1p(CP10k)"});
  const auto many = make_cells(60'000);
  out["embedding_gridded"] =
      embedding_by_group({"Sixty thousand cells", "六万个细胞"}, {many.layout, 2, "UMAP"},
                         {{"Cell type", "细胞类型"}, cell_types(), many.codes});
  out["embedding_gridded_value"] =
      embedding_by_value({"Expression of LYZ", "LYZ 的表达"}, {many.layout, 2, "UMAP"}, many.values,
                         {"log1p(CP10k)", "log1p(CP10k)"});
  out["violins"] =
      violins({"Expression of LYZ by cell type", "各细胞类型中 LYZ 的表达"}, cells.values,
              {"Expression of LYZ, log1p(CP10k)", "LYZ 的表达量,log1p(CP10k)"}, groups);
  out["dot_plot"] = dot_plot({"Markers of the cell types", "各细胞类型的标志基因"}, make_genes(),
                             {"Mean expression", "平均表达量"});
  out["heat_map"] =
      marker_heat_map({"Markers of the cell types", "各细胞类型的标志基因"}, make_genes());
  Composition composition{{"Sample", "样本"}, {"Cell type", "细胞类型"}, {}, cell_types(), {}};
  RandomStream random(11);
  for (int sample = 1; sample <= 6; ++sample) {
    composition.wholes.push_back(Text::same("donor " + std::to_string(sample)));
    for (std::size_t part = 0; part < composition.parts.size(); ++part)
      composition.counts.push_back(double(random.below(200)));
  }
  out["composition"] =
      composition_bars({"Composition of the samples", "各样本的细胞组成"}, composition);
  std::vector<double> sizes;
  for (std::size_t i = 0; i < cell_types().size(); ++i)
    sizes.push_back(double(1 + random.below(3000)));
  out["bars"] = bars({"Cells of each type", "各类型细胞数"}, {"Cell type", "细胞类型"},
                     cell_types(), sizes, {"Cells", "细胞数"});
  std::vector<double> counts, genes, mitochondrial;
  for (int i = 0; i < 4000; ++i) {
    counts.push_back(std::exp(8.5 + 0.5 * random.normal()));
    genes.push_back(std::max(50.0, 1800 + 600 * random.normal()));
    mitochondrial.push_back(std::abs(3 + 2 * random.normal()));
  }
  out["histograms"] =
      histograms({"Quality of the cells", "细胞质量"},
                 {{{"Counts per cell", "每个细胞的计数"}, counts, {600, 41'000}, true},
                  {{"Genes per cell", "每个细胞的基因数"}, genes, {300, 3900}, false},
                  {{"Mitochondrial counts, %", "线粒体计数占比(%)"}, mitochondrial, {8}, false}},
                 {"Cells", "细胞数"});
  static std::vector<double> steps, loss, found;
  steps.clear(), loss.clear(), found.clear();
  for (int i = 1; i <= 120; ++i) {
    steps.push_back(10 * i);
    loss.push_back(1 + 3 * std::exp(-i / 30.0) + 0.1 * random.normal());
    found.push_back(1 - 0.7 * std::exp(-i / 40.0));
  }
  loss[50] = NAN;
  out["curves"] = curves({"Course of the training", "训练过程"}, {"Step", "步数"}, steps,
                         {{{"Loss", "损失"}, loss}, {{"Found", "命中率"}, found}});
  static std::vector<double> change, p;
  std::vector<std::string> names;
  change.clear(), p.clear();
  for (int i = 0; i < 5000; ++i) {
    const double x = random.normal() * (i % 20 == 0 ? 2.2 : 0.5);
    change.push_back(x);
    p.push_back(std::min(1.0, std::exp(-8 * x * x * random.uniform())));
    names.push_back("GENE" + std::to_string(i));
  }
  p[100] = 0;
  out["volcano"] = volcano({"Treated against control", "处理组与对照组"}, {names, change, p});
  return out;
}

}  // namespace celloquy::plots::testing
