#include "analysis/neighbor_graph/neighbor_graph.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/neighbor_graph/membership_strengths.hpp"
#include "base/buffer.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::neighbor_graph {
namespace {

constexpr std::size_t block_size = 1024;

tl::unexpected<Error> wrong_size() {
  return failure(ErrorCode::internal, "base.internal",
                 {{"what", "neighbor graph: the table of neighbours has another size"}});
}

/// Every index below n_points, so that nothing is written outside.
bool usable(const neighbors::Result& neighbors) {
  const std::size_t size = static_cast<std::size_t>(neighbors.n_points) * neighbors.n_neighbors;
  return neighbors.indices.size() == size && neighbors.distances.size() == size &&
         std::all_of(neighbors.indices.begin(), neighbors.indices.end(),
                     [&](std::uint32_t i) { return i < neighbors.n_points; });
}

Graph without_edges(std::uint32_t n_nodes) {
  Graph graph;
  graph.n_nodes = n_nodes;
  graph.offsets.assign(n_nodes + std::size_t{1}, 0);
  return graph;
}

/// Who has point j among its neighbours, ascending: a counting sort of the
/// lists by their target. `slot[at]` tells where in the lists the entry stands.
struct Incoming {
  std::vector<std::uint64_t> offsets;
  Buffer<std::uint32_t> source, slot;
};

Incoming incoming_of(const neighbors::Result& neighbors) {
  Incoming in;
  const std::uint32_t n = neighbors.n_points, k = neighbors.n_neighbors;
  in.offsets.assign(n + std::size_t{1}, 0);
  for (const std::uint32_t j : neighbors.indices) ++in.offsets[j + std::size_t{1}];
  for (std::uint32_t j = 0; j < n; ++j) in.offsets[j + 1] += in.offsets[j];
  in.source = Buffer<std::uint32_t>(neighbors.indices.size());
  in.slot = Buffer<std::uint32_t>(neighbors.indices.size());
  std::vector<std::uint64_t> next(in.offsets.begin(), in.offsets.end() - 1);
  for (std::uint32_t i = 0; i < n; ++i)
    for (std::uint32_t s = 0; s < k; ++s) {
      const std::size_t from = static_cast<std::size_t>(i) * k + s;
      const std::uint64_t to = next[neighbors.indices[from]]++;
      in.source[to] = i;
      in.slot[to] = s;
    }
  return in;
}

struct Entry {
  std::uint32_t index;
  float weight;
};

/// Point i's own neighbours and those that have it, by index, each once, with
/// a + b − a·b of the two strengths; pairs of strength 0 are left out.
std::size_t united_row(const neighbors::Result& neighbors, const float* strengths,
                       const Incoming& in, std::uint32_t i, std::vector<Entry>& own,
                       std::vector<Entry>& row) {
  const std::uint32_t k = neighbors.n_neighbors;
  own.clear();
  row.clear();
  for (std::uint32_t s = 0; s < k; ++s) {
    const std::size_t at = static_cast<std::size_t>(i) * k + s;
    if (neighbors.indices[at] != i) own.push_back({neighbors.indices[at], strengths[at]});
  }
  std::sort(own.begin(), own.end(),
            [](const Entry& a, const Entry& b) { return a.index < b.index; });
  const auto add = [&](std::uint32_t index, float weight) {
    if (weight > 0) row.push_back({index, weight});
  };
  std::uint64_t at = in.offsets[i];
  const std::uint64_t end = in.offsets[i + 1];
  const auto incoming_strength = [&](std::uint64_t entry) {
    return strengths[static_cast<std::size_t>(in.source[entry]) * k + in.slot[entry]];
  };
  for (const Entry& mine : own) {
    for (; at < end && in.source[at] < mine.index; ++at)
      if (in.source[at] != i) add(in.source[at], incoming_strength(at));
    if (at < end && in.source[at] == mine.index) {
      const float other = incoming_strength(at++);
      const float a = std::max(mine.weight, other), b = std::min(mine.weight, other);
      add(mine.index, a + b * (1 - a));  // the same in both rows to the last bit; 1 stays 1
    } else {
      add(mine.index, mine.weight);
    }
  }
  for (; at < end; ++at)
    if (in.source[at] != i) add(in.source[at], incoming_strength(at));
  return row.size();
}

/// Fills a graph whose rows are made one at a time: make_row(i, row, worker).
template <class MakeRow>
Expected<Graph> build(std::uint32_t n, const Context& context, MakeRow&& make_row) {
  Graph graph = without_edges(n);
  const std::size_t blocks = block_count(n, block_size);
  std::vector<std::vector<Entry>> parts(blocks);
  std::vector<std::vector<Entry>> rows(worker_count(context));
  parallel_for_blocks(context, n, block_size, [&](const Block& block) {
    auto& part = parts[block.index];
    auto& row = rows[block.worker];
    for (std::size_t i = block.begin; i < block.end; ++i) {
      make_row(static_cast<std::uint32_t>(i), row, block.worker);
      part.insert(part.end(), row.begin(), row.end());
      graph.offsets[i + 1] = row.size();
    }
  });
  if (context.cancelled()) return cancelled_error();
  for (std::uint32_t i = 0; i < n; ++i) graph.offsets[i + 1] += graph.offsets[i];
  graph.indices.resize(graph.offsets[n]);
  graph.weights.resize(graph.offsets[n]);
  parallel_for_blocks(context, n, block_size, [&](const Block& block) {
    std::uint64_t at = graph.offsets[block.begin];
    for (const Entry& entry : parts[block.index]) {
      graph.indices[at] = entry.index;
      graph.weights[at++] = entry.weight;
    }
  });
  if (context.cancelled()) return cancelled_error();
  return graph;
}

}  // namespace

