#include "space/cells/product.kernels.hpp"

namespace celloquy::space::CELLOQUY_ISA {
namespace {

#if defined(__AVX512F__)
constexpr std::size_t lanes = 16;
#elif defined(__AVX2__)
constexpr std::size_t lanes = 8;
#else
constexpr std::size_t lanes = 4;
#endif
typedef float Vector __attribute__((vector_size(lanes * sizeof(float)), aligned(4), may_alias));

inline Vector load(const float* from) { return *reinterpret_cast<const Vector*>(from); }
inline void store(float* to, Vector value) { *reinterpret_cast<Vector*>(to) = value; }

/// `Vectors` registers of columns, the first of them at `weights` and `sums`.
template <std::size_t Vectors>
void multiply_columns(const SegmentCells& cells, const float* weights, std::size_t columns,
                      bool first, float* sums) {
  // With few registers a row, several rows have sums of their own, so that one
  // addition need not wait for the one before: eight chains hide its latency.
  constexpr std::size_t chains = 8 / Vectors;
  for (std::size_t cell = 0; cell < cells.n_cells; ++cell, sums += columns) {
    Vector sum[chains][Vectors] = {};
    std::size_t k = cells.begins[cell];
    const std::size_t end = cells.ends[cell];
    for (; k + chains <= end; k += chains)
#pragma GCC unroll 8
      for (std::size_t chain = 0; chain < chains; ++chain) {
        const float* row = weights + cells.rows[k + chain] * columns;
#pragma GCC unroll 8
        for (std::size_t v = 0; v < Vectors; ++v)
          sum[chain][v] += cells.values[k + chain] * load(row + v * lanes);
      }
    if constexpr (chains > 1)
      for (; k < end; ++k) {
        const float* row = weights + cells.rows[k] * columns;
#pragma GCC unroll 8
        for (std::size_t v = 0; v < Vectors; ++v)
          sum[0][v] += cells.values[k] * load(row + v * lanes);
      }
#pragma GCC unroll 8
    for (std::size_t v = 0; v < Vectors; ++v) {
      Vector total = sum[0][v];
#pragma GCC unroll 8
      for (std::size_t chain = 1; chain < chains; ++chain) total += sum[chain][v];
      store(sums + v * lanes, first ? total : load(sums + v * lanes) + total);
    }
  }
}

}  // namespace

void multiply_segment(const SegmentCells& cells, const float* weights, std::size_t columns,
                      bool first, float* sums) {
  constexpr std::size_t most = 8 * lanes;
  for (std::size_t at = 0; at < columns; at += most) {
    const float* from = weights + at;
    float* to = sums + at;
    switch ((columns - at < most ? columns - at : most) / lanes) {
      case 1: multiply_columns<1>(cells, from, columns, first, to); break;
      case 2: multiply_columns<2>(cells, from, columns, first, to); break;
      case 3: multiply_columns<3>(cells, from, columns, first, to); break;
      case 4: multiply_columns<4>(cells, from, columns, first, to); break;
      case 5: multiply_columns<5>(cells, from, columns, first, to); break;
      case 6: multiply_columns<6>(cells, from, columns, first, to); break;
      case 7: multiply_columns<7>(cells, from, columns, first, to); break;
      default: multiply_columns<8>(cells, from, columns, first, to); break;
    }
  }
}

void finish_tile(const float* sums, const float* start, const float* factor, std::size_t n_cells,
                 std::size_t columns, std::size_t used, float* out, std::size_t stride) {
  for (std::size_t cell = 0; cell < n_cells; ++cell) {
    const float scale = factor ? factor[cell] : 1.0f;
    const float* from = sums + cell * columns;
    float* to = out + cell * stride;
    for (std::size_t c = 0; c < used; ++c) to[c] = scale * (start[c] + from[c]);
  }
}

}  // namespace celloquy::space::CELLOQUY_ISA
