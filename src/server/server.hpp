#pragma once
// `celloquy serve`: everything put together.

#include <memory>
#include <string>
#include <vector>

#include "server/http/listener.hpp"
#include "server/studies/library.hpp"

namespace celloquy::server {

struct ServerOptions {
  LibraryOptions library;
  http::ListenerOptions listener;
  std::string users;           ///< file of users; empty: this machine's own user with a secret
  std::string secret;          ///< empty: a random one
  std::string trusted_header;  ///< set by a reverse proxy
  std::vector<std::string> trusted_from = {"127.0.0.1", "::1"};
  std::vector<std::string> hosts;  ///< further names that requests may be addressed to
  std::string web;                 ///< folder of the page; empty: web_folder()
  std::uint64_t most_upload = 20'000'000'000;
  std::string version = "0";
  unsigned threads = 0;      ///< for analyses; 0: one a core
  unsigned job_threads = 0;  ///< analyses of different sessions at once; 0: 4
};

class Server {
 public:
  /// Errors: another address than this machine's own without users; what Library
  /// and Listener refuse.
  static Expected<std::unique_ptr<Server>> start(const ServerOptions& options);
  /// Cancels what runs, closes connections. Finished results are on disk.
  ~Server();

  std::uint16_t port() const;
  const std::string& secret() const;
  /// What to open: http://127.0.0.1:PORT/?secret=…
  std::string address() const;
  /// Bytes that open studies take.
  std::size_t connections() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace celloquy::server
