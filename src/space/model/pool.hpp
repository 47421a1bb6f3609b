#pragma once
// What is known: texts with the genes that belong to them. The weights of a new
// text are those of the known texts that mean about the same.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/expected.hpp"
#include "space/cells/embed.hpp"

namespace celloquy::space {

/// A kind of source; within one the texts compete, between them they add up.
struct PoolFamily {
  std::string name;  ///< "markers", "human_profiles", …
  float weight = 1;
};

/// A cell type's markers, a profile, a gene set.
struct PoolEntry {
  std::uint32_t family = 0;
  std::string name;                             ///< its first text
  std::string cell_ontology_id;                 ///< may be empty
  std::string source;                           ///< the table it is from; may be empty
  std::uint32_t first_text = 0, last_text = 0;  ///< of Pool::text: [first, last)
  std::uint64_t first_gene = 0, last_gene = 0;  ///< of Pool::gene and gene_weight
};

/// The ridge regression from text vectors to gene weights:
/// w_g = scale_g · Σ_d (t_d − mean_d) · values[g][d].
struct TextRegression {
  std::vector<float> mean;          ///< by dimension of the text vectors
  std::vector<float> scale;         ///< by gene of the space
  std::vector<std::int8_t> values;  ///< gene by gene; empty: none
};

/// The content words (language/words.hpp) of the known texts.
struct TextWords {
  std::vector<std::string> words;    ///< sorted; empty: none are known
  std::vector<std::uint32_t> first;  ///< by row of text_vectors, and one more: into `word`
  std::vector<std::uint32_t> word;   ///< rows of `words`
};

struct Pool {
  std::string encoder;  ///< identity of the text encoder that made the vectors
  std::size_t n_genes = 0;
  std::vector<PoolFamily> families;
  std::vector<PoolEntry> entries;
  CellEmbedding text_vectors;  ///< a "cell" is a text: unit vectors of whole numbers
  TextWords words;
  std::vector<std::uint32_t> text;       ///< rows of text_vectors, entry by entry
  std::vector<std::uint16_t> gene;       ///< genes of the space, entry by entry
  std::vector<std::int8_t> gene_weight;  ///< times gene_scale of the entry: a unit vector
  std::vector<float> gene_scale;         ///< by entry
  TextRegression regression;
  std::string genes_hash;  ///< of the symbols of the gene space
};

/// Reads `folder`/pool.safetensors and `folder`/entries.tsv.gz; empty: models/space.
/// Error when they are missing, damaged, or made for another gene space.
Expected<Pool> read_pool(const std::filesystem::path& folder = {});
/// The two files, as they are written. The same pool gives the same bytes.
struct PoolFiles {
  std::string tensors, entries;
};
PoolFiles pool_files(const Pool& pool);

/// Hash of the symbols of the gene space, in order.
Expected<std::string> gene_space_hash();

}  // namespace celloquy::space
