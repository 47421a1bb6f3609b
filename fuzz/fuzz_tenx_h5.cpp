// 10x Genomics HDF5.
#include "input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace celloquy;
  fuzz::check_reader([&] {
    return io::read_tenx_h5(io::hdf5::File(fuzz::memory_file("input.h5", data, size)), Context());
  });
  return 0;
}
