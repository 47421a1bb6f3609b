#pragma once
// Phrases of one or more units, found at any place of a sentence.

#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "chat/lattice.hpp"

namespace celloquy::chat {

/// Another reading of a misspelt unit.
struct Respelling {
  std::string key;
  double cost;
};

class PhraseTrie {
 public:
  struct Entry {
    int category;
    nlohmann::json value;
    double cost;
  };

  /// `phrase` is cut into units like a sentence; an empty phrase is ignored.
  void insert(std::string_view phrase, Entry entry);
  bool knows(const std::string& key) const { return keys_.contains(key); }
  /// Keys that a misspelt word (five letters or more) may have meant: one edit,
  /// or two from eight letters on. Costs O(keys).
  std::vector<Respelling> respell(const std::string& key) const;
  /// Adds an edge for every phrase found; `respellings` has an entry a unit.
  void match(const std::vector<Unit>& units,
             const std::vector<std::vector<Respelling>>& respellings,
             std::vector<Edge>& edges) const;

 private:
  struct Node {
    std::unordered_map<std::string, unsigned> children;
    std::vector<Entry> entries;
  };
  void walk(const std::vector<Unit>& units, const std::vector<std::vector<Respelling>>& respellings,
            unsigned begin, unsigned at, unsigned node, double cost,
            std::vector<Edge>& edges) const;

  std::vector<Node> nodes_{Node{}};
  std::unordered_set<std::string> keys_;
};

}  // namespace celloquy::chat
