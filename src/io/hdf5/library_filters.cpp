#include "io/hdf5/library_filters.hpp"

#include <hdf5.h>

namespace celloquy::io::hdf5 {
namespace {

// Before anything else is asked of the library: at its end it would unload plugins
// whose memory of each thread nobody could give back any more. Files are closed by
// their owners.
[[maybe_unused]] const herr_t stays_loaded = H5dont_atexit();

}  // namespace

std::mutex& library_mutex() {
  static std::mutex mutex;
  return mutex;
}

// The library can run a filter only as part of reading a dataset, so a file in
// memory is made with one chunk that holds the stored bytes as they are, and
// read back through the filter.
bool apply_library_filter(const Filter& filter, const std::vector<std::uint8_t>& in,
                          std::size_t in_bytes, std::size_t element_bytes,
                          std::vector<std::uint8_t>& out, std::size_t out_bytes) {
  // The library's own rare filters (szip, n-bit, scale-offset) trust their
  // parameters; no expression file uses them.
  constexpr std::uint16_t first_registered = 256;
  if (filter.id < first_registered || element_bytes == 0) return false;
  const std::lock_guard lock(library_mutex());
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  if (H5Zfilter_avail(filter.id) <= 0) return false;
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_fapl_core(access, 1 << 20, false);
  const hid_t file = H5Fcreate("celloquy-filter", H5F_ACC_TRUNC, H5P_DEFAULT, access);
  const hsize_t extent = out_bytes / element_bytes;
  const hid_t type = H5Tcreate(H5T_OPAQUE, element_bytes);
  const hid_t space = H5Screate_simple(1, &extent, nullptr);
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(properties, 1, &extent);
  // Bitshuffle's plugin puts three values of its own before those of the user.
  constexpr std::uint16_t bitshuffle = 32008;
  const std::size_t own = filter.id == bitshuffle && filter.values.size() >= 3 ? 3 : 0;
  bool done = H5Pset_filter(properties, filter.id, H5Z_FLAG_OPTIONAL, filter.values.size() - own,
                            filter.values.data() + own) >= 0;
  const hid_t dataset =
      done ? H5Dcreate2(file, "chunk", type, space, H5P_DEFAULT, properties, H5P_DEFAULT) : -1;
  if (dataset >= 0) {
    const hsize_t origin = 0;
    done = H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, &origin, in_bytes, in.data()) >= 0 &&
           H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data()) >= 0;
    H5Dclose(dataset);
  } else {
    done = false;
  }
  H5Pclose(properties);
  H5Sclose(space);
  H5Tclose(type);
  H5Fclose(file);
  H5Pclose(access);
  return done;
}

}  // namespace celloquy::io::hdf5
