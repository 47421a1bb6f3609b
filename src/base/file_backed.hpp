#pragma once
// Large buffers in files instead of memory, for a process that holds much and reads little.

#include <string>

namespace celloquy {

/// While one of these lives, buffers of 4 MB and more that any thread makes lie in a
/// nameless file of `folder`: the system keeps of them in memory what is being read, and
/// a crash leaves nothing behind. Where the folder has no room they are made in memory.
class FileBackedBuffers {
 public:
  explicit FileBackedBuffers(const std::string& folder);
  ~FileBackedBuffers();
  FileBackedBuffers(const FileBackedBuffers&) = delete;
  FileBackedBuffers& operator=(const FileBackedBuffers&) = delete;

  /// Takes all of them out of this process's memory; they come back as they are read.
  /// May be called at any time, also while they are read or written.
  static void release();
};

}  // namespace celloquy
