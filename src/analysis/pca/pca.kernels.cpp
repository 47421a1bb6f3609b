#include "analysis/pca/pca.kernels.hpp"

namespace celloquy::pca::CELLOQUY_ISA {
namespace {

#if defined(__AVX512F__)
constexpr std::size_t lanes = 16;
#elif defined(__AVX2__)
constexpr std::size_t lanes = 8;
#else
constexpr std::size_t lanes = 4;
#endif
constexpr std::size_t n_vectors = panel_width / lanes;
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
inline void store(float* to, const Row& row) {
  for (std::size_t v = 0; v < n_vectors; ++v)
    *reinterpret_cast<Vector*>(to + v * lanes) = row.parts[v];
}
inline void add_scaled(Row& sum, float factor, const Row& row) {
  for (std::size_t v = 0; v < n_vectors; ++v) sum.parts[v] += factor * row.parts[v];
}

/// Two sums at a time, so that one addition need not wait for the one before.
inline Row dot_cell(const CellRange& cells, std::size_t cell, const float* basis, Row start) {
  Row other = {};
  std::uint64_t k = cells.offsets[cell];
  const std::uint64_t end = cells.offsets[cell + 1];
  for (; k + 2 <= end; k += 2) {
    add_scaled(start, cells.values[k], load(basis + cells.indices[k] * panel_width));
    add_scaled(other, cells.values[k + 1], load(basis + cells.indices[k + 1] * panel_width));
  }
  if (k < end) add_scaled(start, cells.values[k], load(basis + cells.indices[k] * panel_width));
  add_scaled(start, 1.0f, other);
  return start;
}

inline Row negative(const float* shift) {
  Row row = load(shift);
  for (std::size_t v = 0; v < n_vectors; ++v) row.parts[v] = -row.parts[v];
  return row;
}

}  // namespace

void gram_panel(CellRange cells, const float* basis, const float* shift, float* product,
                float* row_sum) {
  const Row start = negative(shift);
  Row sum = load(row_sum);
  for (std::size_t cell = cells.begin; cell < cells.end; ++cell) {
    const Row y = dot_cell(cells, cell, basis, start);
    add_scaled(sum, 1.0f, y);
    for (std::uint64_t k = cells.offsets[cell]; k < cells.offsets[cell + 1]; ++k) {
      float* to = product + cells.indices[k] * panel_width;
      Row row = load(to);
      add_scaled(row, cells.values[k], y);
      store(to, row);
    }
  }
  store(row_sum, sum);
}

void project_panel(CellRange cells, const float* basis, const float* shift, float* scores,
                   std::size_t stride, std::size_t width) {
  const Row start = negative(shift);
  for (std::size_t cell = cells.begin; cell < cells.end; ++cell) {
    float y[panel_width];
    store(y, dot_cell(cells, cell, basis, start));
    float* to = scores + (cell - cells.begin) * stride;
    for (std::size_t c = 0; c < width; ++c) to[c] = y[c];
  }
}

}  // namespace celloquy::pca::CELLOQUY_ISA
