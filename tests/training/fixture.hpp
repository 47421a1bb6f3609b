#pragma once
// A synthetic pairs folder opened, with scales and text vectors.

#include <memory>

#include "synthetic_pairs.hpp"
#include "training/preparation.hpp"

namespace celloquy::testing {

/// Reading and preparing must not fail in a test: the error is its message.
template <class T>
T must(Expected<T> result) {
  if (!result) throw std::runtime_error(result.error().message.en);
  return std::move(*result);
}

struct TrainingFixture {
  TemporaryFolder folder;
  training::Options options;
  training::PairsFolder pairs;
  training::Scales scales;
  std::unique_ptr<language::TextEncoder> encoder = language::hashing_encoder(48);

  explicit TrainingFixture(std::size_t types = 12, std::size_t n_genes = 300)
      : pairs([&] {
          synthetic_pairs(types, n_genes).write(folder / "pairs");
          return must(training::PairsFolder::open(folder / "pairs", {}));
        }()) {
    scales.human.assign(n_genes, 1.0f);
    scales.mouse.assign(n_genes, 1.5f);
    scales.human[5] = scales.mouse[5] = 0;  // a gene that the reference lacks
    options.steps = 60;
    options.profiles = 24;
    options.gene_sets = 16;
    options.genes = 200;
    options.dimension = 24;
    options.hidden = 32;
    options.optimizer.warm_up = 10;
    options.checkpoint_every = 7;
  }

  training::Selection selection() const { return must(training::select_pairs(pairs, options)); }
  training::TextFeatures features() {
    return must(training::TextFeatures::prepare(pairs, selection().texts, *encoder,
                                                folder / "texts.records", {}));
  }
  training::Preparation preparation(const Context& context = {}) {
    return must(training::prepare(pairs, selection(), scales, features(), encoder->identity(),
                                  options, folder.path(), context));
  }
};

}  // namespace celloquy::testing
