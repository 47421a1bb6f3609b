#include "io/value_store.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace celloquy::io {
namespace {

template <class F>
auto with_type(const void* in, NumberKind kind, F&& f) {
  switch (kind) {
    case NumberKind::f64: return f(static_cast<const double*>(in));
    case NumberKind::i32: return f(static_cast<const int*>(in));
    case NumberKind::i64: return f(static_cast<const long long*>(in));
    case NumberKind::f32: break;
  }
  return f(static_cast<const float*>(in));
}

/// Everything about numbers that are not all small whole ones.
template <class T>
NumberScan scan_slowly(const T* in, std::size_t count) {
  NumberScan scan;
  scan.smallest = INFINITY;
  scan.largest = -INFINITY;
  for (std::size_t i = 0; i < count; ++i) {
    const double x = static_cast<double>(in[i]);
    if (std::isnan(x)) {
      ++scan.nan;
      scan.whole = scan.nearly_whole = false;
      continue;
    }
    if (std::abs(x) > static_cast<double>(std::numeric_limits<float>::max())) {
      ++scan.infinite;
      scan.negative += x < 0;
      scan.whole = scan.nearly_whole = false;
      continue;
    }
    scan.zeros += x == 0;
    scan.negative += x < 0;
    scan.smallest = std::min(scan.smallest, x);
    scan.largest = std::max(scan.largest, x);
    const double distance = std::abs(x - std::nearbyint(x));
    if (distance != 0) {
      scan.whole = false;
      if (distance > 1e-4 + 1e-6 * std::abs(x)) scan.nearly_whole = false;
      scan.noise = std::max(scan.noise, distance);
    }
    if (std::abs(x) > 9007199254740992.0) scan.whole = scan.nearly_whole = false;
  }
  if (scan.smallest > scan.largest) scan.smallest = scan.largest = 0;
  // Noise below zero around zero counts is noise, not a negative value.
  if (scan.nearly_whole && scan.negative && scan.smallest > -0.5) scan.negative = 0;
  return scan;
}

template <class W, class T>
void round_into(const T* in, std::size_t count, W* out) {
  for (std::size_t i = 0; i < count; ++i) {
    const double x = std::nearbyint(static_cast<double>(in[i]));
    out[i] = static_cast<W>(x > 0 ? x : 0);
  }
}

}  // namespace

void ValueSummary::add(const NumberScan& scan, std::uint64_t count) {
  const auto finite = count - scan.nan - scan.infinite;
  if (finite) {
    const bool first = values == nan + infinite;
    smallest = first ? scan.smallest : std::min(smallest, scan.smallest);
    largest = first ? scan.largest : std::max(largest, scan.largest);
  }
  values += count;
  zeros += scan.zeros;
  nan += scan.nan;
  infinite += scan.infinite;
  negative += scan.negative;
  whole &= scan.whole;
  nearly_whole &= scan.nearly_whole;
  noise = std::max(noise, scan.noise);
}

NumberScan scan_numbers(const void* in, NumberKind kind, std::size_t count) {
  NumberScan scan;
  if (count == 0) return scan;
  return with_type(in, kind, [&](const auto* numbers) {
    long long smallest = 0, largest = 0;
    if (!CELLOQUY_DISPATCH(scan_whole(numbers, count, &smallest, &largest, &scan.zeros)))
      return scan_slowly(numbers, count);
    scan.smallest = static_cast<double>(smallest);
    scan.largest = static_cast<double>(largest);
    if (smallest < 0)
      for (std::size_t i = 0; i < count; ++i) scan.negative += numbers[i] < 0;
    return scan;
  });
}

Width width_needed(const NumberScan& scan) {
  if (!scan.nearly_whole || scan.negative) return Width::real;
  const double largest = std::nearbyint(scan.largest);
  if (largest <= 255) return Width::bits8;
  if (largest <= 65535) return Width::bits16;
  if (largest <= 4294967295.0) return Width::bits32;
  return Width::real;
}

void store_numbers(const void* in, NumberKind kind, std::size_t count, bool exact,
                   SparseMatrix::Values& out, std::size_t position) {
  with_type(in, kind, [&](const auto* numbers) {
    std::visit(
        [&](auto& buffer) {
          using W = std::remove_cvref_t<decltype(buffer[0])>;
          auto* to = buffer.data() + position;
          using T = std::remove_cvref_t<decltype(numbers[0])>;
          if constexpr (!std::is_same_v<W, float>) {
            if (!exact) return round_into(numbers, count, to);
          }
          if constexpr (std::is_same_v<T, float> && std::is_same_v<W, float>)
            std::copy(numbers, numbers + count, to);
          else
            CELLOQUY_DISPATCH(convert(numbers, count, to));
        },
        out);
  });
}

SparseMatrix::Values make_values(Width width, std::size_t count) {
  switch (width) {
    case Width::bits8: return Buffer<std::uint8_t>(count);
    case Width::bits16: return Buffer<std::uint16_t>(count);
    case Width::bits32: return Buffer<std::uint32_t>(count);
    case Width::real: break;
  }
  return Buffer<float>(count);
}

Width width_of(const SparseMatrix::Values& values) { return static_cast<Width>(values.index()); }

}  // namespace celloquy::io
