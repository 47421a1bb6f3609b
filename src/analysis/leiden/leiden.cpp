#include "analysis/leiden/leiden.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/leiden/level.hpp"

namespace celloquy::leiden {
namespace {

/// Renumbers to 0 … count−1 in the order of first appearance; returns count.
std::uint32_t compact(std::vector<std::uint32_t>& membership) {
  std::vector<std::uint32_t> number(membership.size(), 0xffffffffu);
  std::uint32_t count = 0;
  for (std::uint32_t& c : membership) {
    if (number[c] == 0xffffffffu) number[c] = count++;
    c = number[c];
  }
  return count;
}

/// One iteration of the algorithm: from a partition of the cells to a better
/// one, through all levels. Returns whether anything moved.
class Iteration {
 public:
  Iteration(const Level<float>& cells, const Phase& phase, std::uint64_t seed)
      : cells_(cells), phase_(phase), seed_(seed) {
    work_.resize(cells.n);
    node_of_.resize(cells.n);
  }

  bool run(std::vector<std::uint32_t>& membership, std::uint32_t number) {
    std::iota(node_of_.begin(), node_of_.end(), 0u);
    std::vector<std::uint32_t> of_node = membership;
    RandomStream random(seed_, number);
    bool moved = false;
    bool go_on = step(cells_, of_node, random, levels_[0], moved);
    for (int flip = 0; go_on && !phase_.context->cancelled(); flip = 1 - flip)
      go_on = step(levels_[flip].view(), of_node, random, levels_[1 - flip], moved);
    if (phase_.context->cancelled()) return false;
    for (std::uint32_t v = 0; v < cells_.n; ++v) membership[v] = of_node[node_of_[v]];
    return moved;
  }

 private:
  /// Moves and refines one level and makes the next; false when there is none.
  template <class Weight>
  bool step(const Level<Weight>& level, std::vector<std::uint32_t>& of_node, RandomStream& random,
            LevelData& next, bool& moved) {
    moved = move_nodes(level, of_node, phase_, random, work_) || moved;
    const std::uint32_t n_parts = refine(level, of_node, phase_, random, work_, parts_);
    if (n_parts == level.n || phase_.context->cancelled()) return false;
    aggregate(level, parts_, n_parts, work_, next);
    std::vector<std::uint32_t> of_part(n_parts);
    for (std::uint32_t v = 0; v < level.n; ++v) of_part[parts_[v]] = of_node[v];
    compact_sparse(of_part, level.n);
    of_node = std::move(of_part);
    for (std::uint32_t& node : node_of_) node = parts_[node];
    return true;
  }
  /// Ids below `bound` become ids below the number of nodes.
  void compact_sparse(std::vector<std::uint32_t>& ids, std::uint32_t bound) {
    auto& number = work_.touched;
    std::fill_n(number.begin(), bound, 0xffffffffu);
    std::uint32_t count = 0;
    for (std::uint32_t& id : ids) {
      if (number[id] == 0xffffffffu) number[id] = count++;
      id = number[id];
    }
  }

  Level<float> cells_;
  Phase phase_;
  std::uint64_t seed_;
  Workspace work_;
  LevelData levels_[2];
  std::vector<std::uint32_t> node_of_;  // a cell: its node of the present level
  std::vector<std::uint32_t> parts_;
};

/// Gives each connected piece of a community a number of its own. Pieces of
/// one community share no edge, so modularity does not fall.
void split_disconnected(const Graph& graph, std::vector<std::uint32_t>& membership) {
  std::vector<std::uint32_t> piece(graph.n_nodes, 0xffffffffu), stack;
  std::uint32_t pieces = 0;
  for (std::uint32_t start = 0; start < graph.n_nodes; ++start) {
    if (piece[start] != 0xffffffffu) continue;
    piece[start] = pieces;
    stack.assign(1, start);
    while (!stack.empty()) {
      const std::uint32_t v = stack.back();
      stack.pop_back();
      for (std::uint64_t at = graph.offsets[v]; at < graph.offsets[v + 1]; ++at) {
        const std::uint32_t u = graph.indices[at];
        if (membership[u] != membership[start] || piece[u] != 0xffffffffu) continue;
        piece[u] = pieces;
        stack.push_back(u);
      }
    }
    ++pieces;
  }
  membership = std::move(piece);
}

/// 0 is the largest community; equals in the order of their first cell.
std::uint32_t number_by_size(std::vector<std::uint32_t>& membership) {
  const std::uint32_t count = compact(membership);
  std::vector<std::uint32_t> size(count), order(count), rank(count);
  for (const std::uint32_t c : membership) ++size[c];
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return size[a] > size[b]; });
  for (std::uint32_t r = 0; r < count; ++r) rank[order[r]] = r;
  for (std::uint32_t& c : membership) c = rank[c];
  return count;
}

