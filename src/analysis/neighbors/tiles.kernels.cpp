#include "analysis/neighbors/tiles.hpp"

namespace celloquy::neighbors::CELLOQUY_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int lanes = 16;
#elif defined(__AVX2__)
constexpr int lanes = 8;
#else
constexpr int lanes = 4;
#endif
constexpr int width = 2 * lanes;

typedef float Vector __attribute__((vector_size(lanes * 4)));
typedef float Loose __attribute__((vector_size(lanes * 4), aligned(4), may_alias));
typedef int Mask __attribute__((vector_size(lanes * 4)));

inline Vector load(const float* p) { return *reinterpret_cast<const Loose*>(p); }
inline Vector all(float x) { return x - Vector{}; }

/// One bit a lane, from lanes that are all ones or all zeros.
inline unsigned bits(Mask mask) {
#if defined(__AVX512F__)
  typedef int Ints __attribute__((vector_size(64)));
  return static_cast<unsigned short>(__builtin_ia32_cvtd2mask512(Ints(mask)));
#elif defined(__AVX2__)
  return static_cast<unsigned>(__builtin_ia32_movmskps256(Vector(mask)));
#elif defined(__SSE2__)
  return static_cast<unsigned>(__builtin_ia32_movmskps(Vector(mask)));
#else
  unsigned result = 0;
  for (int lane = 0; lane < lanes; ++lane) result |= (mask[lane] ? 1u : 0u) << lane;
  return result;
#endif
}

/// Where slot's first coordinate is in the panels; the next ones follow every `width`.
inline const float* in_panel(const SlotView& view, std::uint32_t slot) {
  return view.panels + static_cast<std::uint64_t>(slot / width) * view.dimensions * width +
         slot % width;
}

/// Rows × one panel of −|x − y|²/2: the twelve sums stay in registers.
template <int Rows>
inline void products(const float* const (&a)[tile_rows], const float* panel,
                     std::uint32_t dimensions, const float* minus_half_rows,
                     const float* minus_half_columns, Vector (&sum)[Rows][2]) {
  const Vector start0 = load(minus_half_columns), start1 = load(minus_half_columns + lanes);
#pragma GCC unroll 6
  for (int r = 0; r < Rows; ++r) {
    sum[r][0] = start0 + minus_half_rows[r];
    sum[r][1] = start1 + minus_half_rows[r];
  }
  std::uint64_t at = 0;
  for (std::uint32_t k = 0; k < dimensions; ++k, at += width) {
    const Vector b0 = load(panel + at), b1 = load(panel + at + lanes);
#pragma GCC unroll 6
    for (int r = 0; r < Rows; ++r) {
      const Vector x = all(a[r][at]);
      sum[r][0] += x * b0;
      sum[r][1] += x * b1;
    }
  }
}

/// Sixteen partial sums in every instruction set, added in one order.
inline float squared_distance(const float* x, const float* y, std::uint32_t stride) {
  constexpr int parts = 16 / lanes;
  Vector sum[parts] = {};
  for (std::uint32_t k = 0; k < stride; k += 16)
#pragma GCC unroll 4
    for (int p = 0; p < parts; ++p) {
      const Vector difference = load(x + k + p * lanes) - load(y + k + p * lanes);
      sum[p] += difference * difference;
    }
  float lane[16];
  for (int p = 0; p < parts; ++p)
    for (int l = 0; l < lanes; ++l) lane[p * lanes + l] = sum[p][l];
  for (int half = 8; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) lane[l] += lane[l + half];
  return lane[0];
}

template <int Rows>
std::uint32_t close_rows(const SlotView& a, std::uint32_t row, const SlotView& b,
                         std::uint32_t column, std::uint32_t column_count, const float* row_limits,
                         const float* column_limits, Hit* hits) {
  const float* rows[tile_rows] = {};
  for (int r = 0; r < Rows; ++r) rows[r] = in_panel(a, row + r);
  std::uint32_t found = 0;
  for (std::uint32_t c = column; c < column + column_count; c += width) {
    Vector sum[Rows][2];
    products<Rows>(rows, in_panel(b, c), a.dimensions, a.minus_half_norms + row,
                   b.minus_half_norms + c, sum);
    const Vector limit0 = load(column_limits + c), limit1 = load(column_limits + c + lanes);
#pragma GCC unroll 6
    for (int r = 0; r < Rows; ++r) {
      const Vector limit = all(row_limits[row + r]);
      const Mask close0 = (sum[r][0] >= limit) | (sum[r][0] >= limit0);
      const Mask close1 = (sum[r][1] >= limit) | (sum[r][1] >= limit1);
      unsigned close = bits(close0) | bits(close1) << lanes;
      while (close) {
        const unsigned lane = static_cast<unsigned>(__builtin_ctz(close));
        close &= close - 1;
        hits[found].row = row + static_cast<std::uint32_t>(r);
        hits[found].column = c + lane;
        ++found;
      }
    }
  }
  for (std::uint32_t h = 0; h < found; ++h)
    hits[h].squared =
        squared_distance(a.rows + static_cast<std::uint64_t>(hits[h].row) * a.stride,
                         b.rows + static_cast<std::uint64_t>(hits[h].column) * b.stride, a.stride);
  return found;
}

