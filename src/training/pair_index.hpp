#pragma once
// What pairs.jsonl and sources.jsonl say of each pair, in numbers.

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "base/expected.hpp"
#include "base/hashing.hpp"
#include "training/json_lines.hpp"

namespace celloquy::training {

/// Hash of a text (128 bits): what features of texts are kept under.
using TextKey = std::array<std::uint64_t, 2>;

/// A table of profiles: what its columns have in common.
struct Source {
  std::string name, licence;
  std::int32_t platform = 0;           ///< row of PairIndex::platforms
  bool mouse = false;                  ///< otherwise human
  std::vector<std::uint64_t> missing;  ///< a bit a gene: not measured
  bool measures(std::size_t gene) const { return !(missing[gene / 64] >> (gene % 64) & 1); }
};

struct Family {
  std::string name;
  bool profiles = false;  ///< rows are log1p(counts per 10,000), otherwise weights of a gene set
};

struct Pair {
  std::int32_t family = 0;      ///< row of families
  std::int32_t source = -1;     ///< row of sources; −1: a gene set
  std::int32_t label = 0;       ///< the same number: the same label or name, whatever its capitals
  std::int32_t cell_type = -1;  ///< the same number: the same ontology id; −1: unknown
  std::uint64_t first_text = 0, last_text = 0;  ///< of texts: [first, last)
};

struct PairText {
  std::uint32_t text = 0;     ///< row of text_keys
  std::int32_t language = 0;  ///< row of languages
};

struct PairIndex {
  std::vector<Pair> pairs;
  std::vector<PairText> texts;
  std::vector<TextKey> text_keys;  ///< each text once, in the order of first appearance
  std::vector<Family> families;
  std::vector<Source> sources;
  std::vector<std::string> platforms, languages;
  std::string sources_hash;
};

/// Reads both files and adds their lines to `hasher`. Error: unusable_input with
/// file, line and reason, or cancelled.
Expected<PairIndex> read_pair_index(const std::filesystem::path& folder, std::size_t n_genes,
                                    Hasher& hasher, const Context& context);

/// Calls visit(row of text_keys, text) once for each text in ascending order of
/// rows, reading pairs.jsonl again; stops at the first error. Error
/// (unusable_input) when the file is not the one that the index was made from.
Status visit_texts(const std::filesystem::path& folder, const PairIndex& index,
                   const std::function<Status(std::uint32_t, const std::string&)>& visit);

}  // namespace celloquy::training
