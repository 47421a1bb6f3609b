#pragma once
// Threads for jobs: they sleep while there is nothing to do, and the memory of what they
// did is given back.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace celloquy::server {

class Workers {
 public:
  explicit Workers(unsigned threads);
  ~Workers() { stop(); }
  /// Waits for what was begun; what waits is dropped.
  void stop();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  void run(std::function<void()> work);

 private:
  void loop();
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::size_t busy_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace celloquy::server
