#pragma once
// Which pairs a step learns from, and their rows as inputs of the towers.

#include <span>
#include <vector>

#include "training/augmentation.hpp"
#include "training/objective.hpp"

namespace celloquy::training {

struct BatchItem {
  std::uint32_t pair = 0, text = 0;  ///< text: row of text_keys
  std::uint64_t number = 0;          ///< within the batch of all processes: names its random stream
};

/// The inputs of one process, and what belongs to what over all of them.
struct Batch {
  std::vector<float> dense, text;
  TowerInput<float> cells, texts;
  std::vector<float> weights;
};

class BatchMaker {
 public:
  BatchMaker(const PairsFolder& pairs, const Selection& selection, const Preparation& preparation,
             const TextFeatures& features, const Augmentation& augmentation,
             const Options& options);

  /// Pairs and texts of a step: for each process its profiles, then its gene sets.
  /// The same pairs with the same random streams for any number of processes.
  std::vector<BatchItem> choose(std::uint64_t step, std::size_t processes) const;
  /// `all` is what choose() gave; rank's part of it is made into inputs.
  /// `augment` false: rows and texts as they are, for measuring.
  Status make(std::uint64_t step, std::span<const BatchItem> all, std::size_t rank,
              std::size_t processes, bool augment, Batch& batch, const Context& context) const;

 private:
  struct Drawn {
    std::vector<std::uint32_t> pairs;
    double up_to = 0;  ///< cumulative probability
  };
  std::vector<Drawn> families_of(const std::vector<std::uint32_t>& pairs) const;
  BatchItem draw(const std::vector<Drawn>& families, std::uint64_t step,
                 std::uint64_t number) const;
  Status make_profiles(std::uint64_t step, std::span<const BatchItem> own, bool augment,
                       Batch& batch, const Context& context) const;
  Status make_sets(std::uint64_t step, std::span<const BatchItem> own, bool augment,
                   Batch& batch) const;
  Status make_texts(std::uint64_t step, std::span<const BatchItem> all, std::size_t first,
                    std::size_t own, bool augment, Batch& batch, const Context& context) const;

  const PairsFolder& pairs_;
  const TextFeatures& features_;
  const Augmentation& augmentation_;
  const std::vector<float>& text_mean_;
  const Options& options_;
  std::vector<std::uint8_t> languages_;
  std::vector<Drawn> profiles_, gene_sets_;
};

}  // namespace celloquy::training
