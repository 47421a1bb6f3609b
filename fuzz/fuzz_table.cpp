// CSV and TSV, also gzip, zip and zstd around them.
#include "input.hpp"
#include "io/table_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace celloquy;
  if (size == 0) return 0;
  fuzz::check_reader([&] {
    return io::read_table(*io::expanded(fuzz::memory_file("input.csv", data, size)), Context());
  });
  return 0;
}
