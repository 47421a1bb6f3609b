#include "base/thread_pool.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace celloquy {
namespace {

thread_local bool inside_job = false;

/// Runs one worker's part; an exception is kept for the caller of `run`.
std::exception_ptr run_part(const std::function<void(unsigned)>& job, unsigned worker) {
  inside_job = true;
  std::exception_ptr thrown;
  try {
    job(worker);
  } catch (...) {
    thrown = std::current_exception();
  }
  inside_job = false;
  return thrown;
}

}  // namespace

struct ThreadPool::Impl {
  std::mutex run_mutex;  // one job at a time
  std::mutex mutex;
  std::condition_variable wake, finished;
  const std::function<void(unsigned)>* job = nullptr;
  std::uint64_t generation = 0;
  unsigned running = 0;
  bool stopping = false;
  std::exception_ptr thrown;  // by a worker other than the caller
  std::vector<std::thread> workers;

  void work(unsigned worker) {
    std::uint64_t seen = 0;
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [&] { return stopping || generation != seen; });
      if (stopping) return;
      seen = generation;
      const auto* current = job;
      lock.unlock();
      const auto exception = run_part(*current, worker);
      lock.lock();
      if (exception && !thrown) thrown = exception;
      if (--running == 0) finished.notify_one();
    }
  }
};

ThreadPool::ThreadPool(unsigned threads) : impl_(std::make_unique<Impl>()) {
  if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
  impl_->workers.reserve(threads - 1);
  for (unsigned worker = 1; worker < threads; ++worker)
    impl_->workers.emplace_back([this, worker] { impl_->work(worker); });
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  for (auto& thread : impl_->workers) thread.join();
}

unsigned ThreadPool::size() const { return static_cast<unsigned>(impl_->workers.size()) + 1; }

void ThreadPool::run(const std::function<void(unsigned)>& job) {
  if (inside_job || impl_->workers.empty()) {
    for (unsigned worker = 0; worker < (inside_job ? 1 : size()); ++worker) job(worker);
    return;
  }
  std::lock_guard one_job(impl_->run_mutex);
  {
    std::lock_guard lock(impl_->mutex);
    impl_->job = &job;
    impl_->running = static_cast<unsigned>(impl_->workers.size());
    ++impl_->generation;
  }
  impl_->wake.notify_all();
  auto thrown = run_part(job, 0);
  std::unique_lock lock(impl_->mutex);
  // The workers use `job` and what it refers to: wait, also after an exception.
  impl_->finished.wait(lock, [&] { return impl_->running == 0; });
  if (!thrown) thrown = impl_->thrown;
  impl_->thrown = nullptr;
  lock.unlock();
  if (thrown) std::rethrow_exception(thrown);
}

unsigned worker_count(const Context& context) {
  return context.threads ? context.threads->size() : 1;
}

namespace detail {

void for_blocks(const Context& context, std::size_t items, std::size_t block_size,
                const std::function<void(const Block&)>& body) {
  const std::size_t blocks = block_count(items, block_size);
  const auto run_block = [&](std::size_t index, unsigned worker) {
    const std::size_t begin = index * block_size;
    body(Block{index, begin, std::min(items, begin + block_size), worker});
  };
  if (!context.threads || context.threads->size() == 1 || blocks <= 1) {
    for (std::size_t i = 0; i < blocks && !context.cancelled(); ++i) run_block(i, 0);
    return;
  }
  std::atomic<std::size_t> next{0};
  // The exception of the first block that fails, as in a serial loop: blocks are
  // handed out in order, so every block before a failing one runs as well.
  std::mutex failure_mutex;
  std::exception_ptr thrown;
  std::size_t thrown_in = blocks;
  std::atomic<bool> failed{false};
  context.threads->run([&](unsigned worker) {
    for (std::size_t i = next.fetch_add(1); i < blocks && !context.cancelled() && !failed;
         i = next.fetch_add(1)) {
      try {
        run_block(i, worker);
      } catch (...) {
        std::lock_guard lock(failure_mutex);
        failed = true;
        if (i < thrown_in) thrown = std::current_exception(), thrown_in = i;
      }
    }
  });
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace detail
}  // namespace celloquy
