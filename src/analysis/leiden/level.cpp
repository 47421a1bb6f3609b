#include "analysis/leiden/level.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace celloquy::leiden {
namespace {

constexpr std::uint32_t poll_every = 4096;  // nodes, about a millisecond
/// Temperature of the random choice when refining, in units of edge weight
/// (θ of the paper): almost always the best part, now and then another.
constexpr double temperature = 0.01;
/// Smaller gains, relative to the strength of the node, are rounding errors.
constexpr double least_gain = 1e-11;

void shuffle(std::vector<std::uint32_t>& order, RandomStream& random) {
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
}

/// Places behind the communities for the weights to a node's own.
constexpr std::uint32_t own_places = 8;

/// Adds up the weights from a node to each community around it; the others than
/// its own are listed in `touched`, once each, and the caller clears `weight_to`
/// with them. Which neighbours share its own cannot be predicted, so there is no
/// branch for them: their weights go round a few places, since additions to one
/// and the same would wait for each other.
template <class Weight>
inline std::uint32_t gather(const Level<Weight>& level, std::uint32_t node, std::uint32_t own,
                            const std::uint32_t* membership, double& weight_to_own,
                            double* weight_to, std::uint32_t* touched) {
  std::uint32_t count = 0;
  const std::uint64_t end = level.offsets[node + 1];
  for (std::uint64_t at = level.offsets[node]; at < end; ++at) {
    const std::uint32_t community = membership[level.targets[at]];
    const std::uint32_t elsewhere = community != own;
    const std::uint32_t own_place = level.n + static_cast<std::uint32_t>(at % own_places);
    const std::uint32_t place = elsewhere ? community : own_place;
    const double before = weight_to[place];
    weight_to[place] = before + static_cast<double>(level.weights[at]);
    touched[count] = community;
    count += elsewhere & static_cast<std::uint32_t>(before == 0.0);
  }
  double inside = 0;
  for (std::uint32_t i = level.n; i < level.n + own_places; ++i) {
    inside += weight_to[i];
    weight_to[i] = 0;
  }
  weight_to_own = inside;
  return count;
}

/// Starts fetching the row of a node that comes soon: rows are visited in
/// random order, and their first lines are all that the processor cannot guess.
template <class Weight>
inline void prefetch(const Level<Weight>& level, std::uint32_t node) {
  const std::uint64_t at = level.offsets[node];
  __builtin_prefetch(level.targets + at);
  __builtin_prefetch(level.targets + at + 16);
  __builtin_prefetch(level.weights + at);
  __builtin_prefetch(level.weights + at + 16);
}
constexpr std::uint32_t ahead = 6;  // nodes

}  // namespace

void Workspace::resize(std::uint32_t n) {
  queue.resize(n);
  order.resize(n);
  touched.resize(n + std::size_t{1});
  position.resize(n + std::size_t{1});
  queued.resize(n);
  weight_to.assign(n + std::size_t{own_places}, 0.0);
  community_strength.resize(n);
  refined_strength.resize(n);
  outward.resize(n);
  community_size.resize(n);
  refined_size.resize(n);
  chance.resize(n + std::size_t{1});
}

