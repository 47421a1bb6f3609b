#pragma once
// What happens in one session of a study, told to all its clients.

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "server/http/event_stream.hpp"

namespace celloquy::server {

/// JSON on one line; text that is no UTF-8 gets replacement signs.
std::string dump(const nlohmann::json& value);

class EventHub {
 public:
  /// A stream that gets all events from now on, and of those remembered the ones
  /// after `last_seen` (0: none). `hello` is sent first.
  std::shared_ptr<http::EventStream> join(std::uint64_t last_seen, nlohmann::json hello);
  void tell(std::string_view event, const nlohmann::json& data);
  std::size_t clients();
  /// Ends all streams.
  void close();

 private:
  static constexpr std::size_t remembered = 200;
  struct Event {
    std::uint64_t id;
    std::string name, data;
  };
  void forget_the_gone();

  std::mutex mutex_;
  std::uint64_t next_ = 1;
  std::deque<Event> last_;
  std::vector<std::shared_ptr<http::EventStream>> streams_;
};

}  // namespace celloquy::server
