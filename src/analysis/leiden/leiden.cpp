#include "analysis/leiden/leiden.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <unordered_map>

#include "analysis/leiden/level.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::leiden {
namespace {

/// Two searches that agree on this share of the edge weight have found the same
/// clusters; more searches would find them again.
constexpr double enough_agreement = 0.99;

/// Renumbers to 0 … count−1 in the order of first appearance; returns count.
std::uint32_t compact(std::vector<std::uint32_t>& membership) {
  const std::uint32_t bound =
      membership.empty() ? 0 : *std::max_element(membership.begin(), membership.end()) + 1;
  std::vector<std::uint32_t> number(bound, 0xffffffffu);
  std::uint32_t count = 0;
  for (std::uint32_t& c : membership) {
    if (number[c] == 0xffffffffu) number[c] = count++;
    c = number[c];
  }
  return count;
}

/// Runs the algorithm on one graph from one partition to better ones.
template <class Weight>
class Search {
 public:
  Search(const Level<Weight>& ground, const Phase& phase) : ground_(ground), phase_(phase) {
    work_.resize(ground.n);
    node_of_.resize(ground.n);
  }

  /// One iteration, through all levels. Returns whether anything moved.
  bool iterate(std::vector<std::uint32_t>& membership, RandomStream& random) {
    std::iota(node_of_.begin(), node_of_.end(), 0u);
    std::vector<std::uint32_t> of_node = membership;
    bool moved = false;
    bool go_on = step(ground_, of_node, random, levels_[0], moved);
    for (int flip = 0; go_on && !phase_.context->cancelled(); flip = 1 - flip)
      go_on = step(levels_[flip].view(), of_node, random, levels_[1 - flip], moved);
    if (phase_.context->cancelled()) return false;
    for (std::uint32_t v = 0; v < ground_.n; ++v) membership[v] = of_node[node_of_[v]];
    return moved;
  }

 private:
  /// Moves and refines one level and makes the next; false when there is none.
  template <class W>
  bool step(const Level<W>& level, std::vector<std::uint32_t>& of_node, RandomStream& random,
            LevelData& next, bool& moved) {
    moved = move_nodes(level, of_node, phase_, random, work_) || moved;
    const std::uint32_t n_parts = refine(level, of_node, phase_, random, work_, parts_);
    if (n_parts == level.n || phase_.context->cancelled()) return false;
    aggregate(level, parts_, n_parts, work_, next);
    std::vector<std::uint32_t> of_part(n_parts);
    for (std::uint32_t v = 0; v < level.n; ++v) of_part[parts_[v]] = of_node[v];
    of_node = std::move(of_part);
    compact(of_node);
    for (std::uint32_t& node : node_of_) node = parts_[node];
    return true;
  }