template <int Rows>
void nearest_rows(const SlotView& a, std::uint32_t row, const SlotView& b,
                  std::uint32_t column_count, std::uint32_t* nearest, float* value) {
  const float* rows[tile_rows] = {};
  for (int r = 0; r < Rows; ++r) rows[r] = in_panel(a, row + r);
  Vector best[Rows];
  Mask where[Rows], here;
  for (int l = 0; l < lanes; ++l) here[l] = l;
  for (int r = 0; r < Rows; ++r) best[r] = all(-__builtin_inff()), where[r] = here;
  for (std::uint32_t c = 0; c < column_count; c += width) {
    Vector sum[Rows][2];
    products<Rows>(rows, in_panel(b, c), a.dimensions, a.minus_half_norms + row,
                   b.minus_half_norms + c, sum);
    for (int half = 0; half < 2; ++half, here += lanes)
#pragma GCC unroll 6
      for (int r = 0; r < Rows; ++r) {
        const Mask better = sum[r][half] > best[r];
        best[r] = better ? sum[r][half] : best[r];
        where[r] = better ? here : where[r];
      }
  }
  for (int r = 0; r < Rows; ++r) {
    int at = 0;
    for (int l = 1; l < lanes; ++l)
      if (best[r][l] > best[r][at] || (best[r][l] == best[r][at] && where[r][l] < where[r][at]))
        at = l;
    nearest[r] = static_cast<std::uint32_t>(where[r][at]);
    value[r] = best[r][at];
  }
}

}  // namespace

std::uint32_t panel_width() { return width; }

void pack(const float* const* source, std::uint32_t count, std::uint32_t dimensions,
          const double* centre, float* panel) {
  for (std::uint32_t k = 0; k < dimensions; ++k)
    for (std::uint32_t lane = 0; lane < width; ++lane)
      panel[static_cast<std::uint64_t>(k) * width + lane] =
          lane < count && source[lane]
              ? static_cast<float>(static_cast<double>(source[lane][k]) - centre[k])
              : 0.0f;
}

std::uint32_t close_pairs(const SlotView& a, std::uint32_t row, std::uint32_t row_count,
                          const SlotView& b, std::uint32_t column, std::uint32_t column_count,
                          const float* row_limits, const float* column_limits, Hit* hits) {
  switch (row_count) {
#define CELLOQUY_ROWS(n) \
  case n: return close_rows<n>(a, row, b, column, column_count, row_limits, column_limits, hits)
    CELLOQUY_ROWS(1);
    CELLOQUY_ROWS(2);
    CELLOQUY_ROWS(3);
    CELLOQUY_ROWS(4);
    CELLOQUY_ROWS(5);
    CELLOQUY_ROWS(6);
#undef CELLOQUY_ROWS
  }
  return 0;
}

void nearest_columns(const SlotView& a, std::uint32_t row, std::uint32_t row_count,
                     const SlotView& b, std::uint32_t column_count, std::uint32_t* nearest,
                     float* value) {
  if (row_count == tile_rows) return nearest_rows<6>(a, row, b, column_count, nearest, value);
  for (std::uint32_t r = 0; r < row_count; ++r)
    nearest_rows<1>(a, row + r, b, column_count, nearest + r, value + r);
}

void squared_distances(const float* x, const float* rows, std::uint32_t stride, std::uint32_t count,
                       float* squared) {
  for (std::uint32_t i = 0; i < count; ++i)
    squared[i] = squared_distance(x, rows + static_cast<std::uint64_t>(i) * stride, stride);
}

}  // namespace celloquy::neighbors::CELLOQUY_ISA
