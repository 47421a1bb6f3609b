#pragma once
// How two groups of cells may be compared: decided before anything is computed.

#include <optional>
#include <string>
#include <vector>

#include "tools/group_resolution.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

enum class ComparisonKind {
  cells,        ///< kinds of cells: rank sum over cells
  pseudobulk,   ///< conditions with replicates: samples are the replicates
  descriptive,  ///< conditions without enough replicates: effects, no p-values
};

/// Why a comparison of conditions has no p-values.
enum class NoTest { none, no_samples, samples_themselves, too_few, no_counts };

struct Comparison {
  ComparisonKind kind = ComparisonKind::cells;
  NoTest reason = NoTest::none;
  GroupChoice first, second;
  std::optional<GroupChoice> within;
  Grouping tested;                        ///< 0 first, 1 second, −1 neither (or not within)
  std::size_t n_first = 0, n_second = 0;  ///< cells
  std::string sample_column;
  std::vector<std::int32_t> samples;  ///< a cell; −1 left out
  std::vector<Text> sample_names;
  std::vector<std::int8_t> condition;  ///< a sample: 0 first, 1 second, −1 left out
  std::size_t samples_first = 0, samples_second = 0;
};

struct Sides {
  GroupChoice first, second;
};

/// The two values of a column, the one that reads like the reference ("control",
/// "untreated", "before") second. cannot_answer when the data have no such
/// column, saying what would be needed, or when it has not two values.
Expected<Sides> sides_of_column(Pipeline& pipeline, const std::string& column);

/// Two categories of an obs column that is neither cell types nor clusters are
/// conditions: cells of one sample are not independent, so a test over cells
/// would find thousands of false differences (Squair et al. 2021). The samples
/// are the values of a column in which each lies on one side only. Everything
/// else compares kinds of cells.
Expected<Comparison> plan_comparison(Pipeline& pipeline, GroupChoice first, GroupChoice second,
                                     std::optional<GroupChoice> within);

/// The same comparison in Scanpy and Seurat.
EquivalentCode comparison_code(Pipeline& pipeline, const Comparison& plan);

}  // namespace celloquy::tools
