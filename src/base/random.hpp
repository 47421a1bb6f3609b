#pragma once
// Random numbers that depend on (seed, item) only, never on threads or order.

#include <cstdint>

namespace celloquy {

/// SplitMix64 finaliser: a good mixer of one 64-bit value.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// xoshiro256++ (Blackman & Vigna 2019), one independent stream for each item.
class RandomStream {
 public:
  explicit RandomStream(std::uint64_t seed, std::uint64_t item = 0) {
    std::uint64_t s = mix64(seed) ^ mix64(item + 0x632be59bd9b4e019ULL);
    for (auto& word : state_) word = s = mix64(s);
  }
  std::uint64_t next() {
    const std::uint64_t result = rotate(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotate(state_[3], 45);
    return result;
  }
  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  /// Uniform in 0 … bound−1, bound > 0 (Lemire 2019, without the rejection:
  /// bias below bound/2^64).
  std::uint64_t below(std::uint64_t bound) {
    __extension__ typedef unsigned __int128 Wide;
    return static_cast<std::uint64_t>((static_cast<Wide>(next()) * bound) >> 64);
  }
  /// Standard normal (polar method).
  double normal();

 private:
  static constexpr std::uint64_t rotate(std::uint64_t x, int k) {
    return (x << k) | (x >> (64 - k));
  }
  std::uint64_t state_[4];
};

}  // namespace celloquy
