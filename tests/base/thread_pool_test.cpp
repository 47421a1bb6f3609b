#include "base/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

namespace celloquy {
namespace {

TEST(ThreadPool, EachWorkerRunsOnce) {
  for (const unsigned size : {1u, 2u, 7u}) {
    ThreadPool pool(size);
    EXPECT_EQ(pool.size(), size);
    for (int round = 0; round < 50; ++round) {
      std::vector<std::atomic<int>> runs(size);
      pool.run([&](unsigned worker) { ++runs[worker]; });
      for (const auto& count : runs) EXPECT_EQ(count, 1);
    }
  }
}

TEST(Blocks, CoverEveryItemOnceForAnyNumberOfThreads) {
  for (const unsigned size : {0u, 1u, 2u, 7u}) {
    ThreadPool pool(size ? size : 1);
    Context context;
    if (size) context.threads = &pool;
    for (const std::size_t items : {0, 1, 9, 10, 11, 1000})
      for (const std::size_t block_size : {1, 10, 4096}) {
        std::vector<std::atomic<int>> seen(items);
        std::vector<std::atomic<int>> blocks(block_count(items, block_size));
        parallel_for_blocks(context, items, block_size, [&](const Block& block) {
          EXPECT_EQ(block.begin, block.index * block_size);
          EXPECT_LT(block.worker, worker_count(context));
          ++blocks[block.index];
          for (std::size_t i = block.begin; i < block.end; ++i) ++seen[i];
        });
        for (const auto& count : seen) ASSERT_EQ(count, 1);
        for (const auto& count : blocks) ASSERT_EQ(count, 1);
      }
  }
}

TEST(Blocks, MayBeNested) {
  ThreadPool pool(4);
  Context context;
  context.threads = &pool;
  std::atomic<int> sum{0};
  parallel_for_blocks(context, 20, 1, [&](const Block&) {
    parallel_for_blocks(context, 30, 7,
                        [&](const Block& inner) { sum += static_cast<int>(inner.size()); });
  });
  EXPECT_EQ(sum, 600);
}

TEST(Blocks, StopSoonAfterCancellation) {
  ThreadPool pool(2);
  CancellationToken token;
  Context context;
  context.threads = &pool;
  context.cancellation = &token;
  std::atomic<int> blocks{0};
  parallel_for_blocks(context, 100'000, 1, [&](const Block&) {
    if (++blocks == 10) token.cancel();
  });
  EXPECT_LE(blocks, 12);
  EXPECT_TRUE(context.cancelled());
  parallel_for_blocks(context, 10, 1, [&](const Block&) { FAIL(); });
}

TEST(Blocks, GiveOnTheExceptionOfTheFirstFailingBlock) {
  for (const unsigned size : {1u, 4u}) {
    ThreadPool pool(size);
    Context context;
    context.threads = &pool;
    for (int round = 0; round < 20; ++round) {
      std::string what;
      try {
        parallel_for_blocks(context, 200, 1, [&](const Block& block) {
          if (block.index == 13) std::this_thread::sleep_for(std::chrono::milliseconds(1));
          if (block.index % 20 == 13) throw std::runtime_error(std::to_string(block.index));
        });
      } catch (const std::runtime_error& error) {
        what = error.what();
      }
      EXPECT_EQ(what, "13");
    }
    int after = 0;  // the pool still works, also in parallel
    std::atomic<int> sum{0};
    parallel_for_blocks(context, 10, 1, [&](const Block&) { ++sum; });
    after = sum;
    EXPECT_EQ(after, 10);
  }
}

TEST(ThreadPool, SeveralCallersTakeTurns) {
  ThreadPool pool(3);
  std::atomic<int> runs{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i)
    callers.emplace_back([&] {
      for (int round = 0; round < 50; ++round) pool.run([&](unsigned) { ++runs; });
    });
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(runs, 4 * 50 * 3);
}

}  // namespace
}  // namespace celloquy
