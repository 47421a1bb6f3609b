#pragma once
// The whole computation of a step: both towers forwards, the loss over the
// batches of all processes, both towers backwards.

#include <vector>

#include "training/contrastive_loss.hpp"
#include "training/exchange.hpp"
#include "training/parameters.hpp"
#include "training/tower_pass.hpp"

namespace celloquy::training {

/// Memory of a step, reused.
template <class Real>
struct ObjectivePass {
  TowerPass<Real> cell, text;
  LossPass<Real> loss;
  std::vector<Real> all_cells, all_texts;  ///< vectors of all processes
};

/// Rows of `cells` and `texts` belong together in pairs. `weights`: what belongs
/// to what in the batch of all processes, rank after rank (see contrastive_loss).
/// Writes the gradient of the loss with respect to all parameters, summed over the
/// processes. Every process has the same number of rows.
template <class Real>
LossResult evaluate(const ParameterLayout& layout, const std::vector<Real>& parameters,
                    const TowerInput<Real>& cells, const TowerInput<Real>& texts,
                    const std::vector<float>& weights, Exchange& exchange,
                    ObjectivePass<Real>& pass, std::vector<Real>& gradient, const Context& context);

}  // namespace celloquy::training
