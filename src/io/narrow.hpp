#pragma once
// Numbers as they lie in files, made as narrow as they can be stored.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/instruction_set.hpp"

namespace celloquy::io {

/// What a block of numbers holds.
struct NumberScan {
  bool whole = true;         ///< all are exact whole numbers within ±2^53
  bool nearly_whole = true;  ///< all are within noise of one: 1e-4 + 1e-6·|x|
  double smallest = 0, largest = 0;
  std::size_t zeros = 0, nan = 0, infinite = 0, negative = 0;
  double noise = 0;  ///< largest distance from a whole number, if nearly whole
};

#define CELLOQUY_NARROW_KERNELS(T)                                                     \
  /* Whole numbers within ±2^31 only: true, with their range and zeros. */            \
  bool scan_whole(const T* in, std::size_t n, long long* smallest, long long* largest, \
                  std::size_t* zeros);                                                 \
  void convert(const T* in, std::size_t n, unsigned char* out);                        \
  void convert(const T* in, std::size_t n, unsigned short* out);                       \
  void convert(const T* in, std::size_t n, unsigned* out);                             \
  void convert(const T* in, std::size_t n, float* out);

CELLOQUY_DECLARE_KERNELS(
    CELLOQUY_NARROW_KERNELS(float) CELLOQUY_NARROW_KERNELS(double) CELLOQUY_NARROW_KERNELS(int)
        CELLOQUY_NARROW_KERNELS(long long)
    /// Returns the largest as unsigned: negative numbers come out huge.
    unsigned long long narrow_index(const int* in, std::size_t n, unsigned short* out);
    unsigned long long narrow_index(const int* in, std::size_t n, unsigned* out);
    unsigned long long narrow_index(const long long* in, std::size_t n, unsigned short* out);
    unsigned long long narrow_index(const long long* in, std::size_t n, unsigned* out);
    /// True where each is larger than the one before.
    bool ascending(const unsigned short* in, std::size_t n);
    bool ascending(const unsigned* in, std::size_t n);)

/// The variant of an overloaded kernel for this machine:
///   CELLOQUY_DISPATCH(convert(in, n, out))
#if defined(__x86_64__)
#define CELLOQUY_DISPATCH(call)                                                       \
  (::celloquy::instruction_set() == ::celloquy::InstructionSet::avx512 ? avx512::call \
   : ::celloquy::instruction_set() == ::celloquy::InstructionSet::avx2 ? avx2::call   \
                                                                       : plain::call)
#else
#define CELLOQUY_DISPATCH(call) (plain::call)
#endif

}  // namespace celloquy::io
