#pragma once
// The lattice of a sentence: concepts of the lexicon, numbers, and the names
// that the data and the knowledge tables hold.

#include <optional>
#include <utility>

#include "chat/grammar.hpp"
#include "chat/lattice.hpp"
#include "chat/planner.hpp"
#include "chat/vocabulary.hpp"

namespace celloquy::chat {

/// Units beyond `longest_request` are left out.
inline constexpr std::size_t longest_request = 120;

/// Costs O(genes + categories) once and O(units) look-ups; a few milliseconds
/// at most for 60,000 genes.
Lattice build_lattice(const Grammar& grammar, const Vocabulary& vocabulary,
                      const DataDescription& data, std::string_view sentence);

/// The number that begins at a unit and the unit after it.
std::optional<std::pair<double, unsigned>> number_at(const std::vector<Unit>& units, unsigned at);

/// Adds "number", "percent" and "ordinal" edges: digits, English and Chinese
/// number words ("two hundred", 百分之五, 1.5万, "second").
void find_numbers(const Grammar& grammar, Lattice& lattice);

}  // namespace celloquy::chat
