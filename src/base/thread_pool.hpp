#pragma once
// Worker threads that sleep while they wait, and loops over fixed blocks.

#include <cstddef>
#include <functional>
#include <memory>
#include <type_traits>

#include "base/context.hpp"

namespace celloquy {

class ThreadPool {
 public:
  /// `threads` in all, the calling one included; 0 means one a core.
  explicit ThreadPool(unsigned threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  unsigned size() const;

  /// Runs job(worker) once on each of `size()` threads, worker 0 being the
  /// caller, and returns when all have. Not to be nested: a job that calls
  /// `run` on the same pool runs serially.
  void run(const std::function<void(unsigned worker)>& job);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// One piece of a loop. Blocks are the same for any number of threads; results
/// that are summed are kept a block each and added in the order of `index`.
struct Block {
  std::size_t index, begin, end;
  unsigned worker;  ///< below worker_count(context): which scratch memory to use
  std::size_t size() const { return end - begin; }
};

inline std::size_t block_count(std::size_t items, std::size_t block_size) {
  return (items + block_size - 1) / block_size;
}
unsigned worker_count(const Context& context);

namespace detail {
void for_blocks(const Context& context, std::size_t items, std::size_t block_size,
                const std::function<void(const Block&)>& body);
}

/// Calls body(const Block&) for each block of `items`, in any order, on all
/// threads of the context. Stops handing out blocks once cancelled; the caller
/// checks context.cancelled() afterwards. `block_size` must not depend on the
/// number of threads.
template <class Body>
void parallel_for_blocks(const Context& context, std::size_t items, std::size_t block_size,
                         Body&& body) {
  static_assert(std::is_invocable_v<Body&, const Block&>);
  detail::for_blocks(context, items, block_size, std::ref(body));
}

}  // namespace celloquy
