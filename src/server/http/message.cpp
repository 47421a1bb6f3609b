#include "server/http/message.hpp"

#include <utf8proc.h>

namespace celloquy::server::http {
namespace {

int hexadecimal(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// False for broken escapes and control characters. `plus`: '+' is a blank.
bool decode(std::string_view text, bool plus, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return false;
      const int high = hexadecimal(text[i + 1]), low = hexadecimal(text[i + 2]);
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus) {
      c = ' ';
    }
    const auto byte = static_cast<unsigned char>(c);
    // A query value may be text of several lines; a path never is.
    if (byte == 0 || byte == 0x7f ||
        (byte < 0x20 && !(plus && (c == '\n' || c == '\t' || c == '\r'))))
      return false;
    out += c;
  }
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(out.data());
  for (utf8proc_ssize_t left = static_cast<utf8proc_ssize_t>(out.size()); left > 0;) {
    utf8proc_int32_t point = 0;
    const auto used = utf8proc_iterate(at, left, &point);
    if (used <= 0) return false;
    at += used;
    left -= used;
  }
  return true;
}

bool plain_segment(const std::string& segment) {
  return segment != "." && segment != ".." && segment.find_first_of("/\\") == std::string::npos;
}

bool parse_query(std::string_view text, std::map<std::string, std::string>& query) {
  while (!text.empty()) {
    const auto end = text.find('&');
    const auto pair = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const auto equals = pair.find('=');
    std::string name, value;
    if (!decode(pair.substr(0, equals), true, name)) return false;
    if (equals != std::string_view::npos && !decode(pair.substr(equals + 1), true, value))
      return false;
    if (!name.empty()) query.emplace(std::move(name), std::move(value));
  }
  return true;
}

}  // namespace

std::string Request::header(std::string_view name) const {
  const auto found = headers.find(std::string(name));
  return found == headers.end() ? std::string() : found->second;
}

std::string Request::value(std::string_view name) const {
  const auto found = query.find(std::string(name));
  return found == query.end() ? std::string() : found->second;
}

const std::string* Response::find(std::string_view name) const {
  for (const auto& [known, value] : headers)
    if (known == name) return &value;
  return nullptr;
}

bool parse_target(std::string_view target, Request& request) {
  if (target.empty() || target.front() != '/' || target.size() > 8192) return false;
  const auto question = target.find('?');
  auto path = target.substr(0, question);
  if (path.find('#') != std::string_view::npos) return false;
  if (question != std::string_view::npos &&
      !parse_query(target.substr(question + 1), request.query))
    return false;
  if (!decode(path, false, request.path)) return false;
  path.remove_prefix(1);
  while (!path.empty()) {
    const auto end = path.find('/');
    std::string segment;
    if (!decode(path.substr(0, end), false, segment) || !plain_segment(segment)) return false;
    if (segment.empty()) return false;  // "//" names nothing
    request.segments.push_back(std::move(segment));
    path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
  }
  return true;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
        c == '_' || c == '.' || c == '~')
      out += c;
    else
      (out += '%').append({digits[byte >> 4], digits[byte & 15]});
  }
  return out;
}

std::string_view reason(unsigned status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 507: return "Insufficient Storage";
    default: return status < 400 ? "OK" : "Internal Server Error";
  }
}

}  // namespace celloquy::server::http
