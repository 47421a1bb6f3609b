// Sums run in 16 lanes, so that every instruction set adds
// in the same order.

#include "analysis/harmony/harmony.kernels.hpp"

#include <math.h>

#include "analysis/statistics/exponential.kernels.hpp"

namespace celloquy::harmony::CELLOQUY_ISA {
namespace {

constexpr std::size_t lanes = 16;

/// For x ≤ 0; below −87 as at −87 (10⁻³⁸).
inline float exponential(float x) {
  x = x < -87.0f ? -87.0f : x;
  const int whole = static_cast<int>(x * 1.44269504f - 0.5f);  // towards zero: to the nearest
  const int bits = (whole + 127) << 23;
  float power;
  __builtin_memcpy(&power, &bits, 4);
  return statistics::reduced_exponential(x, static_cast<float>(whole)) * power;
}

}  // namespace

void soft_assign(float* rows, std::size_t n, std::size_t k, float scale, const float* bias,
                 float* column_sums, double* log_sum) {
  double logs = 0;
  for (std::size_t i = 0; i < n; ++i) {
    float* row = rows + i * k;
    float best = -3e38f;
    for (std::size_t c = 0; c < k; ++c) {
      row[c] = row[c] * scale + bias[c];
      best = row[c] > best ? row[c] : best;
    }
    float sums[lanes] = {};
    std::size_t c = 0;
    for (; c + lanes <= k; c += lanes)
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const float e = exponential(row[c + lane] - best);
        row[c + lane] = e;
        sums[lane] += e;
      }
    for (; c < k; ++c) {
      row[c] = exponential(row[c] - best);
      sums[c % lanes] += row[c];
    }
    float sum = 0;
    for (const float part : sums) sum += part;
    const float share = 1.0f / sum;
    for (c = 0; c < k; ++c) {
      row[c] *= share;
      column_sums[c] += row[c];
    }
    logs += static_cast<double>(best) + static_cast<double>(logf(sum));
  }
  *log_sum += logs;
}

}  // namespace celloquy::harmony::CELLOQUY_ISA
