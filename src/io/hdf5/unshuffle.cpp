#include "io/hdf5/unshuffle.hpp"

#include <cstring>

namespace celloquy::io::hdf5 {

void unshuffle(const std::uint8_t* in, std::uint8_t* out, std::size_t bytes, std::size_t width) {
  const std::size_t count = bytes / width;
  if (width == 4) {
    CELLOQUY_SELECT(unshuffle4)(in, out, count);
  } else if (width == 8) {
    CELLOQUY_SELECT(unshuffle8)(in, out, count);
  } else {
    for (std::size_t b = 0; b < width; ++b)
      for (std::size_t i = 0; i < count; ++i) out[i * width + b] = in[b * count + i];
  }
  // A chunk of no bytes has no buffers, which memcpy may not be given.
  if (const std::size_t rest = bytes - count * width; rest > 0)
    std::memcpy(out + count * width, in + count * width, rest);
}

}  // namespace celloquy::io::hdf5
