#pragma once
// Filters that we do not decode ourselves (blosc, LZ4, bitshuffle, bzip2…),
// through the plugins of the installed HDF5 library.

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "io/hdf5/format.hpp"

namespace celloquy::io::hdf5 {

/// Held around every call into libhdf5, which is not made for threads.
std::mutex& library_mutex();

/// Undoes one filter of a chunk; false where the plugin is not installed or
/// fails. `element_bytes` is the size of one value. One thread at a time enters the library.
bool apply_library_filter(const Filter& filter, const std::vector<std::uint8_t>& in,
                          std::size_t in_bytes, std::size_t element_bytes,
                          std::vector<std::uint8_t>& out, std::size_t out_bytes);

}  // namespace celloquy::io::hdf5
