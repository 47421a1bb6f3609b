// Many clients on one server over one study: how long they wait, and what it costs.
//
//   bench_server FOLDER [--cells 1000000] [--clients 64] [--seconds 10] [--file FILE.h5ad]
//
// Without a file a study is made once in FOLDER: 200 genes of which the k-th is found in
// (k+1)/2 % of the cells, a map and a column of cell types. Reports the first picture (the
// page's requests until the map and a field are there), then each kind of request under load
// with its percentiles, and the process's memory.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/random.hpp"
#include "base/thread_pool.hpp"
#include "client.hpp"
#include "io/h5ad_writer.hpp"
#include "server/server.hpp"

namespace {

using namespace celloquy;
using server::test::Client;
using Clock = std::chrono::steady_clock;

constexpr std::size_t n_genes = 200;

double milliseconds(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

/// A field of /proc/self/status in MB.
double memory(const char* field) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(field))
      return std::atof(line.c_str() + std::string(field).size() + 1) / 1024;
  return 0;
}

Status make_study(const std::string& path, std::size_t n_cells) {
  std::vector<std::uint64_t> offsets{0};
  std::vector<std::uint16_t> indices;
  std::vector<std::uint8_t> values;
  DenseBlock map{n_cells, 2, {}};
  std::vector<std::int32_t> types;
  DataFrame obs, var;
  for (std::size_t cell = 0; cell < n_cells; ++cell) {
    RandomStream random(3, cell);
    for (std::size_t gene = 0; gene < n_genes; ++gene)
      if (random.uniform() * 2 * n_genes < static_cast<double>(gene + 1)) {
        indices.push_back(static_cast<std::uint16_t>(gene));
        values.push_back(static_cast<std::uint8_t>(1 + 20 * random.uniform()));
      }
    offsets.push_back(indices.size());
    for (int axis = 0; axis < 2; ++axis)
      map.values.push_back(static_cast<float>(cell % 20 + random.uniform()));
    types.push_back(static_cast<std::int32_t>(cell % 20));
    obs.index.push_back("cell" + std::to_string(cell));
  }
  Categorical column;
  for (int i = 0; i < 20; ++i) column.categories.push_back("type " + std::to_string(i));
  column.codes = std::move(types);
  obs.set("cell_type", std::move(column));
  for (std::size_t gene = 0; gene < n_genes; ++gene)
    var.index.push_back("GENE" + std::to_string(gene));
  Buffer<std::uint16_t> i(indices.size());
  Buffer<std::uint8_t> v(values.size());
  std::copy(indices.begin(), indices.end(), i.begin());
  std::copy(values.begin(), values.end(), v.begin());
  const CountMatrix x(SparseMatrix(Order::cell_major, n_cells, n_genes, std::move(offsets),
                                   std::move(i), std::move(v)));
  H5adContent content;
  content.x = &x;
  content.obs = &obs;
  content.var = &var;
  content.obsm = {{"X_umap", &map}};
  content.gzip_level = 0;
  ThreadPool pool;
  Context context;
  context.threads = &pool;
  return write_h5ad(path, content, context);
}

struct Times {
  std::vector<double> all;
  double at(double share) {
    std::sort(all.begin(), all.end());
    return all.empty()
               ? 0
               : all[std::min(all.size() - 1,
                              static_cast<std::size_t>(share * static_cast<double>(all.size())))];
  }
};

