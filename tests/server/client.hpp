#pragma once
// A client that can also send what no decent client would: bytes on a socket.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace celloquy::server::test {

using nlohmann::json;

struct Answer {
  int status = 0;  ///< 0: the connection ended without an answer
  std::map<std::string, std::string> headers;
  std::string body;
  json document() const { return json::parse(body, nullptr, false); }
  std::string code() const {
    const json parsed = document();
    return parsed.is_object() && parsed.contains("error") ? parsed["error"].value("code", "") : "";
  }
};

struct Event {
  std::string name;
  json data;
};

class Connection {
 public:
  explicit Connection(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    open_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Connection() { ::close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool open() const { return open_; }
  int descriptor() const { return socket_; }
  bool send(const std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
      const auto n = ::send(socket_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
      if (n <= 0) return false;
      at += static_cast<std::size_t>(n);
    }
    return true;
  }
  /// More bytes, or false at the end of the connection or after `seconds`.
  bool receive(double seconds = 30) {
    pollfd waiting{socket_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(seconds * 1000)) <= 0) return false;
    char bytes[65536];
    const auto n = ::recv(socket_, bytes, sizeof bytes, 0);
    if (n <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(n));
    return true;
  }
  bool receive_until(const std::string& mark, double seconds = 30) {
    while (buffer_.find(mark) == std::string::npos)
      if (!receive(seconds)) return false;
    return true;
  }
  /// True when the server ends the connection within this time.
  bool ended(double seconds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (std::chrono::steady_clock::now() < end) {
      pollfd waiting{socket_, POLLIN, 0};
      if (::poll(&waiting, 1, 50) <= 0) continue;
      char bytes[65536];
      const auto n = ::recv(socket_, bytes, sizeof bytes, 0);
      if (n <= 0) return true;
      buffer_.append(bytes, static_cast<std::size_t>(n));
    }
    return false;
  }

  /// The head of an answer; the body stays in the buffer.
  Answer head(double seconds = 30) {
    Answer answer;
    if (!receive_until("\r\n\r\n", seconds)) return answer;
    const auto end = buffer_.find("\r\n\r\n");
    const std::string text = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    answer.status = std::atoi(text.substr(9, 3).c_str());
    for (auto at = text.find("\r\n") + 2; at < text.size();) {
      const auto stop = text.find("\r\n", at);
      const auto colon = text.find(": ", at);
      std::string name = text.substr(at, colon - at);
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      answer.headers[name] = text.substr(colon + 2, stop - colon - 2);
      at = stop + 2;
    }
    return answer;
  }
  Answer answer(double seconds = 30, bool no_body = false) {
    Answer out = head(seconds);
    if (out.status == 0 || no_body || !out.headers.contains("content-length")) return out;
    const auto size = static_cast<std::size_t>(std::stoull(out.headers["content-length"]));
    while (buffer_.size() < size)
      if (!receive(seconds)) return out;
    out.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return out;
  }
  /// The next event of a stream; an empty name at its end.
  Event event(double seconds = 60) {
    for (;;) {
      if (!receive_until("\n\n", seconds)) return {};
      const auto end = buffer_.find("\n\n");
      const std::string text = buffer_.substr(0, end);
      buffer_.erase(0, end + 2);
      Event out;
      const auto name = text.find("event: "), data = text.find("data: ");
      if (name == std::string::npos || data == std::string::npos) continue;
      out.name = text.substr(name + 7, text.find('\n', name) - name - 7);
      out.data = json::parse(text.substr(data + 6), nullptr, false);
      return out;
    }
  }
  std::vector<Event> events() {
    std::vector<Event> out;
    for (auto next = event(); !next.name.empty(); next = event()) out.push_back(std::move(next));
    return out;
  }
  std::string& buffer() { return buffer_; }

 private:
  int socket_;
  bool open_ = false;
  std::string buffer_;
};

/// Speaks to one server with one secret, a connection a request.
struct Client {
  int port = 0;
  std::string secret;

  std::string head(const std::string& method, const std::string& target,
                   const std::vector<std::string>& headers = {}) const {
    std::string out =
        method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\n";
    if (!secret.empty()) out += "Authorization: Bearer " + secret + "\r\n";
    for (const auto& one : headers) out += one + "\r\n";
    return out;
  }
  Answer request(const std::string& method, const std::string& target, const std::string& body = "",
                 std::vector<std::string> headers = {}) const {
    Connection connection(port);
    if (method != "GET" && method != "HEAD")
      headers.push_back("Content-Length: " + std::to_string(body.size()));
    connection.send(head(method, target, headers) + "\r\n" + body);
    return connection.answer(60, method == "HEAD");
  }
  Answer get(const std::string& target, std::vector<std::string> headers = {}) const {
    return request("GET", "/api/v1" + target, "", std::move(headers));
  }
  Answer post(const std::string& target, const json& body,
              const std::string& method = "POST") const {
    return request(method, "/api/v1" + target, body.dump(), {"Content-Type: application/json"});
  }
  /// The whole stream of a question or call.
  std::vector<Event> stream(const std::string& target, const json& body) const {
    Connection connection(port);
    begin(connection, target, body);
    if (connection.head().status != 200) return {};
    return connection.events();
  }
  void begin(Connection& connection, const std::string& target, const json& body) const {
    const std::string text = body.dump();
    connection.send(
        head("POST", "/api/v1" + target,
             {"Content-Type: application/json", "Content-Length: " + std::to_string(text.size())}) +
        "\r\n" + text);
  }
};

inline json last(const std::vector<Event>& events, const std::string& name) {
  for (auto event = events.rbegin(); event != events.rend(); ++event)
    if (event->name == name) return event->data;
  return {};
}

/// A binary column, taken apart as docs/server.md says.
struct Column {
  json header;
  std::map<std::string, std::string> arrays;
  template <class T>
  std::vector<T> values(const std::string& name = "values") const {
    const auto& bytes = arrays.at(name);
    std::vector<T> out(bytes.size() / sizeof(T));
    std::memcpy(out.data(), bytes.data(), out.size() * sizeof(T));
    return out;
  }
};
inline Column parse_column(const std::string& body) {
  Column out;
  if (body.size() < 8 || body.substr(0, 4) != "CLQC") return out;
  std::uint32_t size = 0;
  std::memcpy(&size, body.data() + 4, 4);
  if (size % 8 != 0 || 8 + size > body.size()) return out;
  out.header = json::parse(body.substr(8, size), nullptr, false);
  for (const auto& array : out.header["arrays"]) {
    const std::string type = array["type"];
    const std::size_t each = type == "u8" ? 1 : type == "u16" ? 2 : 4;
    out.arrays[array["name"]] = body.substr(8 + size + array["offset"].get<std::size_t>(),
                                            array["length"].get<std::size_t>() * each);
  }
  return out;
}

}  // namespace celloquy::server::test
