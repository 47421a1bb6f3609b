#include "tools/pipeline/memory.hpp"

namespace celloquy::tools {

StoreWriter::StoreWriter(workspace::ResultStore& store) : store_(store) {}

StoreWriter::~StoreWriter() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void StoreWriter::put(std::string key, std::function<workspace::Blob()> make) {
  std::lock_guard lock(mutex_);
  queue_.emplace_back(std::move(key), std::move(make));
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  wake_.notify_one();
}

Status StoreWriter::flush() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return queue_.empty() && !busy_; });
  return std::exchange(failed_, Status());
}

void StoreWriter::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    if (queue_.empty()) return;
    auto [key, make] = std::move(queue_.front());
    queue_.pop_front();
    busy_ = true;
    lock.unlock();
    // An error becomes the result of flush(): a full disk must be said, not lost.
    Status status = store_.put(key, make());
    make = nullptr;  // what it borrowed is released before anybody is told
    lock.lock();
    busy_ = false;
    if (!status && failed_) failed_ = std::move(status);
    if (queue_.empty()) done_.notify_all();
  }
}

Memory& Memory::of(workspace::Study& study) {
  auto& attachment = study.attachment();
  if (!attachment) attachment = std::make_shared<Memory>(study.results());
  return *static_cast<Memory*>(attachment.get());
}

void Memory::drop(const std::string& key) {
  std::lock_guard lock(mutex_);
  entries_.erase(key);
}

}  // namespace celloquy::tools
