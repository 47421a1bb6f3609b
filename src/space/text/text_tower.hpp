#pragma once
// Text to a weight for each gene: what cells must express to be what it says.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "base/expected.hpp"

namespace celloquy::space {

/// Something of the pool of known texts that spoke for a text.
struct SpeakingSource {
  std::string family;  ///< "markers", "human_profiles", "gene_sets", …
  std::string name;    ///< its first text
  double share = 0;    ///< of the text's gene weights; the shares of a text sum to 1
};

struct TextVector {
  std::vector<float> weights;           ///< by gene of the space; length 1
  std::string read_as;                  ///< the English text that was encoded
  std::string cell_ontology_id;         ///< when the text is the name of a cell type
  std::vector<std::string> genes;       ///< gene names in the text, "+CD3D" or "-CD8A"
  std::vector<SpeakingSource> sources;  ///< strongest first, at most 12
};

class TextTower {
 public:
  virtual ~TextTower() = default;
  /// Texts in English or Chinese: names, abbreviations, descriptions, marker
  /// lists ("CD3D+ CD8A+ GZMK+"). An empty text is a usage error. Cost: 5–10 ms
  /// a text that was not seen before.
  virtual Expected<std::vector<TextVector>> encode(std::span<const std::string> texts,
                                                   const Context& context) = 0;
};

/// The tower over the pool in models/space. Errors: a missing model file or
/// text encoder, with the command that brings it.
Expected<std::unique_ptr<TextTower>> open_text_tower();

}  // namespace celloquy::space
