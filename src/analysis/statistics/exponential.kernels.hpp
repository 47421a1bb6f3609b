#pragma once
// The exponential after its argument was reduced: the part that kernels share.

namespace celloquy::statistics {

/// e^x · 2^−n for a whole n near x/ln 2: a polynomial of degree 5 (Cephes, Moshier 1992: expf).
/// Static, so that each instruction set has its own copy.
static inline float reduced_exponential(float x, float n) {
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return p * r * r + r + 1.0f;
}

}  // namespace celloquy::statistics
