// The LZF decoder: the first two bytes are the size of the output.
#include <vector>

#include "io/hdf5/lzf.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  std::vector<std::uint8_t> out(data[0] | data[1] << 8);
  celloquy::io::hdf5::decode_lzf(data + 2, size - 2, out.data(), out.size());
  return 0;
}
