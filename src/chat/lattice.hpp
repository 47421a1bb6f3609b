#pragma once
// What may stand where in a sentence: edges over its units, each with the kind
// of thing it is (a category of the grammar), its value and what it costs to
// read it so.

#include <nlohmann/json.hpp>
#include <vector>

#include "chat/units.hpp"

namespace celloquy::chat {

struct Edge {
  unsigned begin = 0, end = 0;  ///< units [begin, end)
  int category = -1;            ///< Grammar::category()
  nlohmann::json value;
  double cost = 0;  ///< 0: certain; a typo, a synonym or a guess costs more
};

struct Lattice {
  std::vector<Unit> units;
  std::vector<double> weight;  ///< what leaving a unit out costs
  std::vector<Edge> edges;

  double total_weight() const {
    double sum = 0;
    for (const double w : weight) sum += w;
    return sum;
  }
};

}  // namespace celloquy::chat
