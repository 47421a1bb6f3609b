#pragma once
// Ridge regression from text vectors to gene weights, in closed form.

#include <cstdint>
#include <span>
#include <vector>

#include "base/context.hpp"
#include "base/expected.hpp"
#include "space/model/pool.hpp"

namespace celloquy::training {

/// Genes of the space, ascending, with values of length 1 together.
struct SparseVector {
  std::vector<std::uint16_t> genes;
  std::vector<float> values;
};

struct RegressionInput {
  const space::Pool& pool;                   ///< entries, text and text_vectors
  const std::vector<SparseVector>& vectors;  ///< by entry
  std::vector<float> family_weights;         ///< by family of the pool
  double ridge = 0.3;
};

/// Minimises Σ_t w_t |M (t − mean) − v_t|² + ridge |M|² over the texts t of all
/// entries, v_t the entry's genes, w_t the family's weight over the number of the
/// entry's texts. Returned with the rows of M rounded to bytes. O(texts · d² +
/// non-zeros · d + genes · d²), d = 384: a few seconds.
Expected<space::TextRegression> ridge_regression(const RegressionInput& input,
                                                 const Context& context);

/// Rounds a vector to −127 … 127 at `to`; returns the factor that gives its
/// rounded version length 1 (0 for zeros).
float round_to_bytes(std::span<const float> vector, std::int8_t* to);

}  // namespace celloquy::training
