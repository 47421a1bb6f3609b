// Times neighbours, graphs, communities and layout on one table of points.
//   bench_graphs POINTS.f32 N D [--threads T] [--k K] [--method exact|lists] [--repeat R]
//                [--out PREFIX] [--epochs E] [--no-layout]
//   bench_graphs blobs|manifold N D …      generated points instead of a file
// POINTS.f32: N × D float32, row by row. With --out the results are written as
// raw arrays for a comparison with other programs.
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "analysis/leiden/leiden.hpp"
#include "analysis/neighbor_graph/neighbor_graph.hpp"
#include "analysis/neighbors/neighbors.hpp"
#include "analysis/umap/umap.hpp"
#include "base/random.hpp"
#include "base/thread_pool.hpp"

using namespace celloquy;

namespace {

double user_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

/// Runs it `repeat` times and prints the best wall time and the processor time of that run.
template <class F>
auto timed(const char* what, int repeat, F&& run) {
  double best = 1e9, best_user = 0;
  decltype(run()) result = run();
  for (int i = 0; i < repeat; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const double user = user_seconds();
    result = run();
    const double wall =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (wall < best) best = wall, best_user = user_seconds() - user;
  }
  std::printf("%-22s %8.4f s wall %8.4f s processor", what, best, best_user);
  if (!result) {
    std::printf("  %s\n", result.error().message.en.c_str());
    std::exit(1);
  }
  return *std::move(result);
}

std::vector<float> generated(const std::string& kind, std::size_t n, std::size_t d) {
  std::vector<float> points(n * d);
  RandomStream centres(1);
  const std::size_t clusters = 20;
  std::vector<double> centre(clusters * d);
  for (std::size_t c = 0; c < clusters; ++c)
    for (std::size_t k = 0; k < d; ++k)
      centre[c * d + k] = centres.normal() * 12.0 / std::sqrt(1.0 + static_cast<double>(k));
  for (std::size_t i = 0; i < n; ++i) {
    RandomStream random(2, i);
    const std::size_t c = random.below(clusters);
    const double t = random.uniform() * 6, u = random.uniform();
    for (std::size_t k = 0; k < d; ++k) {
      const double axis = static_cast<double>(k);
      const double base = kind == "blobs"
                              ? centre[c * d + k]
                              : 15 * std::sin(t * (1 + 0.35 * axis)) / (1 + 0.5 * axis) +
                                    6 * u * std::cos(t + axis) / (1 + 0.5 * axis);
      points[i * d + k] = static_cast<float>(base + random.normal());
    }
  }
  return points;
}

template <class T>
void write(const std::string& name, const std::vector<T>& values) {
  std::ofstream(name, std::ios::binary)
      .write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(T)));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "bench_graphs POINTS.f32|blobs|manifold N D [options]; see the source\n");
    return 2;
  }
  const std::string source = argv[1];
  const std::size_t n = std::strtoull(argv[2], nullptr, 10),
                    d = std::strtoull(argv[3], nullptr, 10);
  const auto option = [&](const char* flag, const char* otherwise) {
    for (int i = 4; i + 1 < argc; ++i)
      if (std::strcmp(argv[i], flag) == 0) return std::string(argv[i + 1]);
    return std::string(otherwise);
  };
  bool layout_too = true;
  for (int i = 4; i < argc; ++i)
    layout_too = layout_too && std::strcmp(argv[i], "--no-layout") != 0;
  const int repeat = std::stoi(option("--repeat", "3"));
  const std::string out = option("--out", "");
  std::vector<float> points;
  if (source == "blobs" || source == "manifold") {
    points = generated(source, n, d);
  } else {
    points.resize(n * d);
    std::ifstream(source, std::ios::binary)
        .read(reinterpret_cast<char*>(points.data()),
              static_cast<std::streamsize>(points.size() * sizeof(float)));
  }

  ThreadPool pool(static_cast<unsigned>(std::stoul(option("--threads", "2"))));
  Context context;
  context.threads = &pool;
  neighbors::Options options;
  options.n_neighbors = static_cast<std::uint32_t>(std::stoul(option("--k", "15")));
  const std::string method = option("--method", "automatic");
  if (method == "exact") options.method = neighbors::Method::exact;
  if (method == "lists") options.method = neighbors::Method::inverted_lists;
  const auto near = timed("neighbors", repeat,
                          [&] { return neighbors::compute(points, n, d, options, context); });
  std::printf("\n");
  const auto fuzzy = timed("umap_connectivities", repeat,
                           [&] { return neighbor_graph::umap_connectivities(near, context); });
  std::printf("  %zu entries\n", fuzzy.indices.size());
  const auto shared = timed("shared_neighbors", repeat,
                            [&] { return neighbor_graph::shared_neighbors(near, {}, context); });
  std::printf("  %zu entries\n", shared.indices.size());
  for (const auto* graph : {&fuzzy, &shared}) {
    leiden::Options leiden_options;
    leiden_options.most_iterations =
        static_cast<std::uint32_t>(std::stoul(option("--iterations", "10")));
    leiden_options.seed = std::stoull(option("--seed", "0"));
    const auto communities =
        timed(graph == &fuzzy ? "leiden (umap graph)" : "leiden (shared)", repeat,
              [&] { return leiden::compute(*graph, leiden_options, context); });
    std::printf("  modularity %.6f, %u communities, %u iterations:", communities.modularity,
                communities.n_communities, communities.iterations);
    for (const double q : communities.modularity_by_iteration) std::printf(" %.6f", q);
    std::printf("\n");
    if (!out.empty())
      write(out + (graph == &fuzzy ? ".fuzzy" : ".shared") + ".leiden.u32", communities.membership);
  }
  if (!out.empty()) {
    write(out + ".points.f32", points);
    write(out + ".knn.u32", near.indices);
    write(out + ".knn.f32", near.distances);
    for (const auto* graph : {&fuzzy, &shared}) {
      const std::string name = out + (graph == &fuzzy ? ".fuzzy" : ".shared");
      write(name + ".offsets.u64", graph->offsets);
      write(name + ".indices.u32", graph->indices);
      write(name + ".weights.f32", graph->weights);
    }
  }
  if (!layout_too) return 0;
  std::vector<float> initial(2 * n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t c = 0; c < 2; ++c) initial[2 * i + c] = points[i * d + c];
  umap::Options layout_options;
  layout_options.epochs = static_cast<std::uint32_t>(std::stoul(option("--epochs", "0")));
  layout_options.min_dist = std::stod(option("--min-dist", "0.5"));
  const auto spectral =
      timed("spectral_layout", repeat, [&] { return umap::spectral_layout(fuzzy, 2, 0, context); });
  std::printf("\n");
  for (const bool from_spectral : {false, true}) {
    const auto layout =
        timed(from_spectral ? "umap (spectral start)" : "umap (pca start)", repeat, [&] {
          return umap::compute(fuzzy, from_spectral ? spectral : initial, 2, layout_options,
                               context);
        });
    std::printf("\n");
    if (!out.empty())
      write(out + (from_spectral ? ".umap_spectral.f32" : ".umap_pca.f32"), layout.layout);
  }
  if (!out.empty()) write(out + ".spectral.f32", spectral);
}
