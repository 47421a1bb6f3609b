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
constexpr std::size_t n_vectors = tile_width / lanes;
/// Sums side by side, so that one addition need not wait for the one before:
/// eight registers in every instruction set.
constexpr std::size_t n_chains = 8 / n_vectors;
typedef float Vector __attribute__((vector_size(lanes * sizeof(float)), aligned(4), may_alias));

struct Row {
  Vector parts[n_vectors];
};

inline Row load(const float* from) {
  Row row;
  for (std::size_t v = 0; v < n_vectors; ++v)
    row.parts[v] = *reinterpret_cast<const Vector*>(from + v * lanes);
  return row;
}
inline void add_scaled(Row& sum, float factor, const float* from) {
  for (std::size_t v = 0; v < n_vectors; ++v)
    sum.parts[v] += factor * *reinterpret_cast<const Vector*>(from + v * lanes);
}

}  // namespace

void multiply_tile(CellSpan cells, const float* weights, const float* start, float* out,
                   std::size_t stride, std::size_t width) {
  const Row first = load(start);
  for (std::size_t cell = 0; cell < cells.n_cells; ++cell) {
    Row sums[n_chains] = {};
    std::uint64_t k = cells.offsets[cell];
    const std::uint64_t end = cells.offsets[cell + 1];
    for (; k + n_chains <= end; k += n_chains)
#pragma GCC unroll 4
      for (std::size_t chain = 0; chain < n_chains; ++chain)
        add_scaled(sums[chain], cells.values[k + chain],
                   weights + std::size_t{cells.rows[k + chain]} * tile_width);
    for (; k < end; ++k)
      add_scaled(sums[0], cells.values[k], weights + std::size_t{cells.rows[k]} * tile_width);
    float total[tile_width];
    for (std::size_t v = 0; v < n_vectors; ++v) {
      Vector sum = sums[0].parts[v];
      for (std::size_t chain = 1; chain < n_chains; ++chain) sum += sums[chain].parts[v];
      *reinterpret_cast<Vector*>(total + v * lanes) = first.parts[v] + sum;
    }
    for (std::size_t column = 0; column < width; ++column)
      out[cell * stride + column] = total[column];
  }
}

}  // namespace celloquy::space::CELLOQUY_ISA
