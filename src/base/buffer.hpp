#pragma once
// Large arrays that are not zero-filled: touching fresh memory is the slowest
// thing that many machines do, so it happens once, when the data are written.

#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>

namespace celloquy {

namespace detail {
/// 64-byte aligned; from 4 MB on, mapped with huge pages where the system has them.
void* allocate_buffer(std::size_t bytes);
void free_buffer(void* data, std::size_t bytes) noexcept;
}  // namespace detail

template <class T>
class Buffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Buffer() = default;
  /// Uninitialised. Throws std::bad_alloc; callers check sizes first.
  explicit Buffer(std::size_t size)
      : data_(size ? static_cast<T*>(detail::allocate_buffer(size * sizeof(T))) : nullptr),
        size_(size),
        capacity_(size) {}
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    Buffer moved(std::move(other));
    swap(moved);
    return *this;
  }
  ~Buffer() {
    if (data_) detail::free_buffer(data_, capacity_ * sizeof(T));
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  std::span<T> span() { return {data_, size_}; }
  std::span<const T> span() const { return {data_, size_}; }
  /// Makes it shorter without moving memory.
  void truncate(std::size_t size) { size_ = size < size_ ? size : size_; }
  std::size_t bytes() const { return capacity_ * sizeof(T); }

 private:
  void swap(Buffer& other) {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }
  T* data_ = nullptr;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace celloquy
