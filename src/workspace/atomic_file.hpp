#pragma once
// Files that are whole or absent, whatever happens while they are written.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"

namespace celloquy::workspace {

/// Writes a whole file so that a crash leaves either the old or the new one:
/// temporary name in the same folder, fsync, rename, fsync of the folder. Makes
/// the folder where it is missing. `pieces` are written one after another.
Status write_file_atomically(const std::string& path, std::string_view content);
Status write_pieces_atomically(const std::string& path,
                               std::span<const std::span<const std::byte>> pieces);
/// The same for content that is made as it is written: `next` is called until it
/// gives nothing; what it gave must live until it is called again.
Status write_stream_atomically(const std::string& path,
                               const std::function<std::span<const std::byte>()>& next);

/// Adds one line to a file and syncs it. A line that an earlier crash left
/// without its end is closed first.
Status append_line(const std::string& path, std::string_view line);

/// The whole file; nothing when it is missing, unreadable or above `most` bytes.
std::optional<std::string> read_file(const std::string& path,
                                     std::uint64_t most = std::uint64_t{1} << 30);

/// True for the names that the functions above use while they write.
bool is_temporary_name(std::string_view file_name);
/// Deletes what writers that were killed left behind below `folder` (one level
/// of sub-folders), once it is older than an hour.
void remove_stale_temporaries(const std::string& folder);

/// Makes a folder and its parents; false where that is not possible.
bool make_folders(const std::string& folder);
/// True when files can be made in this folder.
bool writable_folder(const std::string& folder);

/// An exclusive lock between processes, held until it is destroyed.
class FileLock {
 public:
  /// Waits up to ten seconds (the holder works for milliseconds). Where the file
  /// system knows no locks the lock is not taken and work goes on: files stay
  /// whole, the last writer of a pointer wins.
  static Expected<FileLock> take(const std::string& path);
  FileLock(FileLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace celloquy::workspace
