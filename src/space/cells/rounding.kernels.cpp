#include "space/cells/rounding.kernels.hpp"

namespace celloquy::space::CELLOQUY_ISA {

void round_vectors(const float* vectors, std::size_t n_cells, std::size_t stride,
                   std::size_t n_dimensions, std::int8_t* values, float* scale) {
  for (std::size_t cell = 0; cell < n_cells; ++cell) {
    const float* from = vectors + cell * stride;
    std::int8_t* to = values + cell * n_dimensions;
    float largest = 0;
    for (std::size_t d = 0; d < n_dimensions; ++d) {
      const float size = from[d] < 0 ? -from[d] : from[d];
      largest = size > largest ? size : largest;
    }
    const float factor = 127.0f / largest;
    if (!(largest > 0) || !(factor > 0) || factor - factor != 0) {
      for (std::size_t d = 0; d < n_dimensions; ++d) to[d] = 0;
      scale[cell] = 0;
      continue;
    }
    std::int32_t square = 0;
    for (std::size_t d = 0; d < n_dimensions; ++d) {
      const float x = from[d] * factor;
      const auto rounded = static_cast<std::int32_t>(x + (x < 0 ? -0.5f : 0.5f));
      to[d] = static_cast<std::int8_t>(rounded);
      square += rounded * rounded;
    }
    scale[cell] = 1.0f / __builtin_sqrtf(static_cast<float>(square));
  }
}

void dot_products(const std::int8_t* values, const float* scale, std::size_t n_cells,
                  std::size_t n_dimensions, const std::int16_t* query, float factor, float* out) {
  for (std::size_t cell = 0; cell < n_cells; ++cell) {
    const std::int8_t* from = values + cell * n_dimensions;
    std::int32_t sum = 0;
    for (std::size_t d = 0; d < n_dimensions; ++d) sum += std::int32_t{from[d]} * query[d];
    out[cell] = factor * scale[cell] * static_cast<float>(sum);
  }
}

}  // namespace celloquy::space::CELLOQUY_ISA
