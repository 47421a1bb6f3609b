// Element types of datasets.
#include <bit>
#include <cmath>
#include <cstring>

#include "io/hdf5/matrix_reader.hpp"

namespace celloquy::io::hdf5 {
namespace {

/// The integer type behind booleans and other enumerations.
const Datatype& plain_type(const Datatype& type) {
  if (type.type_class == Datatype::Class::enumeration && type.base && type.base->size == type.size)
    return *type.base;
  return type;
}

template <class From, class To>
void widen(const std::uint8_t* raw, std::size_t count, std::vector<std::uint8_t>& out) {
  out.resize(count * sizeof(To));
  auto* to = reinterpret_cast<To*>(out.data());
  for (std::size_t i = 0; i < count; ++i) {
    From value;
    std::memcpy(&value, raw + i * sizeof(From), sizeof(From));
    to[i] = static_cast<To>(value);
  }
}

float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000u) << 16, exponent = (half >> 10) & 31,
                      mantissa = half & 0x3ffu;
  if (exponent == 0) return (sign ? -1.0f : 1.0f) * std::ldexp(static_cast<float>(mantissa), -24);
  const std::uint32_t bits = exponent == 31 ? sign | 0x7f800000u | mantissa << 13
                                            : sign | (exponent + 112) << 23 | mantissa << 13;
  return std::bit_cast<float>(bits);
}

}  // namespace

NumberKind number_kind(const Dataset& dataset) {
  const auto& type = plain_type(dataset.type);
  using Class = Datatype::Class;
  if (type.type_class == Class::floating) {
    if (type.size == 2 || type.size == 4) return NumberKind::f32;
    if (type.size == 8) return NumberKind::f64;
  } else if (type.type_class == Class::fixed || type.type_class == Class::bitfield) {
    // HDF5 allows integers of any size; others than these have no machine type to be read as.
    if (type.size == 1 || type.size == 2) return NumberKind::i32;
    if (type.size == 4 && type.is_signed) return NumberKind::i32;
    if (type.size == 4) return NumberKind::i64;
    if (type.size == 8) return NumberKind::i64;
  }
  refuse("io.not_numbers", {{"where", dataset.path}});
}

const void* as_numbers(const Datatype& declared, const std::uint8_t* raw, std::size_t count,
                       std::vector<std::uint8_t>& out) {
  const auto& type = plain_type(declared);
  if (type.type_class == Datatype::Class::floating) {
    if (type.size != 2) return raw;
    out.resize(count * 4);
    for (std::size_t i = 0; i < count; ++i) {
      std::uint16_t half;
      std::memcpy(&half, raw + 2 * i, 2);
      const float value = half_to_float(half);
      std::memcpy(out.data() + 4 * i, &value, 4);
    }
    return out.data();
  }
  if (type.size == 1)
    type.is_signed ? widen<std::int8_t, std::int32_t>(raw, count, out)
                   : widen<std::uint8_t, std::int32_t>(raw, count, out);
  else if (type.size == 2)
    type.is_signed ? widen<std::int16_t, std::int32_t>(raw, count, out)
                   : widen<std::uint16_t, std::int32_t>(raw, count, out);
  else if (type.size == 4 && !type.is_signed)
    widen<std::uint32_t, std::int64_t>(raw, count, out);
  else
    return raw;  // unsigned 64-bit numbers beyond 2^63 appear negative, and are refused as such
  return out.data();
}

std::vector<std::int64_t> read_integers(const File& file, const Dataset& dataset) {
  const auto kind = number_kind(dataset);
  const auto raw = read_all(file, dataset);
  const std::size_t count = raw.size() / dataset.type.size;
  std::vector<std::uint8_t> scratch;
  const void* numbers = as_numbers(dataset.type, raw.data(), count, scratch);
  std::vector<std::int64_t> out(count);
  const auto copy = [&](const auto* from) {
    for (std::size_t i = 0; i < count; ++i) {
      if constexpr (std::is_floating_point_v<std::remove_cvref_t<decltype(*from)>>)
        out[i] = from[i] >= -9e18 && from[i] <= 9e18 ? static_cast<std::int64_t>(from[i]) : -1;
      else
        out[i] = from[i];
    }
  };
  switch (kind) {
    case NumberKind::f32: copy(static_cast<const float*>(numbers)); break;
    case NumberKind::f64: copy(static_cast<const double*>(numbers)); break;
    case NumberKind::i32: copy(static_cast<const std::int32_t*>(numbers)); break;
    case NumberKind::i64: copy(static_cast<const std::int64_t*>(numbers)); break;
  }
  return out;
}

std::vector<double> read_reals(const File& file, const Dataset& dataset) {
  const auto kind = number_kind(dataset);
  const auto raw = read_all(file, dataset);
  const std::size_t count = raw.size() / dataset.type.size;
  std::vector<std::uint8_t> scratch;
  const void* numbers = as_numbers(dataset.type, raw.data(), count, scratch);
  std::vector<double> out(count);
  const auto copy = [&](const auto* from) {
    for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<double>(from[i]);
  };
  switch (kind) {
    case NumberKind::f32: copy(static_cast<const float*>(numbers)); break;
    case NumberKind::f64: copy(static_cast<const double*>(numbers)); break;
    case NumberKind::i32: copy(static_cast<const std::int32_t*>(numbers)); break;
    case NumberKind::i64: copy(static_cast<const std::int64_t*>(numbers)); break;
  }
  return out;
}

}  // namespace celloquy::io::hdf5