  Level<Weight> ground_;
  Phase phase_;
  Workspace work_;
  LevelData levels_[2];
  std::vector<std::uint32_t> node_of_;  // a node of the ground: its node of the present level
  std::vector<std::uint32_t> parts_;
};

struct Partition {
  std::vector<std::uint32_t> membership;
  std::vector<double> modularity;  // after each iteration
  std::uint32_t starts = 1;        // searches that led to it
  double best() const { return modularity.empty() ? -2 : modularity.back(); }
};

/// Iterates until nothing moves, or `most` times.
template <class Weight>
void converge(Search<Weight>& search, Partition& partition, const Graph& graph,
              const Options& options, std::uint32_t most, std::uint64_t stream,
              const Context& context) {
  RandomStream random(options.seed, stream);
  for (std::uint32_t i = 0; i < most; ++i) {
    const bool moved = search.iterate(partition.membership, random);
    if (context.cancelled()) return;
    if (moved || partition.modularity.empty())
      partition.modularity.push_back(modularity(graph, partition.membership, options.resolution));
    if (!moved) return;
  }
}

/// Twice the modularity times total weight, up to a constant: what is inside
/// communities beyond what strengths alone explain.
double quality(const Level<double>& level, const std::vector<std::uint32_t>& membership,
               double factor) {
  std::vector<double> strength(level.n);
  double inside = 0, expected = 0;
  for (std::uint32_t v = 0; v < level.n; ++v) {
    strength[membership[v]] += level.strengths[v];
    for (std::uint64_t at = level.offsets[v]; at < level.offsets[v + 1]; ++at)
      if (membership[level.targets[at]] == membership[v]) inside += level.weights[at];
  }
  for (const double s : strength) expected += s * s;
  return inside - factor * expected;
}

/// Numbers from 0 for the distinct pairs (group, community).
void overlay_with(std::vector<std::uint32_t>& group, const std::vector<std::uint32_t>& membership) {
  std::unordered_map<std::uint64_t, std::uint32_t> number;
  for (std::size_t v = 0; v < group.size(); ++v) {
    const std::uint64_t both = static_cast<std::uint64_t>(group[v]) << 32 | membership[v];
    group[v] = number.try_emplace(both, static_cast<std::uint32_t>(number.size())).first->second;
  }
}

/// Cells that are together in all partitions become one node (the overlay of
/// Ovelgönne & Geyer-Schulz 2013); the small graph of these nodes is searched
/// from many starts, and the best of them, if better, is carried to the cells.
void recombine(const Level<float>& cells, const Phase& phase, const Options& options,
               const std::vector<Partition>& partitions, std::vector<std::uint32_t>& best) {
  std::vector<std::uint32_t> group(cells.n, 0);
  for (const Partition& partition : partitions) overlay_with(group, partition.membership);
  const std::uint32_t n_groups = *std::max_element(group.begin(), group.end()) + 1;
  LevelData overlay;
  Workspace work;
  work.resize(cells.n);
  aggregate(cells, group, n_groups, work, overlay);

  // The best so far is a partition of the groups too.
  std::vector<std::uint32_t> chosen(n_groups);
  for (std::uint32_t v = 0; v < cells.n; ++v) chosen[group[v]] = best[v];
  compact(chosen);
  double most = quality(overlay.view(), chosen, phase.factor);
  Search<double> search(overlay.view(), phase);
  constexpr std::uint32_t tries = 10;
  for (std::uint32_t t = 0; t < tries && !phase.context->cancelled(); ++t) {
    std::vector<std::uint32_t> attempt(n_groups);
    std::iota(attempt.begin(), attempt.end(), 0u);
    RandomStream random(options.seed, 1000 + t);
    for (std::uint32_t i = 0; i < options.most_iterations; ++i)
      if (!search.iterate(attempt, random)) break;
    const double found = quality(overlay.view(), attempt, phase.factor);
    if (found <= most * (1 + 1e-12)) continue;
    most = found;
    chosen = attempt;
  }
  for (std::uint32_t v = 0; v < cells.n; ++v) best[v] = chosen[group[v]];
}

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

/// Independent searches from single nodes, numbered from `first`.
void search_from_nodes(const Graph& graph, const Level<float>& cells, const Phase& phase,
                       const Options& options, std::uint32_t iterations,
                       std::span<Partition> partitions, std::size_t first, const Context& context) {
  parallel_for_blocks(context, partitions.size(), 1, [&](const Block& start) {
    Partition& partition = partitions[start.index];
    partition.membership.resize(graph.n_nodes);
    std::iota(partition.membership.begin(), partition.membership.end(), 0u);
    Search<float> search(cells, phase);
    converge(search, partition, graph, options, iterations, first + start.index, context);
  });
}

/// Share of the edge weight that both partitions put inside, or both across, communities.
double agreement(const Graph& graph, const Partition& one, const Partition& other) {
  const auto &a = one.membership, &b = other.membership;
  double same = 0, total = 0;
  for (std::uint32_t v = 0; v < graph.n_nodes; ++v)
    for (std::uint64_t at = graph.offsets[v]; at < graph.offsets[v + 1]; ++at) {
      const std::uint32_t u = graph.indices[at];
      const auto weight = static_cast<double>(graph.weights[at]);
      total += weight;
      if ((a[u] == a[v]) == (b[u] == b[v])) same += weight;
    }
  return same / total;
}

Expected<Partition> search_all(const Graph& graph, const Level<float>& cells, const Phase& phase,
                               const Options& options, const Context& context) {
  const Starts starts = starts_for(graph.indices.size(), options.most_iterations);
  std::vector<Partition> partitions(starts.count);
  const std::span<Partition> all(partitions);
  const std::size_t first = std::min(starts.first, starts.count);
  search_from_nodes(graph, cells, phase, options, starts.iterations, all.first(first), 0, context);
  if (context.cancelled()) return cancelled_error();
  if (first < starts.count) {
    if (agreement(graph, partitions[0], partitions[1]) < enough_agreement)
      search_from_nodes(graph, cells, phase, options, starts.iterations, all.subspan(first), first,
                        context);
    else
      partitions.resize(first);
  }
  if (context.cancelled()) return cancelled_error();
  context.report("leiden", 0.7);
  Partition best =
      *std::max_element(partitions.begin(), partitions.end(),
                        [](const Partition& a, const Partition& b) { return a.best() < b.best(); });
  if (partitions.size() > 1) {
    recombine(cells, phase, options, partitions, best.membership);
    best.modularity.push_back(modularity(graph, best.membership, options.resolution));
    Search<float> search(cells, phase);
    converge(search, best, graph, options, options.most_iterations, starts.count, context);
  }
  if (context.cancelled()) return cancelled_error();
  best.starts = static_cast<std::uint32_t>(partitions.size());
  return best;
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

Starts starts_for(std::size_t entries, std::uint32_t most_iterations) {
  if (entries <= 100'000) return {16, 16, std::min(2u, most_iterations)};
  if (entries <= 1'500'000) return {2, 4, std::min(2u, most_iterations)};
  if (entries <= 20'000'000) return {2, 2, std::min(1u, most_iterations)};
  return {1, 1, most_iterations};
}

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
    CELLOQUY_TRY(Partition best, search_all(graph, cells, {options.resolution / total, &context},
                                            options, context));
    result.membership = std::move(best.membership);
    result.modularity_by_iteration = std::move(best.modularity);
    result.starts = best.starts;
    result.iterations = static_cast<std::uint32_t>(result.modularity_by_iteration.size());
    split_disconnected(graph, result.membership);
  }
  result.n_communities = number_by_size(result.membership);
  result.modularity = modularity(graph, result.membership, options.resolution);
  return result;
}

}  // namespace celloquy::leiden
