// Times the cell side of the joint space, on generated counts or on a file's.
//   bench_space_cells [--cells N] [--nonzeros M] [--threads T] [--repeat R] [--file FILE]
// Generated: N cells of 20 types with about M genes each, expression levels as in
// the human reference. A file's cells are repeated up to N.
// For each step: seconds on the clock and of the processors (all threads together),
// medians of the runs, and the least of the latter; cells a second on the clock, and
// in the least disturbed run with the processors to itself; then operations or bytes a
// second of processor time in that run, and their share of what a thread does at most
// (measured first, also in processor time; see bench/ceilings.cpp).

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "analysis/normalize/normalize.hpp"
#include "analysis/quality_control/quality_control.hpp"
#include "base/random.hpp"
#include "base/thread_pool.hpp"
#include "io/read.hpp"
#include "knowledge/knowledge.hpp"
#include "space/cells/embed.hpp"
#include "space/cells/score.hpp"

using namespace celloquy;

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double processor_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

struct Time {
  double wall, processor;  // seconds, medians; the latter of all threads together
  double least;            // processor seconds of the least disturbed run
};

/// Medians of `repeat` runs after one that does not count.
template <class F>
Time timed(int repeat, F&& run) {
  std::vector<double> wall, processor;
  for (int i = 0; i <= repeat; ++i) {
    const double before = processor_seconds();
    const auto start = std::chrono::steady_clock::now();
    run();
    if (i == 0) continue;
    wall.push_back(seconds_since(start));
    processor.push_back(processor_seconds() - before);
  }
  std::sort(wall.begin(), wall.end());
  std::sort(processor.begin(), processor.end());
  return {wall[wall.size() / 2], processor[processor.size() / 2], processor.front()};
}

template <class T>
T must(Expected<T> value) {
  if (value) return *std::move(value);
  std::fprintf(stderr, "%s %s\n", value.error().message.en.c_str(),
               value.error().remedy.en.c_str());
  std::exit(1);
}

#if defined(__x86_64__)
#define BENCH_FMA __attribute__((target("avx2,fma")))
#else
#define BENCH_FMA
#endif
typedef float Vector __attribute__((vector_size(32)));

/// Twelve chains of multiply-adds; float32 operations.
BENCH_FMA double multiply_adds(std::size_t rounds, volatile float* sink) {
  Vector chain[12], factor = Vector{} + 0.999f, addend = Vector{} + 0.001f;
  for (int i = 0; i < 12; ++i) chain[i] = Vector{} + static_cast<float>(i);
  for (std::size_t round = 0; round < rounds; ++round)
    for (auto& value : chain) value = value * factor + addend;
  for (const auto& value : chain) *sink = value[0] + value[7];
  return 2.0 * 8 * 12 * static_cast<double>(rounds);
}

struct Ceilings {
  double operations, bytes;  // a second of processor time
};

Ceilings measure_ceilings(ThreadPool& pool) {
  Ceilings best{0, 0};
  const std::size_t words = (std::size_t{256} << 20) / 8 / pool.size();
  std::vector<std::vector<std::uint64_t>> memory(pool.size());
  pool.run([&](unsigned worker) { memory[worker].assign(words, worker); });
  std::vector<std::uint64_t> sums(pool.size() * 8);
  std::vector<double> operations(pool.size() * 8);
  std::vector<float> sinks(pool.size() * 16);
  for (int run = 0; run < 7; ++run) {
    double start = processor_seconds();
    pool.run([&](unsigned worker) {
      std::uint64_t lanes[16] = {};
      for (std::size_t i = 0; i + 16 <= words; i += 16)
        for (std::size_t lane = 0; lane < 16; ++lane) lanes[lane] += memory[worker][i + lane];
      for (const auto lane : lanes) sums[worker * 8] += lane;
    });
    best.bytes = std::max(
        best.bytes, static_cast<double>(words * 8 * pool.size()) / (processor_seconds() - start));
    start = processor_seconds();
    pool.run([&](unsigned worker) {
      operations[worker * 8] = multiply_adds(10'000'000, &sinks[worker * 16]);
    });
    double all = 0;
    for (unsigned worker = 0; worker < pool.size(); ++worker) all += operations[worker * 8];
    best.operations = std::max(best.operations, all / (processor_seconds() - start));
  }
  return best;
}

