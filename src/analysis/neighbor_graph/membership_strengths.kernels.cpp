#include "analysis/neighbor_graph/membership_strengths.hpp"

#include "analysis/statistics/exponential.kernels.hpp"

namespace celloquy::neighbor_graph::CELLOQUY_ISA {
namespace {

/// e^x for x ≤ 0 within 2e-7 relative; 0 below −87. 2^n · e^r with r in ±ln2/2.
inline float exponential(float x) {
  const float n = __builtin_rintf(x * 1.44269504f);
  const float value = statistics::reduced_exponential(x, n);
  const int exponent = static_cast<int>(n < -126.0f ? -126.0f : n);
  union {
    int bits;
    float power;
  } scale = {(exponent + 127) << 23};
  return x < -87.0f ? 0.0f : value * scale.power;
}

}  // namespace

void strengths(const float* distances, std::uint32_t k, double smallest_scale, float* result) {
  constexpr double tolerance = 1e-5;  // of the sum, as in umap-learn
  constexpr int most_steps = 64;
  const double target = __builtin_log2(static_cast<double>(k) + 1);
  float nearest = 0;
  for (std::uint32_t j = 0; j < k && nearest == 0; ++j) nearest = distances[j];

  double low = 0, high = -1, sigma = 1;  // high < 0: not bounded yet
  for (int step = 0; step < most_steps; ++step) {
    const float slope = static_cast<float>(-1 / sigma);
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::uint32_t j = 0; j < k; ++j) {
      const float beyond = distances[j] - nearest;
      sum += exponential(beyond > 0 ? beyond * slope : 0.0f);
    }
    const double excess = static_cast<double>(sum) - target;
    if (excess < tolerance && excess > -tolerance) break;
    if (excess > 0) {
      high = sigma;
      sigma = (low + high) / 2;
    } else {
      low = sigma;
      sigma = high < 0 ? sigma * 2 : (low + high) / 2;
    }
  }
  double scale = smallest_scale;
  if (nearest > 0) {
    double sum = 0;
    for (std::uint32_t j = 0; j < k; ++j) sum += static_cast<double>(distances[j]);
    scale = 1e-3 * sum / (k + 1.0);
  }
  if (sigma < scale) sigma = scale;

  const float slope = sigma > 0 ? static_cast<float>(-1 / sigma) : 0.0f;
#pragma omp simd
  for (std::uint32_t j = 0; j < k; ++j) {
    const float beyond = distances[j] - nearest;
    result[j] = exponential(beyond > 0 ? beyond * slope : 0.0f);
  }
}

}  // namespace celloquy::neighbor_graph::CELLOQUY_ISA
