#pragma once
// The identity of the user's data and the place of its workspace.

#include <string>

#include "base/context.hpp"
#include "base/expected.hpp"

namespace celloquy::workspace {

/// `fingerprint` is the hash of the content (all bytes up to 4 GiB; of a larger
/// file its length and 4,096 evenly spaced blocks of 1 MiB). `stamp` is a hash of
/// names, sizes and times: while it is the same the content need not be read
/// again. `settled` is false when the file was touched in the last two seconds:
/// the clock of a file system is coarse, so such a stamp proves nothing later.
/// A folder counts as all files in it, by relative name, without hidden ones
/// and workspaces (*.celloquy).
struct Source {
  std::string fingerprint, stamp;
  bool settled = false;
};

/// Where the bytes of `path` are: itself, or for the word "demo" (when no file has
/// that name) the folder of the fetched demonstration data.
Expected<std::string> source_location(const std::string& path);
/// True for the word "demo" when no file has that name.
bool is_demonstration(const std::string& path);

/// The stamp only; costs a stat a file. Error: no such file, not readable.
Expected<std::string> source_stamp(const std::string& path);
/// Reads the content; polls cancellation. About 5 GB/s from memory, else the disk's speed.
Expected<Source> identify_source(const std::string& path, const Context& context);

/// FILE.celloquy beside the file, or a folder below the cache when that place
/// cannot be written or lies in the cache itself (fetched demonstration data).
/// Makes the folder. `wanted`, when not empty, is used as it is.
Expected<std::string> workspace_folder(const std::string& path, const std::string& wanted,
                                       bool in_cache);

/// ${XDG_CACHE_HOME:-~/.cache}/celloquy
std::string cache_root();

}  // namespace celloquy::workspace
