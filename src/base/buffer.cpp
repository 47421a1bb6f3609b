#include "base/buffer.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <new>
#include <vector>

#include "base/file_backed.hpp"

namespace celloquy {
namespace {

constexpr std::size_t mapped_from = std::size_t{4} << 20;

/// Buffers in files, and the folders for new ones: the last one is used.
struct Files {
  std::mutex mutex;
  std::vector<std::string> folders;
  std::map<void*, std::size_t> sizes;
  std::atomic<bool> any{false};  ///< so that others need no lock
};
Files& files() {
  static auto* const made = new Files;  // buffers may be freed after static objects are gone
  return *made;
}

/// Null where the folder has no room: writing to a page without it would end the process.
void* map_in_file(const std::string& folder, std::size_t bytes) {
  const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0) return nullptr;
  void* data = MAP_FAILED;
  if (posix_fallocate(file, 0, static_cast<off_t>(bytes)) == 0)
    data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  return data == MAP_FAILED ? nullptr : data;
}

void* allocate_in_file(std::size_t bytes) {
  std::lock_guard lock(files().mutex);
  if (files().folders.empty()) return nullptr;
  void* data = map_in_file(files().folders.back(), bytes);
  if (data) {
    files().sizes[data] = bytes;
    files().any = true;
  }
  return data;
}

}  // namespace

FileBackedBuffers::FileBackedBuffers(const std::string& folder) {
  std::lock_guard lock(files().mutex);
  files().folders.push_back(folder);
  files().any = true;
}

FileBackedBuffers::~FileBackedBuffers() {
  std::lock_guard lock(files().mutex);
  files().folders.pop_back();
}

void FileBackedBuffers::release() {
  if (!files().any) return;
  std::lock_guard lock(files().mutex);
  // The contents are the file's: only the way to them is taken down.
  for (const auto& [data, bytes] : files().sizes) madvise(data, bytes, MADV_DONTNEED);
}

namespace detail {

void* allocate_buffer(std::size_t bytes) {
  if (bytes >= mapped_from) {
    if (files().any)
      if (void* data = allocate_in_file(bytes)) return data;
    void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
    madvise(data, bytes, MADV_HUGEPAGE);
#endif
    return data;
  }
  void* data = std::aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (!data) throw std::bad_alloc();
  return data;
}

void free_buffer(void* data, std::size_t bytes) noexcept {
  if (bytes < mapped_from) {
    std::free(data);
    return;
  }
  if (files().any) {
    // Forgotten before its place can be given to somebody else.
    std::lock_guard lock(files().mutex);
    files().sizes.erase(data);
  }
  munmap(data, bytes);
}

}  // namespace detail
}  // namespace celloquy
