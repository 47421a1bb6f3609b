#include "io/narrow.hpp"

namespace celloquy::io::CELLOQUY_ISA {
namespace {

template <class T>
inline bool scan_real(const T* in, std::size_t n, long long* smallest, long long* largest,
                      std::size_t* zeros) {
  int low = 2147483647, high = -2147483647 - 1;
  unsigned bad = 0, none = 0;
  for (std::size_t i = 0; i < n; ++i) {
    // Out of range and NaN become 0, which is not equal.
    const bool fits = in[i] > T(-2147483648.0) && in[i] < T(2147483648.0);
    const int whole = static_cast<int>(fits ? in[i] : T(0));
    bad |= static_cast<T>(whole) != in[i];
    none += whole == 0;
    low = whole < low ? whole : low;
    high = whole > high ? whole : high;
  }
  *smallest = low;
  *largest = high;
  *zeros = none;
  return !bad;
}

template <class T>
inline bool scan_integer(const T* in, std::size_t n, long long* smallest, long long* largest,
                         std::size_t* zeros) {
  T low = in[0], high = in[0];
  std::size_t none = 0;
  for (std::size_t i = 0; i < n; ++i) {
    none += in[i] == 0;
    low = in[i] < low ? in[i] : low;
    high = in[i] > high ? in[i] : high;
  }
  *smallest = low;
  *largest = high;
  *zeros = none;
  return low >= -2147483647LL && high < 2147483647LL;
}

template <class T, class W>
inline void convert_all(const T* in, std::size_t n, W* out) {
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<W>(in[i]);
}
// Through int: real numbers convert to narrow types faster that way.
template <class T, class W>
inline void convert_real(const T* in, std::size_t n, W* out) {
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<W>(static_cast<int>(in[i]));
}

template <class T, class W>
inline unsigned long long index_all(const T* in, std::size_t n, W* out) {
  using U = std::conditional_t<sizeof(T) == 4, unsigned, unsigned long long>;
  U high = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const U value = static_cast<U>(in[i]);
    high = value > high ? value : high;
    out[i] = static_cast<W>(value);
  }
  return high;
}

template <class W>
inline bool ascends(const W* in, std::size_t n) {
  unsigned bad = 0;
  for (std::size_t i = 0; i + 1 < n; ++i) bad |= in[i] >= in[i + 1];
  return !bad;
}

}  // namespace

#define CELLOQUY_NARROW_REAL(T)                                                               \
  bool scan_whole(const T* in, std::size_t n, long long* a, long long* b, std::size_t* z) {   \
    return scan_real(in, n, a, b, z);                                                         \
  }                                                                                           \
  void convert(const T* in, std::size_t n, unsigned char* out) { convert_real(in, n, out); }  \
  void convert(const T* in, std::size_t n, unsigned short* out) { convert_real(in, n, out); } \
  void convert(const T* in, std::size_t n, unsigned* out) { convert_all(in, n, out); }        \
  void convert(const T* in, std::size_t n, float* out) { convert_all(in, n, out); }
#define CELLOQUY_NARROW_INTEGER(T)                                                           \
  bool scan_whole(const T* in, std::size_t n, long long* a, long long* b, std::size_t* z) {  \
    return scan_integer(in, n, a, b, z);                                                     \
  }                                                                                          \
  void convert(const T* in, std::size_t n, unsigned char* out) { convert_all(in, n, out); }  \
  void convert(const T* in, std::size_t n, unsigned short* out) { convert_all(in, n, out); } \
  void convert(const T* in, std::size_t n, unsigned* out) { convert_all(in, n, out); }       \
  void convert(const T* in, std::size_t n, float* out) { convert_all(in, n, out); }

CELLOQUY_NARROW_REAL(float)
CELLOQUY_NARROW_REAL(double)
CELLOQUY_NARROW_INTEGER(int)
CELLOQUY_NARROW_INTEGER(long long)

unsigned long long narrow_index(const int* in, std::size_t n, unsigned short* out) {
  return index_all(in, n, out);
}
unsigned long long narrow_index(const int* in, std::size_t n, unsigned* out) {
  return index_all(in, n, out);
}
unsigned long long narrow_index(const long long* in, std::size_t n, unsigned short* out) {
  return index_all(in, n, out);
}
unsigned long long narrow_index(const long long* in, std::size_t n, unsigned* out) {
  return index_all(in, n, out);
}
bool ascending(const unsigned short* in, std::size_t n) { return ascends(in, n); }
bool ascending(const unsigned* in, std::size_t n) { return ascends(in, n); }

}  // namespace celloquy::io::CELLOQUY_ISA
