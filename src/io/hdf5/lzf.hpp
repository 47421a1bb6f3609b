#pragma once
// LZF, the fast compression that h5py offers.

#include <cstddef>
#include <cstdint>

namespace celloquy::io::hdf5 {

/// Decompresses exactly `out_bytes`; false where the input is damaged. Reads
/// and writes nothing outside the two buffers.
///
/// Format: a control byte below 32 is followed by that many plus one literal
/// bytes; else its upper 3 bits plus 2 are the length of a copy (7: one more
/// byte is added), its lower 5 bits and the next byte the distance minus one.
bool decode_lzf(const std::uint8_t* in, std::size_t in_bytes, std::uint8_t* out,
                std::size_t out_bytes);

}  // namespace celloquy::io::hdf5
