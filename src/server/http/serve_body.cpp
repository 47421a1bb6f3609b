#include "server/http/serve_body.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "server/http/compression.hpp"

namespace celloquy::server::http {
namespace {

constexpr std::size_t worth_compressing = 1024;

/// Text and our columns; files that are downloads are sent as they are.
bool compressible(const Response& response) {
  const std::string* type = response.find("Content-Type");
  if (!type || response.find("Content-Encoding")) return false;
  return type->starts_with("text/") || type->find("json") != std::string::npos ||
         type->find("javascript") != std::string::npos || type->find("svg") != std::string::npos ||
         type->find("celloquy.column") != std::string::npos;
}

std::string status_line(const Response& response) {
  return "HTTP/1.1 " + std::to_string(response.status) + " " +
         std::string(reason(response.status)) + "\r\n";
}

/// Values never hold line breaks: one from a file name would begin another header.
std::string header_lines(const Response& response) {
  std::string out;
  for (const auto& [name, value] : response.headers) {
    out += name + ": ";
    for (const char c : value) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    out += "\r\n";
  }
  return out;
}

}  // namespace

UploadFile::~UploadFile() {
  if (descriptor_ >= 0) close(descriptor_);
  if (!path_.empty()) unlink(path_.c_str());
}

bool UploadFile::open() {
  path_ = folder_ + "/.clq-tmp-upload-XXXXXX";
  descriptor_ = mkostemp(path_.data(), O_CLOEXEC);
  if (descriptor_ < 0) path_.clear();
  return descriptor_ >= 0;
}

bool UploadFile::write(const char* data, std::size_t size) {
  while (size > 0) {
    const auto written = ::write(descriptor_, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

bool UploadFile::finish() {
  const bool synced = fsync(descriptor_) == 0;
  const bool closed = close(descriptor_) == 0;
  descriptor_ = -1;
  return synced && closed;
}

std::string UploadFile::release() { return std::exchange(path_, {}); }

void remove_upload(const std::string& path) { unlink(path.c_str()); }

PreparedBody::PreparedBody(PreparedBody&& other) noexcept
    : owned_(std::move(other.owned_)),
      shared_(std::move(other.shared_)),
      view_(shared_ ? std::string_view(*shared_) : std::string_view(owned_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      encoding_(std::move(other.encoding_)) {}

PreparedBody::~PreparedBody() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool PreparedBody::piece(std::uint64_t at, std::size_t most, std::string& scratch,
                         std::string_view& out) const {
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(most, size_ - at));
  if (descriptor_ < 0) {
    out = view_.substr(static_cast<std::size_t>(at), wanted);
    return true;
  }
  scratch.resize(wanted);
  for (std::size_t got = 0; got < wanted;) {
    const auto read =
        pread(descriptor_, scratch.data() + got, wanted - got, static_cast<off_t>(at + got));
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) return false;
    got += static_cast<std::size_t>(read);
  }
  out = scratch;
  return true;
}

PreparedBody prepared(const Request& request, const Response& response, bool plain) {
  PreparedBody out;
  if (const auto* file = std::get_if<FileBody>(&response.body)) {
    out.descriptor_ = open(file->path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    out.size_ = out.descriptor_ < 0 ? 0 : file->size;
    return out;
  }
  if (const auto* shared = std::get_if<SharedBytes>(&response.body)) {
    out.shared_ = *shared;
    out.view_ = *out.shared_;
  } else if (const auto* text = std::get_if<std::string>(&response.body)) {
    out.owned_ = *text;
    out.view_ = out.owned_;
  }
  if (!plain && out.view_.size() > worth_compressing && compressible(response)) {
    const Encoding encoding = chosen_encoding(request.header("accept-encoding"));
    auto small = encoding == Encoding::identity ? std::string() : compressed(out.view_, encoding);
    if (!small.empty() && small.size() < out.view_.size()) {
      out.owned_ = std::move(small);
      out.shared_ = nullptr;
      out.view_ = out.owned_;
      out.encoding_ = name_of(encoding);
    }
  }
  out.size_ = out.view_.size();
  return out;
}

std::string head_text(const Response& response, const PreparedBody& body, bool keep_alive) {
  std::string out = status_line(response) + header_lines(response);
  if (!body.encoding().empty()) out += "Content-Encoding: " + std::string(body.encoding()) + "\r\n";
  out += "Vary: Accept-Encoding, Accept-Language\r\n";
  // 204 and 304 have no body and say no length.
  if (response.status != 204 && response.status != 304)
    out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return out + (keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
}

std::string event_head_text(const Response& response) {
  return status_line(response) + header_lines(response) +
         "Content-Type: text/event-stream\r\nCache-Control: no-store\r\nX-Accel-Buffering: no\r\n"
         "Connection: close\r\n\r\n";
}

}  // namespace celloquy::server::http
