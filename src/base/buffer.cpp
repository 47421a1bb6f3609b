#include "base/buffer.hpp"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace celloquy::detail {
namespace {
constexpr std::size_t mapped_from = std::size_t{4} << 20;
}

void* allocate_buffer(std::size_t bytes) {
  if (bytes >= mapped_from) {
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
  if (bytes >= mapped_from)
    munmap(data, bytes);
  else
    std::free(data);
}

}  // namespace celloquy::detail
