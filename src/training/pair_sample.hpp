#pragma once
// A sample of the pairs, held in memory as unit vectors over the chosen genes:
// what the towers begin from.

#include <cstdint>
#include <vector>

#include "training/centres.hpp"
#include "training/selection.hpp"
#include "training/standardize.hpp"

namespace celloquy::training {

/// The most that the sample holds: 260 MB of profiles and 30 MB of sets.
inline constexpr std::size_t most_sampled_profiles = 8192, most_sampled_sets = 65536;

/// Entries are the profiles, then the sets.
struct PairSample {
  std::vector<std::uint32_t> pairs;
  std::vector<double> weights;  ///< of the entry's family
  std::vector<float> profiles;  ///< z of length 1, half own and half platform mean; row by row
  std::vector<std::uint64_t> offsets = {0};  ///< of the sets, in `columns` and `values`
  std::vector<std::uint32_t> columns;
  std::vector<float> values;  ///< of length 1
  std::size_t n_genes = 0, n_profiles = 0;
  std::size_t size() const { return pairs.size(); }
  std::size_t n_sets() const { return size() - n_profiles; }
};

/// The genes that vary most: those with the largest mean square over the unit
/// vectors of all pairs of the sample, families weighted.
Expected<GeneChoice> choose_genes(const PairsFolder& pairs, const Selection& selection,
                                  const Scales& scales, const WholeMeans& means,
                                  const Options& options, const Context& context);

Expected<PairSample> take_sample(const PairsFolder& pairs, const Selection& selection,
                                 const GeneChoice& choice, const Scales& scales,
                                 const Centres& centres, const Options& options,
                                 const Context& context);

}  // namespace celloquy::training
