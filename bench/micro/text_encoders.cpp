// The text encoders' waiting times: loading, a short query on one thread, texts in bulk on all.
//   bench_text_encoders [THREADS]

#include <time.h>

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

/// What a piece of work took: on the clock, and on the processors (the better figure on a busy
/// machine).
struct Time {
  double wall = 0, processor = 0;  // milliseconds
};

Time time_of(const std::function<void()>& work) {
  const auto processor = [] {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
  };
  const auto begin = std::chrono::steady_clock::now();
  const double used = processor();
  work();
  const std::chrono::duration<double, std::milli> passed = std::chrono::steady_clock::now() - begin;
  return {passed.count(), processor() - used};
}

/// Medians of several runs after one that warms up.
Time median(int runs, const std::function<void()>& work) {
  work();
  std::vector<double> wall, processor;
  for (int run = 0; run < runs; ++run) {
    const auto time = time_of(work);
    wall.push_back(time.wall);
    processor.push_back(time.processor);
  }
  std::sort(wall.begin(), wall.end());
  std::sort(processor.begin(), processor.end());
  return {wall[wall.size() / 2], processor[processor.size() / 2]};
}

void print(const char* what, Time time, const std::string& remark = "") {
  std::printf("  %-22s %8.2f ms %8.2f ms of processor  %s\n", what, time.wall, time.processor,
              remark.c_str());
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
  const auto load = time_of([&] {
    auto opened = language::open_text_encoder(kind);
    if (opened)
      encoder = *std::move(opened);
    else
      std::fprintf(stderr, "%s\n%s\n", opened.error().message.en.c_str(),
                   opened.error().remedy.en.c_str());
  });
  if (!encoder) return 1;
  std::printf("%s\n", name);
  print("load", load);
  const auto encode = [&](const std::vector<std::string>& texts, const Context& context) {
    if (!encoder->encode(texts, context)) std::abort();
  };
  print("first query", time_of([&] { encode({queries[0]}, {}); }));
  for (const auto& query : queries)
    print("query, 1 thread", median(51, [&] { encode({query}, {}); }), query);
  const auto texts = descriptions(1000);
  for (const unsigned count : {1u, threads}) {
    ThreadPool pool(count);
    Context context;
    context.threads = &pool;
    const auto time = median(3, [&] { encode(texts, context); });
    std::printf("  1,000 texts, %u threads %7.0f texts/s %7.0f texts per processor second\n", count,
                1e6 / time.wall, 1e6 / time.processor);
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
