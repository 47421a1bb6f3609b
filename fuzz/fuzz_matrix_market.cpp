// Matrix Market matrices, with as many names as the file announces.
#include "input.hpp"
#include "io/matrix_market_reader.hpp"
#include "io/text_source.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace celloquy;
  if (size == 0) return 0;
  fuzz::check_reader([&] {
    const auto text = io::expanded(fuzz::memory_file("matrix.mtx", data, size));
    const auto [rows, columns] = io::market_shape(*text);
    if (rows > 100000 || columns > 100000) io::refuse("io.market_header");
    auto matrix = io::read_market_matrix(*text, Context());
    matrix.order = Order::cell_major;
    Dataset dataset;
    for (std::uint64_t i = 0; i < columns; ++i)
      dataset.obs.index.push_back("cell" + std::to_string(i));
    for (std::uint64_t i = 0; i < rows; ++i)
      dataset.var.index.push_back("GENE" + std::to_string(i));
    io::settle_matrix(dataset, std::move(matrix), "X", Context());
    io::settle_dataset(dataset);
    return dataset;
  });
  return 0;
}
