#pragma once
// Sockets: accepts connections, reads requests, writes answers. Boost.Asio and
// Beast stay inside; a slow or silent client holds no thread.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/expected.hpp"
#include "server/http/message.hpp"

namespace celloquy::server::http {

struct ListenerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;        ///< 0: any free one
  std::string certificate, key;  ///< PEM files; both or none
  unsigned quick_threads = 0;    ///< for what is answered at once; 0: one a core, at least 2
  unsigned slow_threads = 8;     ///< for what waits or computes
  std::size_t most_slow = 64;    ///< slow requests that wait or run; more: 429
  std::size_t most_connections = 1024, most_of_one_address = 256;
  std::uint32_t most_header_bytes = 16384;
  std::chrono::milliseconds header_time{10'000};   ///< for the whole request line and headers
  std::chrono::milliseconds body_time{30'000};     ///< for a body kept in memory
  std::chrono::milliseconds upload_pause{10'000};  ///< without a byte of a streamed body
  std::chrono::milliseconds write_pause{30'000};   ///< without the client taking a piece of 256 KiB
  std::chrono::milliseconds idle_time{60'000};     ///< between requests of a connection
  std::chrono::milliseconds heartbeat{15'000};     ///< of event streams
  bool compress_loopback = false;                  ///< for tests
};

class Listener {
 public:
  /// Binds and starts its threads. Errors: the address cannot be bound (the port
  /// is taken, not an address of this machine), the certificate cannot be used.
  static Expected<std::unique_ptr<Listener>> start(Application& application,
                                                   const ListenerOptions& options);
  /// Closes all connections and waits for the threads.
  ~Listener();
  /// Ends all connections and waits for their handlers; what they left behind may still be
  /// released by others until the listener is destroyed. May be called again.
  void stop();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t port() const;
  std::size_t connections() const;

 private:
  struct Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace celloquy::server::http
