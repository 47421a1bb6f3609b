#pragma once
// What a step is given besides its inputs and options: threads, cancellation,
// progress, seed. None of these may change a result except the seed.

#include <atomic>
#include <cstdint>
#include <string_view>

#include "base/expected.hpp"

namespace celloquy {

class ThreadPool;

/// Set once by whoever wants the work to stop; polled by long loops.
class CancellationToken {
 public:
  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_{false};
};

/// Receives progress; called from one thread at a time, a few times a second at most.
class ProgressSink {
 public:
  virtual ~ProgressSink() = default;
  /// `step` is the name of the step ("pca"), `fraction` from 0 to 1.
  virtual void report(std::string_view step, double fraction) = 0;
};

struct Context {
  ThreadPool* threads = nullptr;  ///< null: everything in the calling thread
  const CancellationToken* cancellation = nullptr;
  ProgressSink* progress = nullptr;
  std::uint64_t seed = 0;

  bool cancelled() const { return cancellation && cancellation->cancelled(); }
  void report(std::string_view step, double fraction) const {
    if (progress) progress->report(step, fraction);
  }
};

/// The error that a cancelled step returns.
inline tl::unexpected<Error> cancelled_error() {
  return failure(ErrorCode::cancelled, "base.cancelled");
}

}  // namespace celloquy
