// Measures what this machine can do at most: the numbers that scripts/bench compares with.
//   ceilings THREADS   prints one JSON object
// read_gb_s: summing an array that fits in no cache; copy_gb_s: bytes read plus written;
// first_touch_gb_s: writing fresh memory; fma_gflop_s: float32 fused multiply-adds on registers (2
// operations each); updates_g_s: additions to counters at places that the data choose, 20,000 of 8
// bytes, which stay in the second cache. Best of several runs, all threads together.

#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

namespace {

template <class Work>
double seconds_of(int threads, Work work) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::thread> team;
  for (int t = 0; t < threads; ++t) team.emplace_back([&work, t] { work(t); });
  for (auto& member : team) member.join();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

template <class Work>
double best_of(int runs, int threads, Work work) {
  double best = seconds_of(threads, work);
  for (int run = 1; run < runs; ++run) best = std::min(best, seconds_of(threads, work));
  return best;
}

volatile std::uint64_t sink;  // keeps the compiler from dropping the work

std::uint64_t sum(const std::uint64_t* values, std::size_t count) {
  std::uint64_t lanes[32] = {};
  for (std::size_t i = 0; i + 32 <= count; i += 32)
    for (std::size_t lane = 0; lane < 32; ++lane) lanes[lane] += values[i + lane];
  std::uint64_t total = 0;
  for (const std::uint64_t lane : lanes) total += lane;
  return total;
}

#ifdef __AVX512F__
constexpr int vector_bytes = 64;
#else
constexpr int vector_bytes = 32;
#endif
typedef float Vector __attribute__((vector_size(vector_bytes)));

void multiply_add(std::size_t rounds) {
  // Twelve independent chains hide the latency of 4 cycles at 2 a cycle, with room to spare.
  Vector chain[12];
  for (int i = 0; i < 12; ++i) chain[i] = Vector{} + 1.0f + static_cast<float>(i);
  Vector factor = Vector{} + 0.999f, addend = Vector{} + 0.001f;
  for (std::size_t round = 0; round < rounds; ++round)
    for (auto& value : chain) value = value * factor + addend;
  float total = 0;
  for (const auto& value : chain) total += value[0];
  sink = static_cast<std::uint64_t>(total);
}

/// As counting genes does: indices ascend within a run of some 2,000, then start again.
std::uint64_t update_counters(std::vector<std::uint64_t>& counters,
                              const std::vector<std::uint16_t>& places, int rounds) {
  for (int round = 0; round < rounds; ++round)
    for (const std::uint16_t place : places) counters[place] += place;
  return counters[0];
}

std::vector<std::uint16_t> ascending_runs(std::size_t counters) {
  std::vector<std::uint16_t> places;
  std::uint32_t state = 1;
  for (int run = 0; run < 64; ++run)
    for (std::size_t place = 0;;) {
      state = state * 1664525u + 1013904223u;
      place += 1 + state % 19;
      if (place >= counters) break;
      places.push_back(static_cast<std::uint16_t>(place));
    }
  return places;
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
  const std::size_t bytes_each =
      (std::size_t{512} << 20) / static_cast<std::size_t>(threads) / 4096 * 4096;
  const double bytes = static_cast<double>(bytes_each) * threads;

  std::vector<char*> source(static_cast<std::size_t>(threads)), target(source.size());
  auto fresh = [bytes_each] {
    void* place =
        mmap(nullptr, bytes_each, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED) std::exit(1);
    return static_cast<char*>(place);
  };
  const double touch = seconds_of(threads, [&](int t) {
    source[static_cast<std::size_t>(t)] = fresh();
    std::memset(source[static_cast<std::size_t>(t)], 1, bytes_each);
  });
  seconds_of(threads, [&](int t) {
    target[static_cast<std::size_t>(t)] = fresh();
    std::memset(target[static_cast<std::size_t>(t)], 1, bytes_each);
  });
  const double read = best_of(7, threads, [&](int t) {
    sink = sum(reinterpret_cast<const std::uint64_t*>(source[static_cast<std::size_t>(t)]),
               bytes_each / 8);
  });
  const double copy = best_of(7, threads, [&](int t) {
    std::memcpy(target[static_cast<std::size_t>(t)], source[static_cast<std::size_t>(t)],
                bytes_each);
  });
  constexpr std::size_t rounds = 20'000'000;
  const double multiply = best_of(5, threads, [](int) { multiply_add(rounds); });
  const std::vector<std::uint16_t> places = ascending_runs(20'000);
  std::vector<std::vector<std::uint64_t>> counters(static_cast<std::size_t>(threads),
                                                   std::vector<std::uint64_t>(20'000));
  constexpr int update_rounds = 1'000;
  const double update = best_of(5, threads, [&](int t) {
    sink = update_counters(counters[static_cast<std::size_t>(t)], places, update_rounds);
  });

  std::printf(
      "{\"threads\": %d, \"read_gb_s\": %.2f, \"copy_gb_s\": %.2f, \"first_touch_gb_s\": %.2f, "
      "\"fma_gflop_s\": %.1f, \"updates_g_s\": %.2f}\n",
      threads, bytes / read / 1e9, 2 * bytes / copy / 1e9, bytes / touch / 1e9,
      2.0 * (vector_bytes / 4) * 12 * static_cast<double>(rounds) * threads / multiply / 1e9,
      static_cast<double>(places.size()) * update_rounds * threads / update / 1e9);
}