/// All clients ask for `target(i)` for some seconds.
/// `pause`: seconds that a client waits between two requests, on average.
void load(const Client& client, const char* what, int clients, double seconds, bool revalidate,
          const std::function<std::string(std::size_t)>& target, double pause = 0) {
  std::vector<Times> times(static_cast<std::size_t>(clients));
  std::atomic<std::size_t> next{0}, failed{0}, bytes{0};
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  std::vector<std::thread> threads;
  for (int t = 0; t < clients; ++t)
    threads.emplace_back([&, t] {
      server::test::Connection connection(client.port);
      RandomStream random(11, static_cast<std::uint64_t>(t));
      while (Clock::now() < end) {
        if (pause > 0)
          std::this_thread::sleep_for(std::chrono::duration<double>(2 * pause * random.uniform()));
        const auto begin = Clock::now();
        const std::size_t i = next++;
        std::vector<std::string> headers;
        if (revalidate) headers.push_back("If-None-Match: \"no\"");
        connection.send(client.head("GET", "/api/v1" + target(i), headers) + "\r\n");
        const auto answer = connection.answer(60);
        if (answer.status != 200) {
          ++failed;
          return;
        }
        bytes += answer.body.size();
        times[static_cast<std::size_t>(t)].all.push_back(milliseconds(begin));
      }
    });
  for (auto& thread : threads) thread.join();
  Times all;
  for (auto& one : times) all.all.insert(all.all.end(), one.all.begin(), one.all.end());
  const double n = static_cast<double>(all.all.size());
  std::printf(
      "%-28s %3d clients %7.0f requests/s  p50 %7.2f  p90 %7.2f  p99 %7.2f  max %7.2f ms  %6.0f "
      "MB/s  %zu failed\n",
      what, clients, n / seconds, all.at(0.5), all.at(0.9), all.at(0.99), all.at(1.0),
      static_cast<double>(bytes) / 1e6 / seconds, failed.load());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  std::string folder = argc > 1 ? argv[1] : "", file;
  std::size_t n_cells = 1'000'000;
  int clients = 64;
  double seconds = 10;
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--cells") n_cells = std::stoul(argv[i + 1]);
    if (name == "--clients") clients = std::stoi(argv[i + 1]);
    if (name == "--seconds") seconds = std::stod(argv[i + 1]);
    if (name == "--file") file = argv[i + 1];
  }
  if (folder.empty()) {
    std::fprintf(stderr,
                 "bench_server FOLDER [--cells N] [--clients N] [--seconds S] [--file FILE]\n");
    return 2;
  }
  std::filesystem::create_directories(folder);
  if (file.empty()) {
    file = folder + "/load_" + std::to_string(n_cells) + ".h5ad";
    if (!std::filesystem::exists(file))
      if (const auto made = make_study(file, n_cells); !made) {
        std::fprintf(stderr, "%s\n", made.error().message.en.c_str());
        return 1;
      }
  }
  server::ServerOptions options;
  options.library.paths = {file};
  options.library.uploads = folder + "/uploads";
  const auto started = server::Server::start(options);
  if (!started) {
    std::fprintf(stderr, "%s\n", started.error().message.en.c_str());
    return 1;
  }
  const Client client{(*started)->port(), (*started)->secret()};
  std::printf("memory before opening: %.0f MB\n", memory("VmRSS:"));
  const std::string id = client.get("/studies").document()["studies"][0]["id"];
  const std::string study = "/studies/" + id;
  auto begin = Clock::now();
  const auto summary = client.get(study).document();
  const double opened = milliseconds(begin);
  const std::string map = summary["embeddings"][0]["name"];
  client.get(study + "/embeddings/" + map);
  std::string field = "cluster";
  for (const auto& one : summary["fields"])
    if (one["source"] == "file" && one["kind"] == "categorical") field = one["name"];
  client.get(study + "/fields/" + field);
  std::printf("first picture of %zu cells: %.0f ms (summary after %.0f ms)\n",
              summary["n_cells"].get<std::size_t>(), milliseconds(begin), opened);
  const auto names =
      client.get(study + "/genes").document()["names"].get<std::vector<std::string>>();
  begin = Clock::now();
  client.get(study + "/genes/" + names.back());
  std::printf("first gene: %.0f ms\nmemory with the study open: %.0f MB (anonymous %.0f MB)\n",
              milliseconds(begin), memory("VmRSS:"), memory("RssAnon:"));
  const auto gene = [&](std::size_t i) {
    return study + "/genes/" + server::http::percent_encoded(names[i * 7919 % names.size()]);
  };
  for (const int n : {1, clients}) {
    load(client, "gene, f32", n, seconds, true, gene);
    load(client, "gene, 16 bits", n, seconds, true,
         [&](std::size_t i) { return gene(i) + "?precision=16"; });
    load(client, "gene, 8 bits", n, seconds, true,
         [&](std::size_t i) { return gene(i) + "?precision=8"; });
    load(client, "field", n, seconds, true,
         [&](std::size_t) { return study + "/fields/" + field; });
    load(client, "summary", n, seconds, true, [&](std::size_t) { return study; });
  }
  // People look at a picture before they ask for the next gene.
  for (const char* bits : {"", "?precision=16", "?precision=8"})
    load(
        client, (std::string("gene, every 3 s ") + bits).c_str(), clients, std::max(seconds, 20.0),
        true, [&](std::size_t i) { return gene(i) + bits; }, 3);
  std::printf("memory after the load: %.0f MB (anonymous %.0f MB), greatest %.0f MB\n",
              memory("VmRSS:"), memory("RssAnon:"), memory("VmHWM:"));
  return 0;
}
