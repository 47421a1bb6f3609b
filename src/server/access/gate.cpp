#include "server/access/gate.hpp"

#include <algorithm>

namespace celloquy::server {
namespace {

constexpr auto ticket_time = std::chrono::hours(12);
constexpr auto failure_window = std::chrono::minutes(1);
constexpr int most_failures = 5;
constexpr int most_hashing = 4;  // argon2 takes 64 MiB each
constexpr std::size_t most_remembered = 10'000;

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

/// "[::1]:80" → "::1", "localhost:80" → "localhost".
std::string without_port(const std::string& host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.rfind(':'));
}

std::string cookie_value(const std::string& cookies, std::string_view name) {
  for (std::size_t at = 0; at < cookies.size();) {
    const auto end = std::min(cookies.find(';', at), cookies.size());
    const auto begin = std::min(cookies.find_first_not_of(' ', at), end);
    const std::string_view pair(cookies.data() + begin, end - begin);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
      return std::string(pair.substr(name.size() + 1));
    at = end + 1;
  }
  return {};
}

/// Ports do not separate cookies: two servers of one machine need two names.
std::string cookie_name(const http::Request& request) {
  const std::string host = request.header("host");
  const auto colon = host.rfind(':');
  const bool port = colon != std::string::npos &&
                    host.find_first_not_of("0123456789", colon + 1) == std::string::npos;
  return "celloquy" + (port ? "_" + host.substr(colon + 1) : std::string());
}

}  // namespace

Gate::Gate(GateOptions options) : options_(std::move(options)) {
  for (auto& host : options_.hosts) host = lower(host);
  options_.trusted_header = lower(options_.trusted_header);
}

bool Gate::right_host(const http::Request& request) const {
  const std::string host = lower(request.header("host"));
  if (host.empty()) return false;
  if (options_.hosts.empty()) return true;
  const std::string name = without_port(host);
  return std::find(options_.hosts.begin(), options_.hosts.end(), name) != options_.hosts.end();
}

std::string Gate::token_of(const http::Request& request, bool* from_cookie) const {
  const std::string authorization = request.header("authorization");
  if (from_cookie) *from_cookie = authorization.empty();
  if (!authorization.empty())
    return lower(authorization.substr(0, 7)) == "bearer " ? authorization.substr(7) : std::string();
  return cookie_value(request.header("cookie"), cookie_name(request));
}

std::optional<Person> Gate::person(const http::Request& request) const {
  if (!options_.trusted_header.empty()) {
    const auto& from = options_.trusted_from;
    const std::string name = request.header(options_.trusted_header);
    if (!name.empty() && std::find(from.begin(), from.end(), request.peer) != from.end()) {
      const User* user = options_.users ? options_.users->find(name) : nullptr;
      if (!user) return std::nullopt;
      return Person{name, false, *user};
    }
  }
  const std::string token = token_of(request, nullptr);
  if (token.empty()) return std::nullopt;
  if (same_secret(token, options_.secret)) return Person{"owner", true, {}};
  std::lock_guard lock(mutex_);
  const auto ticket = tickets_.find(token);
  if (ticket == tickets_.end()) return std::nullopt;
  if (ticket->second.until < Clock::now()) {
    tickets_.erase(ticket);
    return std::nullopt;
  }
  const User* user = options_.users ? options_.users->find(ticket->second.user) : nullptr;
  if (!user) return std::nullopt;
  return Person{user->name, false, *user};
}

bool Gate::same_site(const http::Request& request) const {
  // What a page cannot send without our leave (Authorization) needs no more.
  bool from_cookie = false;
  if (!token_of(request, &from_cookie).empty() && !from_cookie) return true;
  const std::string origin = lower(request.header("origin")), host = lower(request.header("host"));
  if (!origin.empty())
    return origin == (request.secure ? "https://" : "http://") + host ||
           (!options_.trusted_header.empty() && origin == "https://" + host);
  return request.header("sec-fetch-site") == "same-origin";
}

std::string Gate::cookie(const std::string& token, bool secure) const {
  return "=" + token + "; HttpOnly; SameSite=Strict; Path=/" + (secure ? "; Secure" : "");
}

std::optional<std::string> Gate::cookie_for_secret(const http::Request& request) const {
  if (!same_secret(request.value("secret"), options_.secret)) return std::nullopt;
  return cookie_name(request) + cookie(options_.secret, request.secure);
}

std::string Gate::empty_cookie(const http::Request& request) const {
  return cookie_name(request) + cookie("", request.secure) + "; Max-Age=0";
}

bool Gate::may_try(const std::string& key) {
  const auto now = Clock::now();
  if (failures_.size() > most_remembered)
    std::erase_if(failures_,
                  [&](const auto& one) { return now - one.second.since > failure_window; });
  auto& failures = failures_[key];
  if (now - failures.since > failure_window) failures = {0, now};
  return failures.count < most_failures;
}

Gate::Login Gate::log_in(const http::Request& request, const std::string& name,
                         const std::string& password, std::string& out) {
  const std::string by_address = "a:" + request.peer, by_name = "n:" + name;
  {
    std::lock_guard lock(mutex_);
    if (!may_try(by_address) || !may_try(by_name) || hashing_ >= most_hashing)
      return Login::too_many;
    ++hashing_;
  }
  const bool right = options_.users && options_.users->verify(name, password);
  std::lock_guard lock(mutex_);
  --hashing_;
  if (!right) {
    ++failures_[by_address].count;
    ++failures_[by_name].count;
    return Login::wrong;
  }
  failures_.erase(by_name);
  const auto now = Clock::now();
  std::erase_if(tickets_, [&](const auto& one) { return one.second.until < now; });
  if (tickets_.size() > most_remembered) return Login::too_many;
  const std::string token = random_secret();
  tickets_[token] = {name, now + ticket_time};
  out = cookie_name(request) + cookie(token, request.secure);
  return Login::done;
}

void Gate::log_out(const http::Request& request) {
  std::lock_guard lock(mutex_);
  tickets_.erase(token_of(request, nullptr));
}

}  // namespace celloquy::server
