#pragma once
// HDF5's shuffle filter stores the first bytes of all elements, then the second
// bytes and so on; this puts them back together.

#include <cstddef>
#include <cstdint>

#include "base/instruction_set.hpp"

namespace celloquy::io::hdf5 {

CELLOQUY_DECLARE_KERNELS(
    /// `count` elements of 4 or 8 bytes.
    void unshuffle4(const unsigned char* in, unsigned char* out, std::size_t count);
    void unshuffle8(const unsigned char* in, unsigned char* out, std::size_t count);)

/// `width` bytes an element; bytes left over at the end are copied as they are.
void unshuffle(const std::uint8_t* in, std::uint8_t* out, std::size_t bytes, std::size_t width);

}  // namespace celloquy::io::hdf5