/// Cells of the gene space with about `nonzeros` genes each.
CountMatrix generated(const knowledge::MarkerTable& table, std::size_t n_cells, double nonzeros,
                      const Context& context) {
  constexpr std::size_t n_types = 20;
  const std::size_t n_genes = table.n_genes();
  std::vector<std::vector<double>> level(n_types, std::vector<double>(n_genes));
  for (std::size_t type = 0; type < n_types; ++type) {
    RandomStream random(7, type);
    double total = 0;
    for (std::size_t g = 0; g < n_genes; ++g) {
      const double mean = table.reference(static_cast<std::int32_t>(g)).human_mean;
      // Steeper than the mean over types, as single types are.
      level[type][g] = std::pow(std::expm1(mean) + 1e-3, 1.5) * std::exp(random.normal());
      total += level[type][g];
    }
    for (auto& x : level[type]) x /= total;
  }
  double low = 10, high = 1e6;  // the depth at which so many genes are seen
  for (int step = 0; step < 60; ++step) {
    const double depth = std::sqrt(low * high);
    double seen = 0;
    for (const double x : level[0]) seen += 1 - std::exp(-depth * x);
    (seen < nonzeros ? low : high) = depth;
  }
  struct Cell {
    std::vector<std::uint16_t> genes;
    std::vector<std::uint16_t> counts;
  };
  std::vector<Cell> cells(n_cells);
  parallel_for_blocks(context, n_cells, 64, [&](const Block& block) {
    for (std::size_t i = block.begin; i < block.end; ++i) {
      RandomStream random(8, i);
      const auto& of_type = level[random.below(n_types)];
      const double depth = low * std::exp(0.3 * random.normal());
      for (std::size_t g = 0; g < n_genes; ++g) {
        const double rate = depth * of_type[g];
        // Poisson by its waiting times, up to a limit.
        double time = -std::log(1 - random.uniform());
        std::uint16_t count = 0;
        for (; time < rate && count < 255; ++count) time -= std::log(1 - random.uniform());
        if (count == 0) continue;
        cells[i].genes.push_back(static_cast<std::uint16_t>(g));
        cells[i].counts.push_back(count);
      }
    }
  });
  std::vector<std::uint64_t> offsets(1, 0);
  for (const auto& cell : cells) offsets.push_back(offsets.back() + cell.genes.size());
  Buffer<std::uint16_t> indices(offsets.back());
  Buffer<std::uint8_t> values(offsets.back());
  for (std::size_t i = 0; i < n_cells; ++i) {
    std::copy(cells[i].genes.begin(), cells[i].genes.end(), indices.begin() + offsets[i]);
    std::copy(cells[i].counts.begin(), cells[i].counts.end(), values.begin() + offsets[i]);
  }
  return CountMatrix(SparseMatrix(Order::cell_major, n_cells, n_genes, std::move(offsets),
                                  std::move(indices), std::move(values)));
}

struct Input {
  CountMatrix matrix;
  std::vector<std::int32_t> space_gene;
};

Input from_file(const std::string& path, std::size_t n_cells, const knowledge::MarkerTable& table,
                const Context& context) {
  const auto data = must(read_dataset(path, context));
  const bool mouse = data.organism.organism == "mouse";
  const auto* genes =
      must(knowledge::genes_of(mouse ? knowledge::Organism::mouse : knowledge::Organism::human));
  std::vector<std::uint32_t> cells;
  for (std::size_t i = 0; i < n_cells; ++i)
    cells.push_back(static_cast<std::uint32_t>(i % data.n_cells()));
  return {CountMatrix(must(subset(data.matrix.by_cell(), cells, {}, context))),
          knowledge::map_genes(data.var.index, table, *genes)};
}

