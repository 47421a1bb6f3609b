#include "analysis/umap/spectral.hpp"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wpsabi"  // wide vectors never leave this file
#endif

namespace celloquy::umap::CELLOQUY_ISA {

void combine_rows(const SymmetricRows& s, std::uint64_t begin, std::uint64_t end,
                  std::uint32_t width, float a, float b, float c, const float* x,
                  const float* before, float* out) {
  typedef float Vector __attribute__((vector_size(32)));
  typedef float Loose __attribute__((vector_size(32), aligned(4), may_alias));
  for (std::uint64_t i = begin; i < end; ++i)
    for (std::uint32_t column = 0; column < width; column += 8) {
      Vector sum = {};
      for (std::uint64_t at = s.offsets[i]; at < s.offsets[i + 1]; ++at) {
        const auto* from = reinterpret_cast<const Loose*>(
            x + static_cast<std::uint64_t>(s.targets[at]) * width + column);
        sum += s.weights[at] * *from;
      }
      const auto* own = reinterpret_cast<const Loose*>(x + i * width + column);
      const auto* old = reinterpret_cast<const Loose*>(before + i * width + column);
      *reinterpret_cast<Loose*>(out + i * width + column) = a * sum + b * *own + c * *old;
    }
}

}  // namespace celloquy::umap::CELLOQUY_ISA
