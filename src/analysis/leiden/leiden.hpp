#pragma once
// Communities of a graph by the Leiden algorithm (Traag, Waltman & van Eck 2019).

#include "analysis/neighbor_graph/neighbor_graph.hpp"

namespace celloquy::leiden {

struct Options {
  double resolution = 1.0;             ///< larger: more, smaller communities
  std::uint32_t most_iterations = 10;  ///< of a start; stops earlier when nothing moves
  std::uint64_t seed = 0;
};
struct Result {
  std::vector<std::uint32_t> membership;  ///< a node; 0 is the largest community
  std::uint32_t n_communities = 0;
  double modularity =
      0;  ///< of the partition at this resolution (Reichardt–Bornholdt, configuration model)
  std::uint32_t iterations = 0;
  std::uint32_t starts = 1;  ///< searches that were made; not stored with the result
  std::vector<double>
      modularity_by_iteration;  ///< of the best start and what followed; never falls
};

/// How many independent searches, and how many iterations each before they are
/// brought together: as many as cost little. Each tends to a local optimum of
/// its own, and a graph of few cells has many; what the searches agree on is
/// searched again as a whole. Those beyond `first` are made only when the first
/// two disagree. `entries`: of the graph, each edge twice.
struct Starts {
  std::uint32_t first, count, iterations;
};
Starts starts_for(std::size_t entries, std::uint32_t most_iterations);

/// Own implementation from the published description. Graphs of up to 20 million
/// entries are searched from several starts (16, 2 to 4, or 2), in parallel, and what
/// these agree on is searched again as a whole; larger ones once. Communities
/// are connected. Same bits for any number of threads. Cost: some 60 ns of
/// processor time for each entry of the graph, a start and an iteration.
Expected<Result> compute(const Graph& graph, const Options& options, const Context& context);

/// Σ over communities of inside/total − resolution · (strength/total)², where a
/// community's strength is the sum of its nodes' edge weights, `inside` the part
/// of it that goes to its own nodes, and `total` the strength of all nodes.
double modularity(const Graph& graph, const std::vector<std::uint32_t>& membership,
                  double resolution);

}  // namespace celloquy::leiden
