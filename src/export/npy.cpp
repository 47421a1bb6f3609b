#include "export/npy.hpp"

#include <bit>
#include <vector>

#include "workspace/atomic_file.hpp"

namespace celloquy::exports {

static_assert(std::endian::native == std::endian::little, "the header says little-endian");

Status write_npy(
    const std::string& path, std::size_t n_rows, std::size_t n_columns,
    const std::function<void(std::size_t begin, std::size_t end, std::span<float> values)>& fill) {
  std::string description = "{'descr': '<f4', 'fortran_order': False, 'shape': (" +
                            std::to_string(n_rows) + ", " + std::to_string(n_columns) + "), }";
  // The header ends at a multiple of 64 bytes, with a new line.
  constexpr std::size_t before = 10;
  while ((before + description.size() + 1) % 64 != 0) description += ' ';
  description += '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(description.size() & 0xFF);
  header += static_cast<char>(description.size() >> 8);
  header += description;
  constexpr std::size_t rows_at_a_time = 4096;
  std::vector<float> values;
  std::size_t row = 0;
  bool begun = false;
  return workspace::write_stream_atomically(path, [&]() -> std::span<const std::byte> {
    if (!begun) {
      begun = true;
      return std::as_bytes(std::span(header));
    }
    if (row == n_rows || n_columns == 0) return {};
    const std::size_t end = std::min(n_rows, row + rows_at_a_time);
    values.resize((end - row) * n_columns);
    fill(row, end, values);
    row = end;
    return std::as_bytes(std::span(values));
  });
}

}  // namespace celloquy::exports
