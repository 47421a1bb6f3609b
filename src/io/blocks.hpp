#pragma once
// Parallel loops whose bodies may refuse.

#include <exception>
#include <mutex>

#include "base/thread_pool.hpp"
#include "io/refusal.hpp"

namespace celloquy::io {

/// parallel_for_blocks for bodies that throw: the exception of the earliest
/// failed block is thrown again in the calling thread. Cancellation throws too.
/// `step` names the progress; null reports none.
template <class Body>
void guarded_blocks(const Context& context, std::size_t items, std::size_t block_size,
                    const char* step, Body&& body) {
  std::mutex mutex;
  std::exception_ptr error;
  std::size_t failed = SIZE_MAX;
  parallel_for_blocks(context, items, block_size, [&](const Block& block) {
    {
      const std::lock_guard lock(mutex);
      if (block.index > failed) return;
    }
    try {
      if (step && block.worker == 0)
        context.report(step, static_cast<double>(block.begin) / static_cast<double>(items));
      body(block);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (block.index < failed) {
        failed = block.index;
        error = std::current_exception();
      }
    }
  });
  if (error) std::rethrow_exception(error);
  if (context.cancelled()) stop_cancelled();
}

}  // namespace celloquy::io
