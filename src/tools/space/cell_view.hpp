#pragma once
// The kept cells of a study in the joint space of texts and cells.

#include <string>
#include <vector>

#include "space/labels/label_cells.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

/// Borrowed by what is computed from it; lives as long as the study's memory.
struct CellView {
  CountMatrix matrix;
  Normalization normalization;  ///< to log1p(counts per 10,000)
  space::Standardization standardization;
  ExpressionView view() const { return {&matrix, &normalization}; }
};

/// Made once for a state of the study. cannot_answer for scaled or unknown
/// values, for data without known genes, and for organisms other than human and mouse.
Expected<Shared<CellView>> cell_view(Pipeline& pipeline);

/// The text side, opened once a process. Error: what is missing, and the command that brings it.
Expected<space::TextTower*> text_tower();

/// A row of `space::Decoding::probability` for each kept cell. Neighbours are
/// used where the cells are enough for a neighbourhood.
Expected<space::Decoding> label_kept_cells(Pipeline& pipeline,
                                           std::span<const space::TextVector> labels,
                                           const space::LabelOptions& options = {});

/// The same for some of the kept cells (`positions`, ascending): a row for each
/// of them. The other cells do not move the borders between the labels.
Expected<space::Decoding> label_some_cells(Pipeline& pipeline,
                                           std::span<const space::TextVector> labels,
                                           std::span<const std::uint32_t> positions,
                                           const space::LabelOptions& options = {});

/// The panel of common cell types (models/space/panel.tsv), encoded once a process.
Expected<const std::vector<space::TextVector>*> panel_types(const Context& context);

/// Of the two texts' gene weights.
float cosine(const space::TextVector& a, const space::TextVector& b);

}  // namespace celloquy::tools
