#pragma once
// What a profile could have looked like as a cell, and a gene set as another list.

#include <vector>

#include "base/random.hpp"
#include "training/options.hpp"
#include "training/preparation.hpp"

namespace celloquy::training {

/// Memory of one thread.
struct AugmentationScratch {
  PairRow row, other;
  std::vector<float> abundance, centre, more;
  std::vector<std::uint32_t> kept;
};

class Augmentation {
 public:
  Augmentation(const PairsFolder& pairs, const Selection& selection, const Scales& scales,
               const Preparation& preparation, const AugmentationOptions& options);

  std::size_t n_genes() const { return choice_.size(); }
  /// A profile as an input of the cell tower (by chosen gene, of input_length):
  /// mixed with another of its type on its platform, each gene's abundance moved,
  /// counted at a random depth, logarithms measured from a random mixture of the
  /// means of its table and of its platform, genes dropped.
  Status profile(std::uint32_t pair, RandomStream& random, AugmentationScratch& scratch,
                 float* to) const;
  /// The same without anything random: half own and half platform mean.
  Status plain_profile(std::uint32_t pair, AugmentationScratch& scratch, float* to) const;

  /// A set as columns and values, of input_length, appended: weights moved, genes
  /// dropped (never all). `random` null: as it is. Appends nothing when no gene of
  /// it was chosen.
  Status gene_set(std::uint32_t pair, RandomStream* random, AugmentationScratch& scratch,
                  std::vector<std::uint32_t>& columns, std::vector<float>& values) const;

 private:
  /// Profiles of one type on one platform.
  const std::vector<std::uint32_t>& relatives(std::uint32_t pair) const;
  Status abundances(std::uint32_t pair, RandomStream& random, AugmentationScratch& scratch,
                    double& total) const;
  Status random_centre(const Pair& pair, double log_depth, RandomStream& random,
                       AugmentationScratch& scratch) const;

  const PairsFolder& pairs_;
  const Scales& scales_;
  const GeneChoice& choice_;
  const Centres& centres_;
  AugmentationOptions options_;
  std::vector<std::vector<std::uint32_t>> groups_;
  std::vector<std::uint32_t> group_of_;  // by pair
};

}  // namespace celloquy::training
