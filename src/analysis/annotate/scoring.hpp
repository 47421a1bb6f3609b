#pragma once
// The numbers behind annotate: expression of groups in the gene space of the
// marker table, and scores of its types. Internal to the step.

#include <cstdint>
#include <vector>

#include "analysis/annotate/annotate.hpp"

namespace celloquy::annotate {

/// Groups in the gene space of the marker table.
struct MappedGroups {
  std::vector<std::int32_t> genes;     ///< rows of the marker table that the data have
  std::vector<std::int32_t> position;  ///< by row of the marker table: index in `genes`, −1
  std::vector<std::int32_t> column;    ///< by index in `genes`: an input column
  std::vector<float> expression;       ///< groups × genes, log1p at the reference's depth
  std::vector<std::uint8_t> empty;     ///< a group: nothing expressed
  std::uint32_t n_input_genes = 0;     ///< input columns that were used
};
MappedGroups map_groups(const Inputs& inputs, const knowledge::MarkerTable& markers,
                        const std::vector<std::int32_t>& rows, knowledge::Organism organism);

/// signed-root z of one group, with its mean and standard deviation over genes.
struct GroupSignal {
  std::vector<float> r;
  double mean = 0, deviation = 0;
};
/// One a group.
std::vector<GroupSignal> signals(const MappedGroups& mapped, const knowledge::MarkerTable& markers,
                                 std::uint32_t n_groups, double own_mean_share,
                                 knowledge::Organism organism);

/// What of a type's signature the data can show.
struct TypeCoverage {
  std::uint32_t n_markers = 0;
  double scale = 0;  ///< sqrt(Σw² − (Σw)²/n); 0: too few genes, the type is not judged
  double sum = 0;    ///< Σw
  double factor = 0; ///< reliability and tissue
};
std::vector<TypeCoverage> coverage(const MappedGroups& mapped,
                                   const knowledge::MarkerTable& markers, const Options& options);

/// Scores of all types for one group; types that are not judged get −infinity.
std::vector<double> scores(const GroupSignal& signal, const MappedGroups& mapped,
                           const knowledge::MarkerTable& markers,
                           const std::vector<TypeCoverage>& types);

/// Probability from the score and its lead (score − alternative) / score.
double confidence_of(double score, double lead);

}  // namespace celloquy::annotate
