#pragma once
// What z-scores are measured from: the mean of a table of profiles and that of
// its platform, at several depths.
//
// A cell's logarithms are lower on average than those of a profile of millions
// of counts, and so is the mean of its data set. The mean of a thinned table is
// computed (ThinnedMean), not drawn. The means lie in a file of the work folder,
// a record for each (source, level), then for each (platform, level): a corpus
// of twenty thousand tables has gigabytes of them.

#include <filesystem>
#include <vector>

#include "training/record_file.hpp"
#include "training/selection.hpp"
#include "training/standardize.hpp"

namespace celloquy::training {

/// Profiles of a source that its mean is taken of, evenly spaced.
inline constexpr std::size_t profiles_a_mean = 256;

/// Means of log1p values over all genes, for choosing genes: by source, then by
/// platform (sources weighted by their number of profiles; genes that none
/// measured are 0).
struct WholeMeans {
  std::vector<std::vector<float>> source, platform;
};
Expected<WholeMeans> whole_means(const PairsFolder& pairs, const Selection& selection,
                                 const Context& context);

class Centres {
 public:
  /// Computes them, or finds them complete in `file`; `identity` names all that
  /// they depend on.
  static Expected<Centres> prepare(const PairsFolder& pairs, const Selection& selection,
                                   const GeneChoice& choice, double least_depth, double most_depth,
                                   const std::string& identity, const std::filesystem::path& file,
                                   const Context& context);
  /// By chosen gene; `level` 0 is the profiles as they are.
  Status source(std::size_t source, std::size_t level, float* to) const;
  Status platform(std::size_t platform, std::size_t level, float* to) const;

 private:
  explicit Centres(RecordFile file) : file_(std::move(file)) {}
  RecordFile file_;
  std::size_t n_sources_ = 0;
};

}  // namespace celloquy::training
