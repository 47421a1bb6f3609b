#pragma once
// Everything about a training that can be chosen. The defaults are those that
// the shipped space is trained with; docs/training.md says what each does.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "training/optimizer.hpp"

namespace celloquy::training {

/// How often a family is drawn and how much it counts when the towers begin.
struct FamilyWeight {
  std::string family;
  double weight = 1;
};

struct AugmentationOptions {
  double least_depth = 2.8, most_depth = 5;  ///< log10 of the counts that a profile is thinned to
  double whole_share = 0.1;      ///< of the profiles that stay as they are, as bulk data do
  double mixed_share = 0.3;      ///< of the profiles that are mixed with another of their type
  double gene_noise = 0.4;       ///< largest standard deviation of a gene's log abundance
  double largest_dropout = 0.5;  ///< of the genes; each row draws its share up to this
  double set_noise = 0.3;        ///< standard deviation of a set's log weights
  double text_noise = 0.015;     ///< standard deviation added to each number of a text's vector
};

struct Options {
  std::size_t steps = 1200;
  std::size_t profiles = 192, gene_sets = 192;  ///< rows of a batch, over all processes
  std::size_t genes = 8000;  ///< inputs of the cell tower, the most variable ones
  std::size_t dimension = 256, hidden = 384;
  double temperature = 15;  ///< at the start; learned
  double same_weight = 1;   ///< of another pair with the same label or ontology id; self has 1.5
  double alike_weight = 0.3, alike_cosine = 0.75;  ///< of texts whose vectors are so near
  double ridge = 0.3;
  /// Texts in other languages are left out: an encoder that does not know a
  /// language gives vectors without meaning.
  std::vector<std::string> languages = {"en"};
  /// Sources whose name contains one of these are left out of everything, for
  /// evaluation on them.
  std::vector<std::string> leave_out;
  /// Families that are not named here have weight 0.3.
  std::vector<FamilyWeight> families = {{"markers", 2},          {"human_profiles", 1},
                                        {"tissue_markers", 0.7}, {"mouse_profiles", 0.5},
                                        {"bulk_profiles", 0.5},  {"gene_sets", 0.3},
                                        {"disease_markers", 0.3}};
  AugmentationOptions augmentation;
  OptimizerOptions optimizer;
  std::uint64_t seed = 0;
  std::size_t checkpoint_every = 100, log_every = 10;  ///< steps; do not change the result

  double family_weight(const std::string& family) const;
};

inline constexpr double self_weight = 1.5;
/// A cell's z has this length when it meets the input matrix, so that the numbers
/// of the residual network are of order 1.
inline constexpr double input_length = 16;

/// All that changes the result, with sorted keys.
nlohmann::json to_json(const Options& options);
/// Error (usage) when a number makes no sense.
Status check(const Options& options);

}  // namespace celloquy::training
