#pragma once
// The weights of a text from the pool: which known texts mean about the same,
// and what a regression over all of them says.

#include <span>
#include <string_view>
#include <vector>

#include "base/context.hpp"
#include "space/model/pool.hpp"

namespace celloquy::space {

/// How sharply known texts are told apart. Chosen once, on ten of the atlases
/// that bench/eval/studies.json leaves out; retrieval hardly depends on it.
struct AttentionOptions {
  double sharpness = 25;      ///< of the softmax over the cosines within a family
  double words = 0.5;         ///< what sharing all words is worth beside a cosine of 1
  double family_gap = 10;     ///< a family counts exp(gap · (its best − the best of all)) less
  double least_share = 1e-4;  ///< entries with less of their family are left out
};

/// A text that asks.
struct TextQuery {
  std::span<const float> vector;  ///< pool.text_vectors.n_dimensions numbers
  std::span<const float> words;   ///< by known text (WordMatch::shares); may be empty
  /// May be empty. Entries of this ontology term count as equal to the text.
  std::string_view cell_ontology_id;
};

struct EntryShare {
  std::uint32_t entry = 0;
  double share = 0;  ///< of the sum of all entries' weights
  float cosine = 0;  ///< of its nearest text
};

/// The entries that speak for a text, by row. `left_out` (empty, or one a pool
/// entry): not 0 for entries that must not speak, for evaluation. About 3 ms.
std::vector<EntryShare> attend(const Pool& pool, const TextQuery& query,
                               std::span<const std::uint8_t> left_out,
                               const AttentionOptions& options, const Context& context);

/// How sharply a list of genes chooses among the pool's marker lists.
inline constexpr double sharpness_of_genes = 40;
/// Which marker lists of the pool (family "markers") a list of genes is like: a softmax over the
/// cosines of their genes. `genes`: a weight for each gene of the space, of length 1. Shares sum
/// to 1; empty when no marker list shares a gene with it. About 1 ms.
std::vector<EntryShare> attend_to_genes(const Pool& pool, std::span<const float> genes,
                                        std::span<const std::uint8_t> left_out);

/// The sum of the entries' gene weights by share, by gene of the space; not of length 1.
std::vector<float> weights_of(const Pool& pool, std::span<const EntryShare> shares);

/// What the ridge regression says, by gene of the space; of length 1.
std::vector<float> regress(const Pool& pool, std::span<const float> text_vector);

/// Divides by the length; a vector of zeros stays. Returns the length.
double to_unit(std::span<float> values);

}  // namespace celloquy::space
