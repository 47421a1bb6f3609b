#pragma once
// Text to a weight for each gene: what cells must express to be what it says.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "base/expected.hpp"
#include "language/text_encoder.hpp"
#include "space/model/pool.hpp"

namespace celloquy::space {

/// Something of the pool of known texts that spoke for a text.
struct SpeakingSource {
  std::string family;  ///< "markers", "human_profiles", "gene_sets", …
  std::string name;    ///< its first text
  double share = 0;    ///< of what the pool says; the shares of all sources sum to 1
};

struct TextVector {
  std::vector<float> weights;    ///< by gene of the space; length 1
  std::string read_as;           ///< the English text that was encoded
  std::string cell_ontology_id;  ///< when the text is the name of a cell type
  /// How near the nearest known text is: cosine of the text vectors, 1 for names of
  /// cell types that are known and for lists of genes.
  float nearest_known = 0;
  std::vector<std::string> genes;       ///< gene names in the text: "+CD3D", "-CD8A"
  std::vector<SpeakingSource> sources;  ///< strongest first, at most 12
};

/// What the vectors are for.
enum class TextUse {
  search,  ///< one text against cells: the regression helps with free wording
  labels,  ///< a closed list: only what is known of each label, so that near ones stay apart
};

class TextTower {
 public:
  virtual ~TextTower() = default;
  /// Texts in English or Chinese: names, abbreviations, descriptions, marker
  /// lists ("CD3D+ CD8A+ GZMK+"). An empty text is a usage error. Cost: about
  /// 10 ms a text, for the length of the text encoder and the pool.
  virtual Expected<std::vector<TextVector>> encode(std::span<const std::string> texts, TextUse use,
                                                   const Context& context) = 0;
};

/// How the routes are put together. Each route is a vector of length 1.
struct TextTowerOptions {
  double regression = 0.3;  ///< weight of the regression in searches; the pool's is 1
  double genes = 0.5;       ///< of the genes named in the text
  /// When most of its words are genes: of its other words, times their share; and of what the
  /// pool's marker lists have that are like it, wholly from seven genes on. The genes have 1.
  double words_of_a_list = 0.5, relatives_of_a_list = 1;
  double list_from_share = 0.6;  ///< share of the words from which it is a list
  /// One a pool entry, not 0: must not speak (evaluation on what it was made of). Empty: all may.
  std::vector<std::uint8_t> left_out;
};

/// The tower over the pool in models/space and the encoder that it was made
/// with. Errors: a missing model file or encoder, with the command that brings it.
Expected<std::unique_ptr<TextTower>> open_text_tower(const TextTowerOptions& options = {});
/// Over any pool; `encoder` must be the one whose identity the pool has.
Expected<std::unique_ptr<TextTower>> make_text_tower(std::shared_ptr<const Pool> pool,
                                                     std::unique_ptr<language::TextEncoder> encoder,
                                                     const TextTowerOptions& options = {});

}  // namespace celloquy::space