bool usable(const Graph& graph) {
  return graph.offsets.size() == graph.n_nodes + std::size_t{1} &&
         graph.indices.size() == graph.offsets.back() &&
         graph.weights.size() == graph.indices.size() &&
         std::all_of(graph.indices.begin(), graph.indices.end(),
                     [&](std::uint32_t j) { return j < graph.n_nodes; }) &&
         std::all_of(graph.weights.begin(), graph.weights.end(),
                     [](float w) { return w > 0 && std::isfinite(w); });
}

std::vector<double> strengths_of(const Graph& graph) {
  std::vector<double> strengths(graph.n_nodes);
  for (std::uint32_t v = 0; v < graph.n_nodes; ++v)
    for (std::uint64_t at = graph.offsets[v]; at < graph.offsets[v + 1]; ++at)
      strengths[v] += static_cast<double>(graph.weights[at]);
  return strengths;
}

}  // namespace

double modularity(const Graph& graph, const std::vector<std::uint32_t>& membership,
                  double resolution) {
  std::vector<std::uint32_t> of = membership;
  std::vector<double> strength(compact(of));
  double inside = 0, total = 0;
  for (std::uint32_t v = 0; v < graph.n_nodes; ++v)
    for (std::uint64_t at = graph.offsets[v]; at < graph.offsets[v + 1]; ++at) {
      const auto weight = static_cast<double>(graph.weights[at]);
      strength[of[v]] += weight;
      total += weight;
      if (of[graph.indices[at]] == of[v]) inside += weight;
    }
  if (total == 0) return 0;
  double expected = 0;
  for (const double s : strength) expected += s / total * (s / total);
  return inside / total - resolution * expected;
}

Expected<Result> compute(const Graph& graph, const Options& options, const Context& context) {
  if (!usable(graph))
    return failure(ErrorCode::internal, "base.internal",
                   {{"what", "leiden: the graph is not well formed"}});
  if (!(options.resolution >= 0) || !std::isfinite(options.resolution))
    return failure(ErrorCode::usage, "leiden.resolution", {{"resolution", options.resolution}});
  Result result;
  result.membership.resize(graph.n_nodes);
  std::iota(result.membership.begin(), result.membership.end(), 0u);
  const std::vector<double> strengths = strengths_of(graph);
  const double total = std::accumulate(strengths.begin(), strengths.end(), 0.0);
  if (total > 0) {
    const Level<float> cells{graph.n_nodes, graph.offsets.data(), graph.indices.data(),
                             graph.weights.data(), strengths.data()};
    Iteration iteration(cells, {options.resolution / total, &context}, options.seed);
    while (result.iterations < options.most_iterations) {
      const bool moved = iteration.run(result.membership, result.iterations);
      if (context.cancelled()) return cancelled_error();
      ++result.iterations;
      result.modularity_by_iteration.push_back(
          modularity(graph, result.membership, options.resolution));
      context.report("leiden", static_cast<double>(result.iterations) / options.most_iterations);
      if (!moved) break;
    }
    split_disconnected(graph, result.membership);
  }
  result.n_communities = number_by_size(result.membership);
  result.modularity = modularity(graph, result.membership, options.resolution);
  return result;
}

}  // namespace celloquy::leiden
