#include "io/hdf5/unshuffle.hpp"

namespace celloquy::io::hdf5::CELLOQUY_ISA {

// Written so that the compiler vectorises: bytes are widened and shifted into
// place, four or eight streams read in step.
void unshuffle4(const unsigned char* in, unsigned char* out, std::size_t count) {
  const unsigned char *a = in, *b = in + count, *c = b + count, *d = c + count;
  auto* words = reinterpret_cast<unsigned*>(out);
  for (std::size_t i = 0; i < count; ++i)
    words[i] = a[i] | static_cast<unsigned>(b[i]) << 8 | static_cast<unsigned>(c[i]) << 16 |
               static_cast<unsigned>(d[i]) << 24;
}

void unshuffle8(const unsigned char* in, unsigned char* out, std::size_t count) {
  using Word = unsigned long long;
  auto* words = reinterpret_cast<Word*>(out);
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned low = in[i] | static_cast<unsigned>(in[count + i]) << 8 |
                         static_cast<unsigned>(in[2 * count + i]) << 16 |
                         static_cast<unsigned>(in[3 * count + i]) << 24;
    const unsigned high = in[4 * count + i] | static_cast<unsigned>(in[5 * count + i]) << 8 |
                          static_cast<unsigned>(in[6 * count + i]) << 16 |
                          static_cast<unsigned>(in[7 * count + i]) << 24;
    words[i] = low | static_cast<Word>(high) << 32;
  }
}

}  // namespace celloquy::io::hdf5::CELLOQUY_ISA
