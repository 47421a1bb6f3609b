#pragma once
// What a group of cells is: its type, and which state it resembles. Tissues and
// diseases are not said: clusters of healthy blood "resembled COVID-19".

#include <cstdint>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

/// The best of a list of texts (models/space/captions.tsv) by what they say beyond
/// the cells' type. `confidence`: the
/// chance that the best of as many unrelated descriptions scores lower, from
/// the scores of known gene sets on the same cells; not a probability of being it.
struct Resemblance {
  Text name;
  double score = 0, confidence = 0;
};

/// Some text is always the best of a list: those below 0.7 are not said.
inline bool is_worth_saying(const Resemblance& one) { return one.confidence >= 0.7; }

struct Caption {
  double n_cells = 0;
  /// Of the panel of common cell types: mean probability over the cells.
  Text type, second;
  std::string type_id;
  double probability = 0, second_probability = 0;
  std::vector<std::string> genes;  ///< that speak most for the type, at most 5
  Resemblance state;
};

struct Captions {
  std::vector<Caption> groups;
};
workspace::Blob to_blob(const Captions& result);
bool from_blob(const workspace::Blob& blob, Captions& result);

/// A caption for each group of a partition of the kept cells; resemblances rest
/// on at most 200 cells a group, evenly spaced. Stored. Errors: as panel_labels.
Expected<Shared<Captions>> captions(Pipeline& pipeline, const Grouping& grouping);
Expected<std::string> captions_key(Pipeline& pipeline, const Grouping& grouping);
/// Those that the user accepted for just these clusters (slots "captions" and
/// "captions_of" of the state); null: none.
Shared<Captions> accepted_captions(Pipeline& pipeline, const Grouping& grouping);

}  // namespace celloquy::tools
