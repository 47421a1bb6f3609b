#pragma once
// Bodies on their way in and out, without sockets: uploads into files, answers
// from memory or files, the text of an answer's header.

#include <cstdio>
#include <string>
#include <string_view>

#include "server/http/message.hpp"

namespace celloquy::server::http {

/// A body that is written to a temporary file, deleted unless released.
class UploadFile {
 public:
  explicit UploadFile(std::string folder) : folder_(std::move(folder)) {}
  ~UploadFile();
  UploadFile(const UploadFile&) = delete;
  UploadFile& operator=(const UploadFile&) = delete;
  bool open();
  bool write(const char* data, std::size_t size);
  /// Syncs and closes it.
  bool finish();
  /// The path; from now on it is the caller's.
  std::string release();

 private:
  std::string folder_, path_;
  int descriptor_ = -1;
};
void remove_upload(const std::string& path);

/// What is sent, after compression.
class PreparedBody {
 public:
  PreparedBody() = default;
  ~PreparedBody();
  PreparedBody(PreparedBody&& other) noexcept;
  PreparedBody& operator=(PreparedBody&&) = delete;

  std::uint64_t size() const { return size_; }
  std::string_view encoding() const { return encoding_; }
  /// Up to `most` bytes at `at`: in memory, or read into `scratch`.
  bool piece(std::uint64_t at, std::size_t most, std::string& scratch, std::string_view& out) const;

 private:
  friend PreparedBody prepared(const Request&, const Response&, bool);
  std::string owned_;
  SharedBytes shared_;
  std::string_view view_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::string encoding_;
};

/// `plain`: no compression.
PreparedBody prepared(const Request& request, const Response& response, bool plain);
std::string head_text(const Response& response, const PreparedBody& body, bool keep_alive);
std::string event_head_text(const Response& response);

}  // namespace celloquy::server::http
