// The components that neighbours, clusters and layout are made of.

#include <algorithm>

#include "analysis/harmony/harmony.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

std::string Pipeline::batch_field() const {
  const auto& slots = state().slots;
  const auto chosen = slots.find("batch");
  return chosen == slots.end() ? std::string() : chosen->second;
}

Expected<Shared<pca::Result>> Pipeline::components() {
  const std::string field = batch_field();
  if (field.empty()) return pca();
  CELLOQUY_TRY(const Grouping batches, field_grouping(field));
  // A subset may have left one batch, or cells whose batch nobody knows.
  if (batches.n_present() < 2 || std::count(batches.codes.begin(), batches.codes.end(), -1) > 0)
    return pca();
  CELLOQUY_TRY(const std::string key, components_key());
  return memo<pca::Result>("harmony", key, [&]() -> Expected<pca::Result> {
    CELLOQUY_TRY(const auto found, pca());
    CELLOQUY_TRY(auto corrected,
                 harmony::compute(found->scores, found->n_cells, found->n_components, batches.codes,
                                  batches.n_groups(), {}, context_));
    pca::Result result = *found;
    result.scores = std::move(corrected.points);
    result.passes = corrected.rounds;
    return result;
  });
}

}  // namespace celloquy::tools
