#pragma once
// Which pairs take part.

#include <cstdint>
#include <vector>

#include "training/options.hpp"
#include "training/pairs_folder.hpp"

namespace celloquy::training {

struct Selection {
  std::vector<std::uint32_t> profiles, gene_sets;     ///< pairs, ascending
  std::vector<std::vector<std::uint32_t>> of_source;  ///< its profiles, by source
  std::vector<std::uint8_t> texts;                    ///< by row of text_keys: 1 if it is used
};

/// Pairs with a text in one of the languages, of a family with a weight, and not of a
/// source that is left out. Error (unusable_input) when nothing is left, (usage)
/// when a source to be left out does not exist.
Expected<Selection> select_pairs(const PairsFolder& pairs, const Options& options);

/// Whether a text is in a language that is used.
std::vector<std::uint8_t> used_languages(const PairIndex& index, const Options& options);

/// At most `most` of the items, evenly spaced.
std::vector<std::uint32_t> evenly(const std::vector<std::uint32_t>& items, std::size_t most);

}  // namespace celloquy::training
