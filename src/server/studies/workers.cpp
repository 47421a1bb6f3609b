#include "server/studies/workers.hpp"

#include <malloc.h>

#include "base/file_backed.hpp"

namespace celloquy::server {

Workers::Workers(unsigned threads) {
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { loop(); });
}

void Workers::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    queue_.clear();
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void Workers::run(std::function<void()> work) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    queue_.push_back(std::move(work));
  }
  wake_.notify_one();
}

void Workers::loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    auto work = std::move(queue_.front());
    queue_.pop_front();
    ++busy_;
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
    if (--busy_ > 0 || !queue_.empty()) continue;
    lock.unlock();
    // An analysis takes far more than it leaves behind, and the next one may be hours away.
    malloc_trim(0);
    FileBackedBuffers::release();
    lock.lock();
  }
}

}  // namespace celloquy::server
