// Times Harmony on generated points: twelve kinds of cells in four shifted batches.
//   bench_harmony [N] [--threads T] [--repeat R] [--write PREFIX]
// PREFIX.points.f32 (N × 50) and PREFIX.batches.i32 are what bench/peers/time_harmony.py
// gives to harmonypy.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "analysis/harmony/harmony.hpp"
#include "base/random.hpp"
#include "base/thread_pool.hpp"

using namespace celloquy;

namespace {

template <class T>
void write(const std::string& path, const std::vector<T>& values) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(T)));
}

}  // namespace

int main(int count, char** arguments) {
  std::size_t n = 20000;
  constexpr std::size_t d = 50;
  unsigned threads = 0;
  int repeat = 5;
  std::string prefix;
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    const char* next = i + 1 < count ? arguments[i + 1] : "";
    if (name == "--threads")
      threads = static_cast<unsigned>(std::atoi(next)), ++i;
    else if (name == "--repeat")
      repeat = std::atoi(next), ++i;
    else if (name == "--write")
      prefix = next, ++i;
    else
      n = static_cast<std::size_t>(std::atol(arguments[i]));
  }
  std::vector<float> points;
  std::vector<std::int32_t> batches;
  for (std::size_t i = 0; i < n; ++i) {
    RandomStream random(1, i);
    RandomStream kind(2, random.below(12));
    batches.push_back(static_cast<std::int32_t>(random.below(4)));
    RandomStream shift(3, static_cast<std::uint64_t>(batches.back()));
    for (std::size_t j = 0; j < d; ++j)
      points.push_back(
          static_cast<float>(4 * kind.normal() + 1.5 * shift.normal() + random.normal()));
  }
  if (!prefix.empty()) {
    write(prefix + ".points.f32", points);
    write(prefix + ".batches.i32", batches);
  }
  ThreadPool pool(threads);
  Context context;
  context.threads = &pool;
  std::vector<double> seconds;
  std::uint32_t rounds = 0;
  for (int r = 0; r <= repeat; ++r) {
    const auto begin = std::chrono::steady_clock::now();
    const auto result = harmony::compute(points, n, d, batches, 4, {}, context);
    if (!result) return std::fprintf(stderr, "%s\n", result.error().message.en.c_str()), 1;
    rounds = result->rounds;
    // The first one warms up.
    if (r > 0)
      seconds.push_back(
          std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    if (r == 0 && !prefix.empty()) write(prefix + ".corrected.f32", result->points);
  }
  std::sort(seconds.begin(), seconds.end());
  std::printf(
      "celloquy, %zu cells x %zu, 4 batches, %u threads: %.3f s (%.3f to %.3f), %u rounds\n", n, d,
      pool.size(), seconds[seconds.size() / 2], seconds.front(), seconds.back(), rounds);
  return 0;
}
