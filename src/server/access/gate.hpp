#pragma once
// Who sends a request, and whether it may come from where it comes from.

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "server/access/users.hpp"
#include "server/http/message.hpp"

namespace celloquy::server {

struct GateOptions {
  std::string secret;  ///< of this machine's own user; empty: users log in
  std::optional<Users> users;
  std::string trusted_header;  ///< set by a reverse proxy; empty: none
  std::vector<std::string> trusted_from = {"127.0.0.1", "::1"};
  std::vector<std::string>
      hosts;  ///< names that the Host header may have, without port; empty: any
};

/// Who sent a request. The owner of the secret may do everything.
struct Person {
  std::string name;
  bool owner = false;
  User user;
  Right on(const std::string& study) const { return owner ? Right::own : user.on(study); }
};

class Gate {
 public:
  explicit Gate(GateOptions options);

  /// The Host header names this server (a page of another name could otherwise
  /// reach it by pointing that name here).
  bool right_host(const http::Request& request) const;
  std::optional<Person> person(const http::Request& request) const;
  /// A request that changes something comes from our own page, or from a program
  /// that sent the secret itself (which no page of another origin can know).
  bool same_site(const http::Request& request) const;

  bool local() const { return !options_.secret.empty(); }
  /// Set-Cookie for the right secret in the address; nothing for a wrong one.
  std::optional<std::string> cookie_for_secret(const http::Request& request) const;

  enum class Login { done, wrong, too_many };
  /// Slow on purpose (argon2). `cookie` is set when done.
  Login log_in(const http::Request& request, const std::string& name, const std::string& password,
               std::string& cookie);
  void log_out(const http::Request& request);
  std::string empty_cookie(const http::Request& request) const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Ticket {
    std::string user;
    Clock::time_point until;
  };
  struct Failures {
    int count = 0;
    Clock::time_point since;
  };
  std::string token_of(const http::Request& request, bool* from_cookie) const;
  std::string cookie(const std::string& token, bool secure) const;
  bool may_try(const std::string& key);

  GateOptions options_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Ticket> tickets_;
  std::map<std::string, Failures> failures_;
  int hashing_ = 0;
};

}  // namespace celloquy::server
