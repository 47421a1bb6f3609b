#pragma once
// Content hashes (XXH3, 128 bits): keys of results and caches. Not for secrets.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace celloquy {

/// Feeds bytes in any pieces; `hex()` gives 32 lower-case hexadecimal digits.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  Hasher& bytes(const void* data, std::size_t size);
  /// Length first, so that ("ab","c") and ("a","bc") differ.
  Hasher& text(std::string_view text);
  template <class T>
  Hasher& values(std::span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::size_t count = values.size();
    bytes(&count, sizeof count);
    return bytes(values.data(), values.size_bytes());
  }
  std::string hex() const;
  /// The same 128 bits as two words.
  std::array<std::uint64_t, 2> words() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string hash_text(std::string_view text);

}  // namespace celloquy
