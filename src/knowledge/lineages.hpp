#pragma once
// Genes of lineages that exclude one another: no single cell expresses two of these programmes.

#include <array>
#include <string_view>

namespace celloquy::knowledge {

struct Lineage {
  std::string_view id;  ///< "t_cell"; the catalogue has tools.lineage.ID
  /// Symbols of human genes; those of mouse differ in case only. Three of them are a programme.
  std::array<std::string_view, 5> genes;
};

inline constexpr std::array<Lineage, 7> exclusive_lineages = {{
    {"t_cell", {"CD3D", "CD3E", "CD3G", "TRAC", "CD2"}},
    {"b_cell", {"CD79A", "CD79B", "MS4A1", "CD19", "BANK1"}},
    {"monocyte", {"LYZ", "CD14", "FCN1", "CSF1R", "CD68"}},
    {"platelet", {"PPBP", "PF4", "GP9", "ITGA2B", "TUBB1"}},
    {"epithelial", {"EPCAM", "KRT8", "KRT18", "KRT19", "CDH1"}},
    {"endothelial", {"PECAM1", "VWF", "CDH5", "CLDN5", "EMCN"}},
    {"fibroblast", {"COL1A1", "COL1A2", "COL3A1", "DCN", "LUM"}},
}};

}  // namespace celloquy::knowledge
