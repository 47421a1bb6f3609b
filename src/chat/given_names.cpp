#include "chat/given_names.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "chat/surfaces.hpp"

namespace celloquy::chat {
namespace {

constexpr double sure = 0.05, after_cells = 0.15, later_word = 0.4;
/// "call the cells of cluster 3 X": so many units between the verb and the cells.
constexpr unsigned most_between = 5;

class Finder {
 public:
  Finder(const Grammar& grammar, std::string_view sentence, Lattice& lattice)
      : grammar_(grammar),
        surfaces_(sentence, lattice.units),
        lattice_(lattice),
        known_(lattice.edges.size()) {}

  void find() {
    const auto verbs = edges({"rename", "name_verb", "merge", "name_as"});
    if (verbs.empty()) return;
    unsigned verb = verbs.front().end;
    for (const auto& edge : verbs) verb = std::min(verb, edge.end);
    double cost = sure;
    for (const auto& edge : edges({"name_to", "name_as"}))
      if (edge.end >= verb) {
        add(edge.end, cost);
        cost = later_word;
      }
    const auto objects = edges({"number", "them", "value", "cell_type", "quoted"});
    const auto part_of_longer = [&](const Edge& one) {
      return std::any_of(objects.begin(), objects.end(), [&](const Edge& other) {
        return other.begin == one.begin && other.end > one.end && other.category == one.category;
      });
    };
    for (const auto& said : edges({"name_verb"}))
      for (const auto& cells : objects)
        if (cells.begin >= said.end && cells.begin <= said.end + most_between &&
            !part_of_longer(cells))
          add(cells.end, after_cells + 0.05 * (cells.begin - said.end));
  }

 private:
  const Unit& unit(unsigned i) const { return lattice_.units[i]; }
  /// Of these categories, without typing errors, in the order of the sentence.
  std::vector<Edge> edges(std::initializer_list<const char*> categories) const {
    std::vector<Edge> out;
    for (const char* category : categories)
      for (std::size_t e = 0; e < known_; ++e)
        if (lattice_.edges[e].category == grammar_.category(category) &&
            lattice_.edges[e].cost <= 0.2)
          out.push_back(lattice_.edges[e]);
    std::stable_sort(out.begin(), out.end(),
                     [](const Edge& a, const Edge& b) { return a.begin < b.begin; });
    return out;
  }
  bool ends_sentence(unsigned i) const {
    const auto& key = unit(i).key;
    return key == "." || key == "?" || key == "!" || key == ";";
  }

  void add(unsigned begin, double cost) {
    const auto n = static_cast<unsigned>(lattice_.units.size());
    unsigned end = begin;
    if (begin < n && unit(begin).key == "\"") {
      for (end = begin + 1; end < n && unit(end).key != "\"";) ++end;
      if (end < n && end > begin + 1) put(begin, end + 1, surfaces_.text(begin + 1, end), cost);
      return;
    }
    while (end < n && !ends_sentence(end)) ++end;
    if (end == begin) return;
    put(begin, end, surfaces_.text(begin, end), cost);
    // A comma may end the name and begin the next request.
    for (unsigned i = begin + 1; i < end; ++i)
      if (unit(i).key == ",") return put(begin, i, surfaces_.text(begin, i), cost);
  }
  void put(unsigned begin, unsigned end, std::string name, double cost) {
    lattice_.edges.push_back({begin, end, grammar_.category("given_name"), std::move(name), cost});
  }

  const Grammar& grammar_;
  Surfaces surfaces_;
  Lattice& lattice_;
  std::size_t known_;  ///< edges that were there before
};

}  // namespace

void find_given_names(const Grammar& grammar, std::string_view sentence, Lattice& lattice) {
  if (grammar.category("given_name") >= 0) Finder(grammar, sentence, lattice).find();
}

}  // namespace celloquy::chat