Expected<Graph> umap_connectivities(const neighbors::Result& neighbors, const Context& context) {
  if (!usable(neighbors)) return wrong_size();
  const std::uint32_t n = neighbors.n_points, k = neighbors.n_neighbors;
  if (k == 0) return without_edges(n);
  std::vector<double> sums(block_count(n, block_size));
  parallel_for_blocks(context, n, block_size, [&](const Block& block) {
    double sum = 0;
    for (std::size_t at = block.begin * k; at < block.end * k; ++at)
      sum += static_cast<double>(neighbors.distances[at]);
    sums[block.index] = sum;
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  // The point itself, at distance 0, counts among the k + 1.
  const double smallest_scale = 1e-3 * total / (static_cast<double>(n) * (k + 1.0));

  Buffer<float> strengths(neighbors.distances.size());
  const auto kernel = CELLOQUY_SELECT(strengths);
  parallel_for_blocks(context, n, block_size, [&](const Block& block) {
    for (std::size_t i = block.begin; i < block.end; ++i)
      kernel(neighbors.distances.data() + i * k, k, smallest_scale, strengths.data() + i * k);
  });
  if (context.cancelled()) return cancelled_error();
  const Incoming in = incoming_of(neighbors);
  std::vector<std::vector<Entry>> own(worker_count(context));
  return build(n, context, [&](std::uint32_t i, std::vector<Entry>& row, unsigned worker) {
    united_row(neighbors, strengths.data(), in, i, own[worker], row);
  });
}

Expected<Graph> shared_neighbors(const neighbors::Result& neighbors, const SnnOptions& options,
                                 const Context& context) {
  if (!usable(neighbors)) return wrong_size();
  const std::uint32_t n = neighbors.n_points, k = neighbors.n_neighbors;
  if (k == 0) return without_edges(n);
  const Incoming in = incoming_of(neighbors);

  // weight[s]: the Jaccard index of two neighbourhoods of k + 1 that share s.
  std::vector<float> weight(k + std::size_t{2});
  for (std::uint32_t s = 0; s <= k + 1; ++s) {
    const double jaccard = static_cast<double>(s) / (2.0 * (k + 1.0) - s);
    weight[s] = s > 0 && jaccard >= options.prune ? static_cast<float>(jaccard) : 0.0f;
  }
  struct Scratch {
    std::vector<std::uint32_t> shared, touched;  // shared: a count for each point
  };
  std::vector<Scratch> scratch(worker_count(context));
  return build(n, context, [&](std::uint32_t i, std::vector<Entry>& row, unsigned worker) {
    auto& [shared, touched] = scratch[worker];
    if (shared.empty()) shared.assign(n, 0);
    touched.clear();
    // Each member m of i's neighbourhood is shared with all that have m in theirs.
    const auto count = [&](std::uint32_t j) {
      if (shared[j]++ == 0) touched.push_back(j);
    };
    const auto count_holders = [&](std::uint32_t member) {
      count(member);
      for (std::uint64_t at = in.offsets[member]; at < in.offsets[member + 1]; ++at)
        count(in.source[at]);
    };
    count_holders(i);
    for (std::uint32_t s = 0; s < k; ++s)
      count_holders(neighbors.indices[static_cast<std::size_t>(i) * k + s]);
    row.clear();
    for (const std::uint32_t j : touched) {
      const float w = weight[std::min(shared[j], k + 1)];
      if (j != i && w > 0) row.push_back({j, w});
      shared[j] = 0;
    }
    std::sort(row.begin(), row.end(),
              [](const Entry& a, const Entry& b) { return a.index < b.index; });
  });
}

}  // namespace celloquy::neighbor_graph
