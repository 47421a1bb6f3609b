// Times the step from scores to labels, on generated or given scores.
//   bench_decode_labels N L [--threads T] [--repeat R]
//   bench_decode_labels PREFIX N L [--threads T] [--repeat R]
// Given scores are raw arrays: PREFIX.scores.f32 (N × L), PREFIX.cosines.f32
// (L × L) and, if there are any, PREFIX.neighbors.u32 (N × k, without the cell
// itself); PREFIX.probability.f32 is written.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/thread_pool.hpp"
#include "space/labels/decode.hpp"

using namespace celloquy;

namespace {

struct Input {
  DenseBlock scores;
  std::vector<float> cosines;
  neighbors::Result neighbors;
};

template <class T>
std::vector<T> read(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  std::vector<T> values(in ? static_cast<std::size_t>(in.tellg()) / sizeof(T) : 0);
  in.seekg(0);
  in.read(reinterpret_cast<char*>(values.data()),
          static_cast<std::streamsize>(values.size() * sizeof(T)));
  return values;
}

/// Labels in families of four that are near each other; the cells are of 12 of them.
Input generated(std::size_t n, std::size_t labels) {
  constexpr std::size_t dimensions = 50, k = 15, kinds = 12;
  Input in;
  std::vector<double> vectors(labels * dimensions);
  for (std::size_t l = 0; l < labels; ++l) {
    RandomStream family(1, l / 4), own(2, l);
    double square = 0;
    for (std::size_t d = 0; d < dimensions; ++d) {
      const double x = family.normal() + 0.6 * own.normal();
      vectors[l * dimensions + d] = x;
      square += x * x;
    }
    for (std::size_t d = 0; d < dimensions; ++d) vectors[l * dimensions + d] /= std::sqrt(square);
  }
  const auto product = [&](const double* a, const double* b) {
    double sum = 0;
    for (std::size_t d = 0; d < dimensions; ++d) sum += a[d] * b[d];
    return sum;
  };
  for (std::size_t a = 0; a < labels; ++a)
    for (std::size_t b = 0; b < labels; ++b)
      in.cosines.push_back(static_cast<float>(
          product(vectors.data() + a * dimensions, vectors.data() + b * dimensions)));
  in.scores = {n, labels, std::vector<float>(n * labels)};
  in.neighbors = {static_cast<std::uint32_t>(n), k, std::vector<std::uint32_t>(n * k), {}};
  for (std::size_t i = 0; i < n; ++i) {
    RandomStream random(3, i);
    const std::size_t kind = i % kinds;
    double cell[dimensions];
    for (std::size_t d = 0; d < dimensions; ++d)
      cell[d] = 0.3 * vectors[kind * labels / kinds * dimensions + d] + 0.05 * random.normal();
    for (std::size_t l = 0; l < labels; ++l)
      in.scores.values[i * labels + l] =
          static_cast<float>(product(cell, vectors.data() + l * dimensions));
    for (std::size_t j = 0; j < k; ++j)
      in.neighbors.indices[i * k + j] = static_cast<std::uint32_t>(
          (kind + kinds * random.below((n - kind + kinds - 1) / kinds)) % n);
  }
  return in;
}

Input given(const std::string& prefix, std::size_t n, std::size_t labels) {
  Input in;
  in.scores = {n, labels, read<float>(prefix + ".scores.f32")};
  in.cosines = read<float>(prefix + ".cosines.f32");
  in.neighbors.indices = read<std::uint32_t>(prefix + ".neighbors.u32");
  in.neighbors.n_points = static_cast<std::uint32_t>(n);
  in.neighbors.n_neighbors = static_cast<std::uint32_t>(in.neighbors.indices.size() / n);
  return in;
}

}  // namespace

int main(int argc, char** argv) {
  unsigned threads = 0;
  int repeat = 3;
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) {
    if (!std::strcmp(argv[i], "--threads") && i + 1 < argc)
      threads = static_cast<unsigned>(std::atoi(argv[++i]));
    else if (!std::strcmp(argv[i], "--repeat") && i + 1 < argc)
      repeat = std::atoi(argv[++i]);
    else
      words.push_back(argv[i]);
  }
  if (words.size() != 2 && words.size() != 3) {
    std::fprintf(stderr, "usage: bench_decode_labels [PREFIX] N L [--threads T] [--repeat R]\n");
    return 2;
  }
  const bool from_files = words.size() == 3;
  const std::size_t n = std::stoull(words[words.size() - 2]), labels = std::stoull(words.back());
  const auto in = from_files ? given(words[0], n, labels) : generated(n, labels);
  ThreadPool pool(threads);
  Context context;
  context.threads = &pool;
  space::Decoding result;
  double best = INFINITY;
  for (int i = 0; i <= repeat; ++i) {  // the first is a warm-up
    const auto start = std::chrono::steady_clock::now();
    auto decoding = space::decode_labels(
        in.scores, in.cosines, in.neighbors.n_neighbors ? &in.neighbors : nullptr, {}, context);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    if (!decoding) {
      std::fprintf(stderr, "%s\n", decoding.error().message.en.c_str());
      return 1;
    }
    if (i > 0 || repeat == 0) best = std::min(best, wall.count());
    result = *std::move(decoding);
  }
  std::printf("decode_labels %zu x %zu, %u threads: %.3f s, scale %.6f, %zu pairs\n", n, labels,
              pool.size(), best, result.scale, result.pairs.size());
  if (from_files) {
    std::ofstream out(words[0] + ".probability.f32", std::ios::binary);
    out.write(reinterpret_cast<const char*>(result.probability.data()),
              static_cast<std::streamsize>(result.probability.size() * sizeof(float)));
  }
  return 0;
}
