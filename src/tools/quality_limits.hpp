#pragma once
// The data-driven limits of quality_control and filter_cells: computed the
// same way in both, so that the one says what the other does.

#include <optional>
#include <string>
#include <vector>

#include "tools/finding.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

struct QualityLimits {
  std::optional<std::string> batch;  ///< obs column with limits of its own for each batch
  quality_control::FilterOptions options;
  quality_control::FilterResult result;  ///< `kept` counts positions among the kept cells
};
Expected<QualityLimits> quality_limits(Pipeline& pipeline,
                                       const quality_control::FilterOptions& options);

/// One row a batch: cells, kept, the limits.
Table limits_table(const QualityLimits& limits);
/// How the limits were found, with the parameters that were used.
Text limits_method(const QualityLimits& limits);
/// How many cells each reason concerns; a cell may have several.
Table reasons_table(const std::vector<std::uint8_t>& reasons);

bool has_mitochondrial_genes(const quality_control::Metrics& metrics);
double median(std::vector<double> values);
/// Values of the cells as doubles.
template <class T>
std::vector<double> as_doubles(const std::vector<T>& values) {
  return std::vector<double>(values.begin(), values.end());
}

}  // namespace celloquy::tools
