#pragma once
// The file of one result; docs/workspace.md specifies it byte by byte.

#include <optional>
#include <string>

#include "workspace/result_store.hpp"

namespace celloquy::workspace {

/// Atomic; replaces what is there.
Status write_blob(const std::string& path, const Blob& blob);
/// Nothing when the file is missing, cut short, damaged or of an unknown
/// version. Sizes are checked against the file before memory is taken.
std::optional<Blob> read_blob(const std::string& path);
/// Checks the header, its checksum and the size of the file, not the arrays.
bool blob_looks_whole(const std::string& path);

}  // namespace celloquy::workspace