template <class Weight>
bool move_nodes(const Level<Weight>& level, std::vector<std::uint32_t>& membership,
                const Phase& phase, RandomStream& random, Workspace& work) {
  const std::uint32_t n = level.n;
  double* const strength = work.community_strength.data();
  std::uint32_t* const size = work.community_size.data();
  std::fill_n(strength, n, 0.0);
  std::fill_n(size, n, 0u);
  for (std::uint32_t v = 0; v < n; ++v) {
    strength[membership[v]] += level.strengths[v];
    ++size[membership[v]];
  }
  auto& empty = work.empty_communities;
  empty.clear();
  for (std::uint32_t c = n; c-- > 0;)
    if (size[c] == 0) empty.push_back(c);

  auto& queue = work.queue;
  queue.resize(n);
  std::iota(queue.begin(), queue.end(), 0u);
  shuffle(queue, random);
  std::fill_n(work.queued.begin(), n, std::uint8_t{1});

  double* const weight_to = work.weight_to.data();
  std::uint32_t* const touched = work.touched.data();
  bool moved = false;
  std::uint32_t head = 0, waiting = n, since_poll = 0;
  while (waiting > 0) {
    if (++since_poll == poll_every) {
      if (phase.context->cancelled()) break;
      since_poll = 0;
    }
    const std::uint32_t v = queue[head];
    head = head + 1 == n ? 0 : head + 1;
    --waiting;
    work.queued[v] = 0;

    const std::uint32_t own = membership[v];
    const double own_strength = level.strengths[v], pull = phase.factor * own_strength;
    {
      std::uint32_t later = head + ahead;
      if (later >= n) later -= n;
      if (n > ahead) prefetch(level, queue[later]);
    }
    double weight_to_own;
    const std::uint32_t count =
        gather(level, v, own, membership.data(), weight_to_own, weight_to, touched);
    // Gains against being alone, which is 0.
    const double stay = weight_to_own - pull * (strength[own] - own_strength);
    std::uint32_t best = own;
    double best_gain = stay + least_gain * own_strength;
    for (std::uint32_t t = 0; t < count; ++t) {
      const std::uint32_t c = touched[t];
      const double gain = weight_to[c] - pull * strength[c];
      weight_to[c] = 0;
      if (gain > best_gain) best_gain = gain, best = c;
    }
    if (best_gain < 0 && size[own] > 1) best = empty.back();
    if (best == own) continue;

    if (size[best] == 0) empty.pop_back();
    strength[own] -= own_strength;
    strength[best] += own_strength;
    ++size[best];
    if (--size[own] == 0) {
      strength[own] = 0;
      empty.push_back(own);
    }
    membership[v] = best;
    moved = true;
    for (std::uint64_t at = level.offsets[v]; at < level.offsets[v + 1]; ++at) {
      const std::uint32_t u = level.targets[at];
      if (membership[u] == best || work.queued[u]) continue;
      work.queued[u] = 1;
      std::uint32_t tail = head + waiting;
      if (tail >= n) tail -= n;
      queue[tail] = u;
      ++waiting;
    }
  }
  return moved;
}

template <class Weight>
std::uint32_t refine(const Level<Weight>& level, const std::vector<std::uint32_t>& membership,
                     const Phase& phase, RandomStream& random, Workspace& work,
                     std::vector<std::uint32_t>& parts) {
  const std::uint32_t n = level.n;
  // Each node starts as a part of its own; `community_strength` is the one that
  // move_nodes left.
  double* const strength = work.refined_strength.data();
  double* const outward = work.outward.data();  // from a part to the rest of its community
  std::uint32_t* const size = work.refined_size.data();
  parts.resize(n);
  std::iota(parts.begin(), parts.end(), 0u);
  for (std::uint32_t v = 0; v < n; ++v) {
    strength[v] = level.strengths[v];
    size[v] = 1;
    double sum = 0;
    for (std::uint64_t at = level.offsets[v]; at < level.offsets[v + 1]; ++at)
      if (membership[level.targets[at]] == membership[v])
        sum += static_cast<double>(level.weights[at]);
    outward[v] = sum;
  }
  work.order.resize(n);
  std::iota(work.order.begin(), work.order.end(), 0u);
  shuffle(work.order, random);

  double* const weight_to = work.weight_to.data();
  std::uint32_t* const touched = work.touched.data();
  std::uint32_t since_poll = 0;
  for (std::uint32_t i = 0; i < n; ++i) {
    if (++since_poll == poll_every) {
      if (phase.context->cancelled()) break;
      since_poll = 0;
    }
    const std::uint32_t v = work.order[i];
    if (i + ahead < n) prefetch(level, work.order[i + ahead]);
    if (size[parts[v]] != 1) continue;  // only nodes that are still alone move
    const double own_strength = level.strengths[v], pull = phase.factor * own_strength;
    const double whole = work.community_strength[membership[v]];
    if (outward[parts[v]] < pull * (whole - own_strength)) continue;

    std::uint32_t count = 0;
    for (std::uint64_t at = level.offsets[v]; at < level.offsets[v + 1]; ++at) {
      const std::uint32_t u = level.targets[at];
      if (membership[u] != membership[v]) continue;
      const std::uint32_t part = parts[u];
      touched[count] = part;
      count += weight_to[part] == 0.0 ? 1 : 0;
      weight_to[part] += static_cast<double>(level.weights[at]);
    }
    // A part qualifies when it is well connected to the rest of the community
    // and the node gains by joining it.
    double best_gain = -1;
    std::uint32_t candidates = 0;
    for (std::uint32_t t = 0; t < count; ++t) {
      const std::uint32_t part = touched[t];
      const double gain = weight_to[part] - pull * strength[part];
      const bool connected =
          outward[part] >= phase.factor * strength[part] * (whole - strength[part]);
      if (!connected || gain < 0) continue;
      work.position[candidates] = part;
      work.chance[candidates++] = gain;
      best_gain = std::max(best_gain, gain);
    }
    if (candidates > 0) {
      std::uint32_t chosen = 0;
      if (candidates > 1) {
        double total = 0;
        for (std::uint32_t c = 0; c < candidates; ++c) {
          const double distance = (work.chance[c] - best_gain) / temperature;
          total += work.chance[c] = distance < -40 ? 0 : std::exp(distance);
        }
        double left = random.uniform() * total;
        while (chosen + 1 < candidates && left >= work.chance[chosen])
          left -= work.chance[chosen++];
      }
      const std::uint32_t into = work.position[chosen], from = parts[v];
      // Edges between the two are no longer outward, for either.
      outward[into] += outward[from] - 2 * weight_to[into];
      strength[into] += own_strength;
      ++size[into];
      size[from] = 0;
      parts[v] = into;
    }
    for (std::uint32_t t = 0; t < count; ++t) weight_to[touched[t]] = 0;
  }
  // Parts are numbered by community, so that parts of one community are near.
  std::uint32_t n_parts = 0;
  for (std::uint32_t v = 0; v < n; ++v)
    if (size[v] > 0) work.position[v] = n_parts++;
  for (std::uint32_t v = 0; v < n; ++v) parts[v] = work.position[parts[v]];
  return n_parts;
}

