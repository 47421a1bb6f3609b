// A training as a program of its own, for tests that kill it or run several of it:
//   train_synthetic FOLDER STEPS     pairs are in FOLDER/pairs, results in FOLDER/out

#include <cstdio>
#include <cstdlib>

#include "base/thread_pool.hpp"
#include "training/train.hpp"

int main(int argc, char** argv) {
  using namespace celloquy;
  if (argc != 3) return 2;
  const std::filesystem::path folder = argv[1];
  ThreadPool pool(2);
  Context context;
  context.threads = &pool;
  const auto exchange = training::all_processes();
  const auto pairs = training::PairsFolder::open(folder / "pairs", context);
  if (!pairs) return 3;
  training::Scales scales;
  scales.human.assign(pairs->genes().size(), 1.0f);
  scales.mouse.assign(pairs->genes().size(), 1.5f);
  training::Options options;
  options.steps = static_cast<std::size_t>(std::atoi(argv[2]));
  options.profiles = 24;
  options.gene_sets = 16;
  options.genes = 200;
  options.dimension = 24;
  options.hidden = 32;
  options.optimizer.warm_up = 10;
  options.checkpoint_every = 7;
  const auto encoder = language::hashing_encoder(48);
  const auto result =
      training::train(*pairs, *encoder, scales, options, folder / "out", *exchange, context);
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.en.c_str());
    return static_cast<int>(result.error().code);
  }
  return 0;
}
