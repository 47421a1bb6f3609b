#pragma once
// Server-sent events on their way to one client.

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace celloquy::server::http {

/// Filled by any thread, emptied by the connection. A client that does not read
/// is cut off once `most_waiting` bytes wait for it, so it can cost no more memory.
class EventStream {
 public:
  static constexpr std::size_t most_waiting = std::size_t{64} << 20;

  /// `data` is JSON without line breaks; `id` 0: none. False when nobody reads any more.
  bool send(std::string_view event, std::string_view data, std::uint64_t id = 0);
  /// No more events; what waits is still sent.
  void close();
  /// The client is gone; send() does nothing from now on.
  void abandon();
  bool abandoned() const;

  /// Moves everything that waits to `out`; false when there will be no more.
  bool take(std::string& out);
  /// Called (from any thread) when there is something to take.
  void on_ready(std::function<void()> ready);

 private:
  void wake();
  mutable std::mutex mutex_;
  std::string waiting_;
  bool closed_ = false, abandoned_ = false;
  std::function<void()> ready_;
};

}  // namespace celloquy::server::http
