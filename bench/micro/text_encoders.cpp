// The text encoders' waiting times: loading, a short query on one thread, texts in bulk on all.
//   bench_text_encoders [THREADS]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "base/thread_pool.hpp"
#include "language/text_encoder.hpp"

namespace {

using namespace celloquy;
using language::EncoderKind;

double milliseconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::milli> passed = std::chrono::steady_clock::now() - begin;
  return passed.count();
}

/// Median of five runs after one that warms up.
double median(const std::function<void()>& work) {
  work();
  std::vector<double> times;
  for (int run = 0; run < 5; ++run) times.push_back(milliseconds(work));
  std::sort(times.begin(), times.end());
  return times[2];
}

/// Cell types of different length, as a label set or a pool of descriptions has them.
std::vector<std::string> descriptions(std::size_t count) {
  const std::vector<std::string> cells{"macrophage", "cytotoxic T cell", "plasma cell",
                                       "hepatic stellate cell", "type B pancreatic cell"};
  const std::vector<std::string> what{
      "", " of the liver", ", a cell that secretes antibodies and is found in the bone marrow",
      " of a fibrotic lung, expressing genes of the extracellular matrix such as COL1A1"};
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i)
    texts.push_back(cells[i % cells.size()] + what[i % what.size()] + " " + std::to_string(i % 97));
  return texts;
}

int measure(const char* name, EncoderKind kind, const std::vector<std::string>& queries,
            unsigned threads) {
  std::unique_ptr<language::TextEncoder> encoder;
  const double load = milliseconds([&] {
    auto opened = language::open_text_encoder(kind);
    if (opened)
      encoder = *std::move(opened);
    else
      std::fprintf(stderr, "%s\n%s\n", opened.error().message.en.c_str(),
                   opened.error().remedy.en.c_str());
  });
  if (!encoder) return 1;
  std::printf("%s\n  load                                %8.1f ms\n", name, load);
  const auto encode = [&](const std::vector<std::string>& texts, const Context& context) {
    if (!encoder->encode(texts, context)) std::abort();
  };
  std::printf("  first query                         %8.2f ms\n",
              milliseconds([&] { encode({queries[0]}, {}); }));
  for (const auto& query : queries)
    std::printf("  query, 1 thread                     %8.2f ms   %s\n",
                median([&] { encode({query}, {}); }), query.c_str());
  const auto texts = descriptions(1000);
  for (const unsigned count : {1u, threads}) {
    ThreadPool pool(count);
    Context context;
    context.threads = &pool;
    std::printf("  1,000 texts, %2u threads             %8.0f texts/s\n", count,
                1e6 / median([&] { encode(texts, context); }));
    if (threads == 1) break;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const unsigned threads = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 2;
  return measure("all-MiniLM-L6-v2", EncoderKind::mini_lm,
                 {"T cell", "fibrotic macrophage of the liver"}, threads) |
         measure("multilingual-e5-small", EncoderKind::multilingual_e5,
                 {"T cell", "fibrotic macrophage of the liver", "肝脏巨噬细胞"}, threads);
}
