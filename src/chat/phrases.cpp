// The chart of ordered phrases.

#include <map>
#include <tuple>

#include "chat/parser.hpp"

namespace celloquy::chat {
namespace {

using nlohmann::json;

constexpr std::size_t most_edges = 4000;  // a sentence never needs that many

struct Active {
  const PhraseRule* rule;
  std::size_t next;  ///< the part that is wanted
  unsigned begin, end;
  double cost;
  std::unordered_map<std::string, json> bound;
};

class Chart {
 public:
  Chart(const Grammar& grammar, Lattice& lattice) : grammar_(grammar), lattice_(lattice) {
    starters_.resize(grammar.n_categories());
    waiting_.resize(grammar.n_categories());
    for (const auto& rule : grammar.phrases())
      for (const int category : rule.parts[0].categories)
        starters_[static_cast<std::size_t>(category)].push_back(&rule);
    mark_fillers();
  }

  void run() {
    auto edges = std::move(lattice_.edges);
    lattice_.edges.clear();
    for (auto& edge : edges) add(std::move(edge));
    for (std::size_t i = 0; i < lattice_.edges.size() && i < most_edges; ++i) complete(i);
  }

 private:
  /// Fillers ("the", 的) may stand between the parts of a phrase.
  void mark_fillers() {
    filler_.assign(lattice_.units.size() + 1, false);
    const int filler = grammar_.category("filler");
    for (const auto& edge : lattice_.edges)
      if (edge.category == filler && edge.end == edge.begin + 1) filler_[edge.begin] = true;
  }
  bool connects(unsigned end, unsigned begin) const {
    if (begin < end) return false;
    for (unsigned i = end; i < begin; ++i)
      if (!filler_[i]) return false;
    return begin - end <= 2;
  }
  void add(Edge edge) {
    auto& known = seen_[{edge.category, edge.begin, edge.end}];
    for (const auto index : known) {
      auto& other = lattice_.edges[index];
      if (other.value != edge.value) continue;
      if (edge.cost < other.cost) other.cost = edge.cost;
      return;
    }
    known.push_back(lattice_.edges.size());
    lattice_.edges.push_back(std::move(edge));
  }
  void complete(std::size_t index) {
    current_ = index;
    const Edge edge = lattice_.edges[index];
    const auto category = static_cast<std::size_t>(edge.category);
    for (const auto* rule : starters_[category])
      advance({rule, 0, edge.begin, edge.begin, rule->cost, {}}, edge);
    // By index: advancing may add to the list.
    for (std::size_t i = 0; i < waiting_[category].size(); ++i)
      if (connects(waiting_[category][i].end, edge.begin))
        advance(Active(waiting_[category][i]), edge);
  }
  void advance(Active active, const Edge& edge) {
    active.bound[active.rule->parts[active.next].label] = edge.value;
    active.end = edge.end;
    active.cost += edge.cost;
    if (++active.next == active.rule->parts.size()) {
      add({active.begin, active.end, active.rule->category,
           instantiate(active.rule->value, active.bound), active.cost});
      return;
    }
    // Edges that were complete before this part was wanted.
    for (const int wanted : active.rule->parts[active.next].categories) {
      for (std::size_t i = 0; i < lattice_.edges.size(); ++i)
        if (lattice_.edges[i].category == wanted && connects(active.end, lattice_.edges[i].begin) &&
            done_before(i))
          advance(active, Edge(lattice_.edges[i]));
      waiting_[static_cast<std::size_t>(wanted)].push_back(active);
    }
  }
  /// Later edges find the waiting part themselves when they are completed.
  bool done_before(std::size_t i) const { return i <= current_; }

  const Grammar& grammar_;
  Lattice& lattice_;
  std::vector<std::vector<const PhraseRule*>> starters_;
  std::vector<std::vector<Active>> waiting_;
  std::vector<bool> filler_;
  std::map<std::tuple<int, unsigned, unsigned>, std::vector<std::size_t>> seen_;
  std::size_t current_ = 0;
};

}  // namespace

void find_phrases(const Grammar& grammar, Lattice& lattice) { Chart(grammar, lattice).run(); }

}  // namespace celloquy::chat