template <class Weight>
void aggregate(const Level<Weight>& level, const std::vector<std::uint32_t>& parts,
               std::uint32_t n_parts, Workspace& work, LevelData& result) {
  // Nodes by their part.
  std::vector<std::uint32_t> begin(n_parts + std::size_t{1});
  for (std::uint32_t v = 0; v < level.n; ++v) ++begin[parts[v] + std::size_t{1}];
  for (std::uint32_t p = 0; p < n_parts; ++p) begin[p + 1] += begin[p];
  std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
  for (std::uint32_t v = 0; v < level.n; ++v) work.order[next[parts[v]]++] = v;

  result.offsets.assign(1, 0);
  result.targets.clear();
  result.weights.clear();
  result.strengths.assign(n_parts, 0.0);
  double* const weight_to = work.weight_to.data();
  std::uint32_t* const touched = work.touched.data();
  for (std::uint32_t p = 0; p < n_parts; ++p) {
    std::uint32_t count = 0;
    for (std::uint32_t i = begin[p]; i < begin[p + 1]; ++i) {
      const std::uint32_t v = work.order[i];
      if (i + ahead < level.n) prefetch(level, work.order[i + ahead]);
      result.strengths[p] += level.strengths[v];
      for (std::uint64_t at = level.offsets[v]; at < level.offsets[v + 1]; ++at) {
        const std::uint32_t q = parts[level.targets[at]];
        if (q == p) continue;
        touched[count] = q;
        count += weight_to[q] == 0.0 ? 1 : 0;
        weight_to[q] += static_cast<double>(level.weights[at]);
      }
    }
    for (std::uint32_t t = 0; t < count; ++t) {
      const std::uint32_t q = touched[t];
      result.targets.push_back(q);
      result.weights.push_back(weight_to[q]);
      weight_to[q] = 0;
    }
    result.offsets.push_back(result.targets.size());
  }
}

#define CELLOQUY_LEVEL(Weight)                                                                    \
  template bool move_nodes(const Level<Weight>&, std::vector<std::uint32_t>&, const Phase&,       \
                           RandomStream&, Workspace&);                                            \
  template std::uint32_t refine(const Level<Weight>&, const std::vector<std::uint32_t>&,          \
                                const Phase&, RandomStream&, Workspace&,                          \
                                std::vector<std::uint32_t>&);                                     \
  template void aggregate(const Level<Weight>&, const std::vector<std::uint32_t>&, std::uint32_t, \
                          Workspace&, LevelData&);
CELLOQUY_LEVEL(float)
CELLOQUY_LEVEL(double)
#undef CELLOQUY_LEVEL

}  // namespace celloquy::leiden
