#pragma once
// A tower forwards, keeping what is between, and backwards: the gradient of the
// loss with respect to its weights. Derived by hand; tests compare every group
// with central differences in double precision.

#include <cstdint>
#include <vector>

#include "base/context.hpp"
#include "space/towers/tower.hpp"

namespace celloquy::training {

/// Rows of a batch: dense ones first (profiles, texts), then sparse ones (gene
/// sets, of which a product with the dense matrix would be a waste).
template <class Real>
struct TowerInput {
  std::size_t dense_rows = 0;
  const Real* dense = nullptr;  ///< dense_rows × input
  std::vector<std::uint64_t> offsets = {0};
  std::vector<std::uint32_t> columns;  ///< ascending within a row
  std::vector<Real> values;

  std::size_t sparse_rows() const { return offsets.size() - 1; }
  std::size_t rows() const { return dense_rows + sparse_rows(); }
};

/// Memory of one pass, reused from step to step.
template <class Real>
struct TowerPass {
  std::vector<Real> linear, hidden, active, vector, length;
  std::vector<Real> d_linear, d_hidden, d_output;  // with respect to h, the hidden layer, y
};

/// Unit vectors of all rows go to pass.vector. `parameters` as in the layout.
/// Same bits for any number of threads.
template <class Real>
void forward(const space::TowerView<Real>& tower, const TowerInput<Real>& input,
             TowerPass<Real>& pass, const Context& context);

/// `d_vector` (rows × dimension) is the gradient with respect to pass.vector;
/// that of the weights is written to `gradient`, which has the tower's groups one
/// after another as the layout has them.
template <class Real>
void backward(const space::TowerView<Real>& tower, const TowerInput<Real>& input,
              const Real* d_vector, TowerPass<Real>& pass, Real* gradient, const Context& context);

}  // namespace celloquy::training
