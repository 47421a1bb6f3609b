#pragma once
// One level of the Leiden algorithm: a graph whose nodes are cells, or, further
// up, groups of cells; and the three phases that work on it.

#include <cstdint>
#include <vector>

#include "base/context.hpp"
#include "base/random.hpp"

namespace celloquy::leiden {

/// A weighted undirected graph without self-loops, each edge in both rows.
template <class Weight>
struct Level {
  std::uint32_t n = 0;
  const std::uint64_t* offsets = nullptr;
  const std::uint32_t* targets = nullptr;
  const Weight* weights = nullptr;
  const double* strengths = nullptr;  ///< a node: the weights of all its edges, inner ones twice
};

/// What an aggregated level owns.
struct LevelData {
  std::vector<std::uint64_t> offsets;
  std::vector<std::uint32_t> targets;
  std::vector<double> weights, strengths;
  Level<double> view() const {
    return {static_cast<std::uint32_t>(strengths.size()), offsets.data(), targets.data(),
            weights.data(), strengths.data()};
  }
};

/// Arrays that the phases use again and again; sized for the lowest level.
struct Workspace {
  std::vector<std::uint32_t> queue, order, touched, empty_communities, position;
  std::vector<std::uint8_t> queued;
  std::vector<double> weight_to;  // a community, and some places more; zero between uses
  std::vector<double> community_strength, refined_strength, outward;
  std::vector<std::uint32_t> community_size, refined_size;
  std::vector<double> chance;
  void resize(std::uint32_t n);
};

struct Phase {
  double factor;  ///< resolution / (2 · total weight): the pull of strength on strength
  const Context* context;
};

/// Fast local moving: nodes wait in a queue; one that moves wakes its
/// neighbours in other communities. Returns whether any moved. `membership`
/// has ids below n.
template <class Weight>
bool move_nodes(const Level<Weight>& level, std::vector<std::uint32_t>& membership,
                const Phase& phase, RandomStream& random, Workspace& work);

/// Splits each community into well-connected parts, by merging single nodes.
/// Returns the parts, numbered from 0, and their number.
template <class Weight>
std::uint32_t refine(const Level<Weight>& level, const std::vector<std::uint32_t>& membership,
                     const Phase& phase, RandomStream& random, Workspace& work,
                     std::vector<std::uint32_t>& parts);

/// The graph whose nodes are the parts.
template <class Weight>
void aggregate(const Level<Weight>& level, const std::vector<std::uint32_t>& parts,
               std::uint32_t n_parts, Workspace& work, LevelData& result);

}  // namespace celloquy::leiden
