#pragma once
// From a lattice to readings: a chart over the ordered phrases (Kay 1980,
// bottom-up), then for each stretch between connectors the frames whose parts
// it holds (dynamic programming over unit × set of parts found), then the best
// sequence of requests. Words that no part explains may be left out, at a cost.

#include <vector>

#include "chat/grammar.hpp"
#include "chat/lattice.hpp"

namespace celloquy::chat {

struct Request {
  std::string tool;
  nlohmann::json arguments;
  /// Things of the sentence by category ("group", "gene"), for the next request to refer to.
  std::vector<std::pair<std::string, nlohmann::json>> parts;
};

struct Reading {
  std::vector<Request> requests;
  double cost = 0;     ///< what was left out, plus the costs of edges and rules
  double skipped = 0;  ///< the weight of what was left out
};

/// Adds the phrases of the grammar that the lattice holds.
void find_phrases(const Grammar& grammar, Lattice& lattice);

/// The best readings, cheapest first, at most `count`, with different requests.
/// Costs O(units × edges × frames) in practice; about a millisecond.
std::vector<Reading> find_readings(const Grammar& grammar, const Lattice& lattice, bool has_context,
                                   std::size_t count);

}  // namespace celloquy::chat
