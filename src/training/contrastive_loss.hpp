#pragma once
// How well each cell's vector finds its text among those of the batch, and the
// other way round.

#include <cstddef>
#include <vector>

#include "base/context.hpp"

namespace celloquy::training {

struct LossResult {
  double loss = 0;
  double d_log_scale = 0;
  /// Share of rows whose nearest column is one that belongs to it (weight ≥ 1).
  double cells_to_texts = 0, texts_to_cells = 0;
};

/// Memory of one evaluation, reused from step to step.
template <class Real>
struct LossPass {
  std::vector<Real> by_cell, by_text;  ///< softmax minus target, n × n each
  std::vector<Real> d_cells, d_texts;  ///< gradients with respect to the vectors, n × dimension
};

/// InfoNCE (van den Oord et al. 2018) in both directions as in CLIP (Radford et
/// al. 2021), with several right answers: the target of row i is weights[i] divided
/// by its sum (n × n, symmetric, ≥ 0, rows not all 0). cells, texts: n × dimension
/// unit vectors; logits are exp(log_scale)·cosine. The loss is the mean over rows
/// of both directions. Same bits for any number of threads. 6·n²·dimension operations.
template <class Real>
LossResult contrastive_loss(std::size_t n, std::size_t dimension, const Real* cells,
                            const Real* texts, double log_scale, const float* weights,
                            LossPass<Real>& pass, const Context& context);

}  // namespace celloquy::training
