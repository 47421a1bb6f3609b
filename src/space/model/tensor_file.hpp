#pragma once
// Arrays with names in one file: the safetensors format, so that other programs
// can read our weights. 8 bytes length of the head, the head as JSON, the data.

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/expected.hpp"

namespace celloquy::space {

/// Types of safetensors that we use.
template <class T>
constexpr std::string_view tensor_type() {
  if constexpr (std::is_same_v<T, float>) return "F32";
  if constexpr (std::is_same_v<T, std::int8_t>) return "I8";
  if constexpr (std::is_same_v<T, std::uint8_t>) return "U8";
  if constexpr (std::is_same_v<T, std::uint16_t>) return "U16";
  if constexpr (std::is_same_v<T, std::uint32_t>) return "U32";
  if constexpr (std::is_same_v<T, std::uint64_t>) return "U64";
}

/// A file in memory. Everything that it says of itself was checked when it was read.
class TensorFile {
 public:
  /// Error (unusable_input) names the file and what is wrong with it.
  static Expected<TensorFile> read(const std::filesystem::path& path);

  /// The array `name` as it lies in the file; error when it is missing, of
  /// another type, or has another number of elements (0: any).
  template <class T>
  Expected<std::span<const T>> array(std::string_view name, std::size_t elements = 0) const {
    CELLOQUY_TRY(const auto bytes, find(name, tensor_type<T>(), sizeof(T), elements));
    return std::span(reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T));
  }
  /// A text of the head's "__metadata__"; empty when there is none.
  std::string_view metadata(std::string_view name) const;
  /// The error that this file is not what it should be.
  tl::unexpected<Error> unusable(std::string_view reason) const;

 private:
  struct Entry {
    std::string type;
    std::size_t begin, end;
  };
  Expected<std::span<const std::byte>> find(std::string_view name, std::string_view type,
                                            std::size_t size, std::size_t elements) const;
  Status read_head(std::size_t head_bytes);

  std::string path_;
  std::vector<std::byte> data_;  ///< the whole file, the arrays aligned to 8 bytes
  std::size_t start_ = 0;
  std::map<std::string, Entry, std::less<>> entries_;
  std::map<std::string, std::string, std::less<>> metadata_;
};

/// Collects arrays (borrowed until bytes() is called) and writes them.
class TensorWriter {
 public:
  template <class T>
  void add(std::string name, std::span<const T> values, std::vector<std::size_t> shape) {
    tensors_.push_back(
        {std::move(name), std::string(tensor_type<T>()), std::move(shape), std::as_bytes(values)});
  }
  void set_metadata(std::string name, std::string value) {
    metadata_[std::move(name)] = std::move(value);
  }
  /// The whole file; the same input gives the same bytes.
  std::string bytes() const;

 private:
  struct Tensor {
    std::string name, type;
    std::vector<std::size_t> shape;
    std::span<const std::byte> data;
  };
  std::vector<Tensor> tensors_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace celloquy::space
