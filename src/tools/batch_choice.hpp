#pragma once
// Which column says the batches, and what lies in the same split as they do.

#include <optional>
#include <string>
#include <vector>

#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

/// Why a column was taken.
enum class BatchReason { named, batch_name, only_one };

struct BatchChoice {
  Grouping grouping;  ///< without missing codes, at least two batches among the kept cells
  BatchReason reason = BatchReason::named;
};

/// The wanted column, or else the only one whose name says batch, or else the only one
/// that says sample or donor. cannot_answer with the candidates when several could be
/// meant or none is there; for columns of cell types or clusters (correcting by them would
/// remove what is looked for), numbers, missing values and a single batch.
Expected<BatchChoice> choose_batches(Pipeline& pipeline, const std::optional<std::string>& wanted);

/// A column whose value is the same for all cells of each batch: what it says can hardly be
/// told from the batches.
struct Confounded {
  std::string field;
  std::vector<Text> values;
  bool same_split = false;  ///< one batch a value: cannot be told apart at all
};
std::optional<Confounded> confounded_with(Pipeline& pipeline, const Grouping& batches);

/// Kinds of at least 20 cells of which at least 95 in 100 are of one batch.
std::vector<Text> kinds_of_one_batch(const Grouping& kinds, const Grouping& batches);

}  // namespace celloquy::tools
