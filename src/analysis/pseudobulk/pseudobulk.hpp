#pragma once
// Comparing conditions with samples as the replicates: counts are summed a
// sample, so that the test sees between-sample variation (Squair et al. 2021).

#include <cstdint>
#include <vector>

#include "matrix/count_matrix.hpp"

namespace celloquy::pseudobulk {

struct Options {
  std::uint32_t min_cells = 10;      ///< samples with fewer cells are left out
  std::uint32_t min_replicates = 2;  ///< samples a condition; fewer: cannot_answer
  double min_count = 10;             ///< genes with fewer counts over all samples are left out
};
struct Result {
  std::vector<std::uint32_t> samples_first, samples_second;  ///< sample codes that entered
  std::vector<std::uint32_t> genes;                          ///< tested genes
  std::vector<float> log2_fold_change;                       ///< first over second, a tested gene
  std::vector<float> mean_log2_cpm;
  std::vector<float> t;  ///< moderated t (Smyth 2004), limma-trend on log2 CPM
  std::vector<double> p_value, p_adjusted;
  double prior_degrees_of_freedom = 0;
};

/// `samples`: a code a cell (−1 left out); `condition`: 0 first, 1 second, −1
/// left out, a sample (not a cell). Parity: limma's lmFit + eBayes(trend = TRUE)
/// on edgeR::cpm(log = TRUE, prior.count = 2).
Expected<Result> compute(const CountMatrix& counts, const std::vector<std::int32_t>& samples,
                         std::uint32_t n_samples, const std::vector<std::int8_t>& condition,
                         const Options& options, const Context& context);

}  // namespace celloquy::pseudobulk
