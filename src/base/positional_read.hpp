#pragma once
// Reading at a place of an open file, whole or not at all.

#include <cstddef>
#include <cstdint>

namespace celloquy {

/// Fills `to` with `bytes` from `offset` on, whatever pieces the system gives
/// and however often a signal interrupts; false at the end of the file or an error.
bool read_exactly(int descriptor, std::uint64_t offset, void* to, std::size_t bytes);

}  // namespace celloquy
