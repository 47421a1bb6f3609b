#pragma once
// The numbers behind annotate: expression of groups in the gene space of the
// marker table, and scores of its types. Internal to the step.

#include <array>
#include <cstdint>
#include <vector>

#include "analysis/annotate/annotate.hpp"

namespace celloquy::annotate {

/// Genes are compared with genes of the same expected level: bins of the
/// reference mean, equally full.
inline constexpr std::size_t n_bins = 5;
using PerBin = std::array<double, n_bins>;

/// Groups in the gene space of the marker table.
struct MappedGroups {
  std::vector<std::int32_t> genes;     ///< rows of the marker table that the data have
  std::vector<std::int32_t> position;  ///< by row of the marker table: index in `genes`, −1
  std::vector<std::int32_t> column;    ///< by index in `genes`: an input column
  std::vector<std::uint8_t> bin;       ///< by index in `genes`
  std::vector<float> expression;       ///< groups × genes, log1p at the reference's depth
  std::vector<std::uint8_t> empty;     ///< a group: nothing expressed
  std::uint32_t n_input_genes = 0;     ///< input columns that were used
};
MappedGroups map_groups(const Inputs& inputs, const knowledge::MarkerTable& markers,
                        const std::vector<std::int32_t>& rows, knowledge::Organism organism);

/// Signed-root z of one group, centred in each bin, and its variance there.
struct GroupSignal {
  std::vector<float> r;
  PerBin variance{};
};
/// One a group.
std::vector<GroupSignal> signals(const MappedGroups& mapped, const knowledge::MarkerTable& markers,
                                 std::uint32_t n_groups, double own_mean_share,
                                 knowledge::Organism organism);

/// What of a type's signature the data can show.
struct TypeCoverage {
  std::uint32_t n_markers = 0;
  PerBin spread{};    ///< Σw² − (Σw)²/n of the bin's n genes
  double factor = 0;  ///< reliability and tissue; 0: too few genes, the type is not judged
};
std::vector<TypeCoverage> coverage(const MappedGroups& mapped,
                                   const knowledge::MarkerTable& markers, const Options& options);

/// Standard deviation of Σ w·r when genes are shuffled within their bins.
double null_deviation(const TypeCoverage& type, const GroupSignal& signal);

/// Scores of all types for one group; types that are not judged get −infinity.
std::vector<double> scores(const GroupSignal& signal, const MappedGroups& mapped,
                           const knowledge::MarkerTable& markers,
                           const std::vector<TypeCoverage>& types);

/// Probability from the score and its lead (score − alternative) / score.
double confidence_of(double score, double lead);

}  // namespace celloquy::annotate
