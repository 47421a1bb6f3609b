// Which requests a sentence makes: frames over stretches, stretches in sequence.

#include <algorithm>
#include <map>

#include "chat/parser.hpp"

namespace celloquy::chat {
namespace {

using nlohmann::json;

constexpr double another_request = 0.35;  // two requests need a reason
constexpr double explained = 0.01;        // of two equal readings, the one that uses more words
constexpr std::size_t readings_kept = 5;
constexpr std::size_t longest_sentence = 120;  // units; the rest is left out
// One request is shorter than this. Together these bound the work for any text.
constexpr unsigned longest_stretch = 64;  // units
constexpr std::size_t most_cuts = 24;     // the first ones; later text is one stretch
constexpr std::size_t states_kept = 24;   // of one frame at one unit, the cheapest

/// The edges of a lattice by where they begin.
struct Indexed {
  const Lattice* lattice;
  std::vector<std::vector<const Edge*>> from;
  std::vector<std::vector<const Edge*>> fillers;
  std::vector<std::vector<const Edge*>> connectors;
  std::vector<double> weight_before;  ///< cumulative

  double weight(unsigned begin, unsigned end) const {
    return weight_before[end] - weight_before[begin];
  }
};

Indexed index_edges(const Grammar& grammar, const Lattice& lattice) {
  const auto n = lattice.units.size();
  Indexed index{&lattice};
  index.from.resize(n + 1);
  index.fillers.resize(n + 1);
  index.connectors.resize(n + 1);
  const int filler = grammar.category("filler"), connector = grammar.category("connector");
  for (const auto& edge : lattice.edges) {
    if (edge.category == filler)
      index.fillers[edge.begin].push_back(&edge);
    else if (edge.category == connector)
      index.connectors[edge.begin].push_back(&edge);
    index.from[edge.begin].push_back(&edge);
  }
  index.weight_before.assign(n + 1, 0);
  for (std::size_t i = 0; i < n; ++i)
    index.weight_before[i + 1] = index.weight_before[i] + lattice.weight[i];
  return index;
}

/// A stretch read up to some unit with some parts of the frame found.
struct State {
  double cost = 0, skipped = 0;
  std::vector<std::pair<std::size_t, const Edge*>> filled;  ///< part, edge
};
using States = std::map<unsigned, State>;  // by the set of parts found

void keep_better(States& states, unsigned mask, State state) {
  const auto [entry, added] = states.try_emplace(mask, state);
  if (!added && state.cost < entry->second.cost) entry->second = std::move(state);
}

void keep_cheapest(States& states) {
  if (states.size() <= states_kept) return;
  std::vector<double> costs;
  for (const auto& [mask, state] : states) costs.push_back(state.cost);
  std::nth_element(costs.begin(), costs.begin() + states_kept, costs.end());
  std::erase_if(states, [limit = costs[states_kept]](const auto& entry) {
    return entry.second.cost >= limit;
  });
}

/// The part of the frame that an edge may fill next, or the number of parts.
std::size_t part_for(const Frame& frame, const Edge& edge, unsigned mask) {
  for (std::size_t p = 0; p < frame.parts.size(); ++p) {
    if (mask >> p & 1U) continue;
    const auto& categories = frame.parts[p].categories;
    if (std::find(categories.begin(), categories.end(), edge.category) != categories.end())
      return p;
  }
  return frame.parts.size();
}

unsigned required_parts(const Frame& frame) {
  unsigned mask = 0;
  for (std::size_t p = 0; p < frame.parts.size(); ++p)
    if (!frame.parts[p].optional) mask |= 1U << p;
  return mask;
}

Reading finish(const Grammar& grammar, const Frame& frame, const State& state) {
  std::unordered_map<std::string, json> bound;
  Request request{frame.tool, {}, {}};
  for (const auto& [part, edge] : state.filled) {
    bound[frame.parts[part].label] = edge->value;
    request.parts.emplace_back(grammar.category_name(edge->category), edge->value);
  }
  request.arguments = instantiate(frame.arguments, bound);
  if (request.arguments.is_null()) request.arguments = json::object();
  return {{std::move(request)}, state.cost + frame.cost, state.skipped};
}

/// All sets of parts with which this frame explains [begin, end).
void read_frame(const Grammar& grammar, const Indexed& index, const Frame& frame, unsigned begin,
                unsigned end, std::vector<Reading>& out) {
  const unsigned required = required_parts(frame);
  std::vector<States> at(end - begin + 1);
  at[0].try_emplace(0);
  for (unsigned unit = begin; unit < end; ++unit) {
    keep_cheapest(at[unit - begin]);
    for (const auto& [mask, state] : at[unit - begin]) {
      State skip = state;
      const double weight = index.weight(unit, unit + 1);
      skip.cost += weight;
      skip.skipped += weight;
      keep_better(at[unit + 1 - begin], mask, std::move(skip));
      for (const auto* filler : index.fillers[unit])
        if (filler->end <= end) {
          State next = state;
          next.cost += filler->cost;
          keep_better(at[filler->end - begin], mask, std::move(next));
        }
      for (const auto* edge : index.from[unit]) {
        if (edge->end > end) continue;
        const std::size_t part = part_for(frame, *edge, mask);
        if (part == frame.parts.size()) continue;
        State next = state;
        next.cost += edge->cost - explained * (edge->end - edge->begin);
        next.filled.emplace_back(part, edge);
        keep_better(at[edge->end - begin], mask | 1U << part, std::move(next));
      }
    }
  }
  for (const auto& [mask, state] : at[end - begin])
    if ((mask & required) == required) out.push_back(finish(grammar, frame, state));
}

/// True when every required part has an edge within the stretch.
bool possible(const Frame& frame, const std::vector<bool>& present) {
  return std::all_of(frame.parts.begin(), frame.parts.end(), [&](const Part& part) {
    return part.optional || std::any_of(part.categories.begin(), part.categories.end(), [&](int c) {
             return present[static_cast<std::size_t>(c)];
           });
  });
}

bool same_requests(const Reading& a, const Reading& b) {
  return std::equal(a.requests.begin(), a.requests.end(), b.requests.begin(), b.requests.end(),
                    [](const Request& x, const Request& y) {
                      return x.tool == y.tool && x.arguments == y.arguments;
                    });
}

void keep_best(std::vector<Reading>& readings, std::size_t count) {
  std::stable_sort(readings.begin(), readings.end(),
                   [](const Reading& a, const Reading& b) { return a.cost < b.cost; });
  std::vector<Reading> kept;
  for (auto& reading : readings) {
    if (kept.size() == count) break;
    if (std::none_of(kept.begin(), kept.end(),
                     [&](const Reading& k) { return same_requests(k, reading); }))
      kept.push_back(std::move(reading));
  }
  readings = std::move(kept);
}

std::vector<Reading> read_stretch(const Grammar& grammar, const Indexed& index, unsigned begin,
                                  unsigned end) {
  std::vector<bool> present(grammar.n_categories(), false);
  for (unsigned i = begin; i < end; ++i)
    for (const auto* edge : index.from[i])
      if (edge->end <= end) present[static_cast<std::size_t>(edge->category)] = true;
  std::vector<Reading> readings;
  for (const auto& frame : grammar.frames()) {
    if (!possible(frame, present)) continue;
    read_frame(grammar, index, frame, begin, end, readings);
  }
  keep_best(readings, readings_kept);
  return readings;
}

/// Where a request may end and the next begin: each connector's two ends.
std::vector<std::pair<unsigned, unsigned>> cuts(const Indexed& index) {
  std::vector<std::pair<unsigned, unsigned>> out;
  for (const auto& list : index.connectors)
    for (const auto* edge : list) out.emplace_back(edge->begin, edge->end);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  if (out.size() > most_cuts) out.resize(most_cuts);
  return out;
}

}  // namespace

std::vector<Reading> find_readings(const Grammar& grammar, const Lattice& lattice, bool has_context,
                                   std::size_t count) {
  const auto n = static_cast<unsigned>(std::min(lattice.units.size(), longest_sentence));
  const Indexed index = index_edges(grammar, lattice);
  // best[k]: the sentence up to a stretch that starts at position k.
  std::map<unsigned, std::vector<Reading>> best;
  best[0].push_back({});
  auto boundaries = cuts(index);
  boundaries.emplace_back(n, n);
  std::map<std::pair<unsigned, unsigned>, std::vector<Reading>> stretches;
  for (const auto& [stretch_end, next_begin] : boundaries) {
    std::vector<Reading> here;
    for (const auto& [begin, befores] : best) {
      if (begin > stretch_end || befores.empty()) continue;
      const bool readable = stretch_end - begin <= longest_stretch;
      auto [entry, added] = stretches.try_emplace({begin, stretch_end});
      if (added && readable) entry->second = read_stretch(grammar, index, begin, stretch_end);
      const double left_out = index.weight(begin, stretch_end);
      for (const auto& before : befores) {
        Reading without = before;
        without.cost += left_out;
        without.skipped += left_out;
        here.push_back(std::move(without));
        for (const auto& reading : entry->second) {
          const auto& request = reading.requests.front();
          if (before.requests.empty() && !has_context && request.tool.starts_with('@')) continue;
          Reading both = before;
          both.cost += reading.cost + (before.requests.empty() ? 0 : another_request);
          both.skipped += reading.skipped;
          both.requests.push_back(request);
          here.push_back(std::move(both));
        }
      }
    }
    auto& target = best[next_begin == stretch_end && stretch_end == n ? n + 1 : next_begin];
    target.insert(target.end(), std::make_move_iterator(here.begin()),
                  std::make_move_iterator(here.end()));
    keep_best(target, readings_kept);
  }
  auto& whole = best[n + 1];
  std::erase_if(whole, [](const Reading& r) { return r.requests.empty(); });
  keep_best(whole, count);
  return std::move(whole);
}

}  // namespace celloquy::chat