std::vector<float> random_numbers(std::size_t n, std::uint64_t seed) {
  RandomStream random(seed);
  std::vector<float> out(n);
  for (auto& x : out) x = static_cast<float>(random.normal());
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const auto option = [&](const char* flag, const char* otherwise) {
    for (int i = 1; i + 1 < argc; ++i)
      if (std::strcmp(argv[i], flag) == 0) return std::string(argv[i + 1]);
    return std::string(otherwise);
  };
  const std::size_t n_cells = std::stoull(option("--cells", "20000"));
  const int repeat = std::stoi(option("--repeat", "5"));
  const std::string file = option("--file", "");
  ThreadPool pool(static_cast<unsigned>(std::stoul(option("--threads", "2"))));
  Context context;
  context.threads = &pool;
  const auto& table = *must(knowledge::marker_table());
  const std::size_t n_genes = table.n_genes();

  Input input;
  if (file.empty()) {
    input.matrix = generated(table, n_cells, std::stod(option("--nonzeros", "830")), context);
    for (std::size_t g = 0; g < n_genes; ++g)
      input.space_gene.push_back(static_cast<std::int32_t>(g));
  } else {
    input = from_file(file, n_cells, table, context);
  }
  const auto metrics = must(quality_control::compute_metrics(input.matrix, {}, context));
  const auto logs = normalize::compute(metrics.total_counts, {});
  const ExpressionView view{&input.matrix, &logs};
  const auto space_gene = must(space::one_gene_each(view, input.space_gene, context));
  const auto mean = must(space::mean_expression(view, space_gene, n_genes, {}, context));
  const auto standardization =
      space::standardize(space_gene, mean, table, knowledge::Organism::human);
  double known = 0;  // non-zeros in genes of the space
  for (std::size_t g = 0; g < space_gene.size(); ++g)
    if (space_gene[g] >= 0) known += metrics.n_cells[g];

  const auto ceilings = measure_ceilings(pool);
  std::printf("%zu cells, %.0f genes of the space a cell, %u threads\n", n_cells,
              known / static_cast<double>(n_cells), pool.size());
  std::printf("a thread at most %.0f GFLOP/s, %.1f GB/s read\n\n", ceilings.operations / 1e9,
              ceilings.bytes / 1e9);
  std::printf("%-26s %9s %9s %9s %10s %10s %15s %8s\n", "step", "seconds", "processor", "least",
              "cells/s", "alone", "each thread", "of most");
  const auto line = [&](const char* what, Time time, double cells, double amount, double ceiling,
                        const char* unit) {
    std::printf("%-26s %9.4f %9.4f %9.4f %10.0f %10.0f %7.1f %s %7.1f%%\n", what, time.wall,
                time.processor, time.least, cells / time.wall, cells * pool.size() / time.least,
                amount / time.least / 1e9, unit, 100 * amount / time.least / ceiling);
    std::fflush(stdout);
  };
  const double n = static_cast<double>(n_cells);
  line("mean expression",
       timed(repeat, [&] { must(space::mean_expression(view, space_gene, n_genes, {}, context)); }),
       n, 3 * known, ceilings.bytes, "GB/s   ");
  line("norms (reading alone)",
       timed(repeat, [&] { must(space::cell_norms(view, standardization, context)); }), n,
       3 * known, ceilings.bytes, "GB/s   ");
  for (const std::size_t n_texts : {std::size_t{1}, std::size_t{32}, std::size_t{700}}) {
    const space::TextWeights texts{n_texts, n_genes, random_numbers(n_texts * n_genes, 1)};
    const auto label = "scores, " + std::to_string(n_texts) + " texts";
    line(label.c_str(),
         timed(repeat, [&] { must(space::score_cells(view, standardization, texts, context)); }), n,
         2 * known * static_cast<double>(n_texts), ceilings.operations, "GFLOP/s");
  }
  for (const std::size_t d : {std::size_t{256}, std::size_t{512}}) {
    const space::Basis basis{n_genes, d, random_numbers(d * n_genes, 2)};
    const auto label = "embedding, " + std::to_string(d) + " dimensions";
    line(label.c_str(),
         timed(repeat, [&] { must(space::embed_cells(view, standardization, basis, context)); }), n,
         2 * known * static_cast<double>(d), ceilings.operations, "GFLOP/s");
  }
  space::CellEmbedding million;
  million.n_cells = 1'000'000;
  million.n_dimensions = 256;
  million.values = Buffer<std::int8_t>(million.n_cells * million.n_dimensions);
  million.scale.assign(million.n_cells, 1.0f / 1024);
  parallel_for_blocks(context, million.n_cells, 4096, [&](const Block& block) {
    RandomStream random(9, block.index);
    for (std::size_t i = block.begin * 256; i < block.end * 256; ++i)
      million.values[i] = static_cast<std::int8_t>(random.below(255));
  });
  const auto query = random_numbers(256, 3);
  line("search, 1 M cells of 256", timed(repeat, [&] { space::search(million, query, context); }),
       1e6, 1e6 * 260, ceilings.bytes, "GB/s   ");
}
