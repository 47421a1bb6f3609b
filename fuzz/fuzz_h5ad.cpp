// AnnData files, HDF5 metadata included.
#include "input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace celloquy;
  fuzz::check_reader([&] {
    return io::read_h5ad(io::hdf5::File(fuzz::memory_file("input.h5ad", data, size)), Context());
  });
  return 0;
}
