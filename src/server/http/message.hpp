#pragma once
// Requests and answers as the rest of the server sees them: no sockets here.

#include <any>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "server/http/event_stream.hpp"

namespace celloquy::server::http {

struct Request {
  std::string method;                 ///< "GET"; "HEAD" arrives as "GET" with `head` set
  std::string path;                   ///< decoded, begins with '/'
  std::vector<std::string> segments;  ///< decoded pieces of the path, none empty, "." or ".."
  std::map<std::string, std::string> query;    ///< the first value of each name
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  std::string upload;  ///< temporary file that holds the body, when BodyRule asked for one
  std::string peer;    ///< address of the other end
  bool loopback = false, secure = false, head = false;
  std::any matched;  ///< what the application found out before the body was read

  /// Empty when there is no such header or query value.
  std::string header(std::string_view name) const;
  std::string value(std::string_view name) const;
};

struct FileBody {
  std::string path;
  std::uint64_t size = 0;
};
using SharedBytes = std::shared_ptr<const std::string>;
using Body = std::variant<std::string, SharedBytes, FileBody, std::shared_ptr<EventStream>>;

struct Response {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  Body body = std::string();

  Response& with(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  const std::string* find(std::string_view name) const;
};

/// What may follow the header of a request.
struct BodyRule {
  std::uint64_t most = 0;           ///< bytes; more is answered with 413
  std::string folder;               ///< not empty: streamed into a temporary file in this folder
  std::optional<Response> refusal;  ///< answered at once; the body is not read
};

/// What answers requests. All functions are called from several threads at once.
class Application {
 public:
  virtual ~Application() = default;
  /// Before the body is read; must be quick. May set request.matched.
  virtual BodyRule before_body(Request& request) = 0;
  /// True for what may take longer than some 10 ms: it gets a thread of its own kind.
  virtual bool slow(const Request& request) = 0;
  virtual Response answer(Request& request) = 0;
  /// For what goes wrong outside of answer(): broken requests (400), too large
  /// ones (413), too many at once (429), thrown exceptions (500).
  virtual Response refuse(unsigned status, const Request* request) = 0;
};

/// Splits and decodes a request target. False for anything that is not a plain
/// absolute path: broken escapes, control characters, "." and ".." pieces (also
/// encoded), backslashes, encoded slashes, bytes that are not UTF-8.
bool parse_target(std::string_view target, Request& request);
/// %XX for all but letters, digits and -_.~
std::string percent_encoded(std::string_view text);
/// The phrase that belongs to a status.
std::string_view reason(unsigned status);

}  // namespace celloquy::server::http
