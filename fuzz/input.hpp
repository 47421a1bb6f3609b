#pragma once
// What all targets share: the input as a file in memory, and a reader's result
// checked as far as every reader promises.

#include <cstdlib>
#include <functional>

#include "io/readers.hpp"

namespace celloquy::fuzz {

inline std::shared_ptr<const io::InputFile> memory_file(const char* name, const std::uint8_t* data,
                                                        std::size_t size) {
  return std::make_shared<io::MemoryFile>(name, std::vector<std::uint8_t>(data, data + size));
}

/// Stops the fuzzer where an accepted dataset is inconsistent, or a refusal is
/// anything but unusable input with a sentence.
inline void check(const Expected<Dataset>& read) {
  if (!read) {
    if (read.error().code != ErrorCode::unusable_input || read.error().message.empty())
      std::abort();
    return;
  }
  if (!read->matrix.by_cell().valid() || read->obs.index.size() != read->n_cells() ||
      read->var.index.size() != read->n_genes())
    std::abort();
  for (const auto& [name, column] : read->obs.columns)
    if (length(column) != read->n_cells()) std::abort();
  for (const auto& [name, column] : read->var.columns)
    if (length(column) != read->n_genes()) std::abort();
}

inline void check_reader(const std::function<Dataset()>& read) {
  check(io::guarded_read(read, "input"));
}

}  // namespace celloquy::fuzz
