#include "chat/trie.hpp"

namespace celloquy::chat {

void PhraseTrie::insert(std::string_view phrase, Entry entry) {
  const auto units = cut_into_units(normalise(phrase));
  if (units.empty()) return;
  unsigned node = 0;
  for (const auto& unit : units) {
    if (unit.kind == UnitKind::word) keys_.insert(unit.key);
    const auto [child, added] =
        nodes_[node].children.try_emplace(unit.key, static_cast<unsigned>(nodes_.size()));
    node = child->second;
    if (added) nodes_.emplace_back();
  }
  nodes_[node].entries.push_back(std::move(entry));
}

std::vector<Respelling> PhraseTrie::respell(const std::string& key) const {
  std::vector<Respelling> found;
  if (key.size() < 5) return found;
  const unsigned limit = key.size() >= 8 ? 2 : 1;
  for (const auto& known : keys_) {
    if (known.size() < 5 || known[0] != key[0]) continue;
    const unsigned distance = edit_distance(key, known, limit);
    if (distance > 0 && distance <= limit) found.push_back({known, 0.3 * distance});
  }
  return found;
}

void PhraseTrie::walk(const std::vector<Unit>& units,
                      const std::vector<std::vector<Respelling>>& respellings, unsigned begin,
                      unsigned at, unsigned node, double cost, std::vector<Edge>& edges) const {
  if (at > begin)
    for (const auto& entry : nodes_[node].entries)
      edges.push_back({begin, at, entry.category, entry.value, entry.cost + cost});
  if (at >= units.size()) return;
  const auto& children = nodes_[node].children;
  if (const auto child = children.find(units[at].key); child != children.end())
    walk(units, respellings, begin, at + 1, child->second, cost, edges);
  for (const auto& respelling : respellings[at])
    if (const auto child = children.find(respelling.key); child != children.end())
      walk(units, respellings, begin, at + 1, child->second, cost + respelling.cost, edges);
}

void PhraseTrie::match(const std::vector<Unit>& units,
                       const std::vector<std::vector<Respelling>>& respellings,
                       std::vector<Edge>& edges) const {
  for (unsigned begin = 0; begin < units.size(); ++begin)
    walk(units, respellings, begin, begin, 0, 0, edges);
}

}  // namespace celloquy::chat
