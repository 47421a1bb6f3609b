#include "io/hdf5/lzf.hpp"

#include <cstring>

namespace celloquy::io::hdf5 {

bool decode_lzf(const std::uint8_t* in, std::size_t in_bytes, std::uint8_t* out,
                std::size_t out_bytes) {
  std::size_t from = 0, to = 0;
  while (from < in_bytes) {
    const std::size_t control = in[from++];
    if (control < 32) {
      const std::size_t length = control + 1;
      if (length > in_bytes - from || length > out_bytes - to) return false;
      std::memcpy(out + to, in + from, length);
      from += length;
      to += length;
      continue;
    }
    std::size_t length = control >> 5;
    if (length == 7) {
      if (from >= in_bytes) return false;
      length += in[from++];
    }
    length += 2;
    if (from >= in_bytes) return false;
    const std::size_t distance = ((control & 31) << 8 | in[from++]) + 1;
    if (distance > to || length > out_bytes - to) return false;
    if (distance >= length) {
      std::memcpy(out + to, out + to - distance, length);
    } else {  // the copy overlaps itself: byte by byte repeats the pattern
      for (std::size_t i = 0; i < length; ++i) out[to + i] = out[to + i - distance];
    }
    to += length;
  }
  return to == out_bytes;
}

}  // namespace celloquy::io::hdf5
