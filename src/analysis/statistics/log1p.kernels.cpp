// The logarithm by argument reduction to [√½, √2) and a polynomial of degree 8
// (Cephes, Moshier 1992: logf), with the rounding error of 1 + x put back.

#include "analysis/statistics/log1p.hpp"

namespace celloquy::statistics::CELLOQUY_ISA {

void log1p_array(float* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const float x = values[i];
    const float u = 1.0f + x;
    const float lost = x - (u - 1.0f);
    int bits;
    __builtin_memcpy(&bits, &u, 4);
    // Exponent such that the rest lies in [√½, √2).
    const int exponent = (bits - 0x3f3504f3) >> 23;
    const int rest_bits = bits - (exponent << 23);
    float m;
    __builtin_memcpy(&m, &rest_bits, 4);
    const float f = m - 1.0f;
    const float e = static_cast<float>(exponent);
    float p = 7.0376836292e-2f;
    p = p * f - 1.1514610310e-1f;
    p = p * f + 1.1676998740e-1f;
    p = p * f - 1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f - 1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f - 2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    const float square = f * f;
    float y = p * f * square;
    y += e * -2.12194440e-4f;
    y -= 0.5f * square;
    float result = f + y;
    result += e * 0.693359375f;
    values[i] = result + lost / u;
  }
}

}  // namespace celloquy::statistics::CELLOQUY_ISA
