#pragma once
// Writing HDF5 through libhdf5: handles that close themselves, and the few
// shapes of data that AnnData files are made of.

#include <hdf5.h>

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/context.hpp"

namespace celloquy::io::hdf5 {

class Handle {
 public:
  Handle() = default;
  /// Throws Refusal where `id` is an error.
  Handle(hid_t id, herr_t (*closer)(hid_t));
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  operator hid_t() const { return id_; }
  /// Closes now; throws where that fails (a full disk shows up here).
  void close();

 private:
  hid_t id_ = -1;
  herr_t (*close_)(hid_t) = nullptr;
};

/// All functions throw Refusal("io.write_failed") and want library_mutex() held.
class Writer {
 public:
  Writer(std::string path, int gzip_level, const Context& context);
  Handle& file() { return file_; }
  void close() { file_.close(); }

  Handle group(hid_t parent, const std::string& name, const char* encoding, const char* version);
  void text_attribute(hid_t object, const char* name, const std::string& value);
  void texts_attribute(hid_t object, const char* name, const std::vector<std::string>& values);
  void flag_attribute(hid_t object, const char* name, bool value);
  void shape_attribute(hid_t object, std::uint64_t rows, std::uint64_t columns);

  void text(hid_t parent, const std::string& name, const std::string& value);
  void texts(hid_t parent, const std::string& name, const std::vector<std::string>& values);
  void flags(hid_t parent, const std::string& name, std::span<const std::uint8_t> values);
  template <class T>
  void numbers(hid_t parent, const std::string& name, std::span<const T> values);
  /// A large array, produced a piece at a time on all threads: fill(begin, end,
  /// to) writes the elements [begin, end). `extents` are rows, or rows and columns.
  template <class T>
  void pieces(hid_t parent, const std::string& name, std::span<const hsize_t> extents, bool encoded,
              const std::function<void(std::uint64_t, std::uint64_t, T*)>& fill);

 private:
  void encoding(hid_t object, const char* type, const char* version);
  Handle dataset(hid_t parent, const std::string& name, hid_t type,
                 std::span<const hsize_t> extents, hid_t properties);
  std::string path_;
  int gzip_level_;
  const Context& context_;
  Handle file_, text_type_, flag_type_;
};

}  // namespace celloquy::io::hdf5
