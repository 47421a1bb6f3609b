#pragma once
// Zero-shot labels of cells against an expert's: whole sets, and parts of them
// that are one-sided, with one default for all.

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "space/labels/label_cells.hpp"
#include "training/evaluation/cell_tasks.hpp"
#include "training/evaluation/measures.hpp"

namespace celloquy::training {

struct CellMeasures {
  std::size_t n_cells = 0, n_labels = 0;
  double top1 = 0;               ///< share of cells whose most probable label is right
  double balanced = 0;           ///< the same, mean over labels
  double auroc = 0;              ///< of the probabilities, mean over labels; NaN for one label
  double calibration_error = 0;  ///< of the most probable label
  Reliability reliability;       ///< of the most probable label
  std::size_t n_clusters = 0;    ///< 0: too few cells or genes for clusters
  /// A cluster has the label with the highest mean probability: the share of cells that
  /// have their cluster's, and of clusters that have the one of most of their cells. NaN
  /// without clusters.
  double cluster_top1 = 0, clusters_right = 0;
  double seconds = 0;  ///< scoring and decoding, not reading
};

/// One cell's answer beside the truth; texts are rows of CellAnswers::texts.
struct CellAnswer {
  std::uint32_t row = 0;  ///< in the file
  std::size_t truth = 0, label = 0;
  float probability = 0;
  std::int32_t cluster = -1;  ///< −1: none
};
struct CellAnswers {
  std::vector<std::string> texts;
  std::vector<CellAnswer> cells;
  CellMeasures measures;
};

/// Measures of probabilities (cells × labels) against the labels' numbers. `cluster`: of
/// each cell, or empty.
CellMeasures measure_labels(const space::Decoding& decoded, std::span<const std::size_t> truth,
                            std::span<const std::int32_t> cluster);

/// Errors: as TaskCells::open; a missing model.
Expected<CellAnswers> evaluate_cells(const CellTask& task, const std::filesystem::path& folder,
                                     const space::LabelOptions& options, const Context& context);

/// How well stated probabilities hold over all sets: those from one file (a set and its
/// parts) are drawn together. `n` counts cells.
Estimate calibration_over_sets(std::span<const CellTask> tasks,
                               std::span<const CellAnswers> answers);

}  // namespace celloquy::training
