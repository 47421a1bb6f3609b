#pragma once
// The grammar of requests, read from src/chat/grammar (notation: its README).
// Two kinds of rules, after the ID/LP format of Gazdar, Klein, Pullum and Sag
// (1985): phrases have their parts in order ("more than 10 %"); frames are what
// a request consists of, in any order, because English and Chinese, and two
// speakers of either, order the same parts differently.

#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/expected.hpp"
#include "chat/trie.hpp"

namespace celloquy::chat {

/// One part of a rule: a thing of any of these categories.
struct Part {
  std::vector<int> categories;
  std::string label;  ///< what the rule's template calls it
  bool optional = false;
};

struct PhraseRule {
  int category = -1;
  std::vector<Part> parts;
  nlohmann::json value;
  double cost = 0;
};

struct Frame {
  std::string tool;  ///< "@again" and the like are resolved by the planner
  nlohmann::json arguments;
  std::vector<Part> parts;
  double cost = 0;
  int line = 0;
};

/// Which argument of a tool a category fills, for "and in B cells?".
struct Slot {
  std::string argument;
  bool list = false;
};

class Grammar {
 public:
  /// The built-in one.
  static const Grammar& standard();
  /// An internal error names the line that is wrong.
  static Expected<Grammar> parse(std::string_view lexicon, std::string_view rules);

  int category(const std::string& name) const;  ///< −1 when no rule mentions it
  const std::string& category_name(int id) const { return names_[static_cast<std::size_t>(id)]; }
  std::size_t n_categories() const { return names_.size(); }
  const PhraseTrie& lexicon() const { return lexicon_; }
  const std::vector<PhraseRule>& phrases() const { return phrases_; }
  const std::vector<Frame>& frames() const { return frames_; }
  /// Where `category` goes in a call of `tool`; null when the tool has no such argument.
  const Slot* slot(const std::string& tool, const std::string& category) const;

 private:
  int intern(const std::string& name);
  Status read_lexicon(std::string_view text);
  Status read_rules(std::string_view text);
  Status read_rule(const std::string& line, int number);
  Expected<std::vector<Part>> read_parts(const std::string& text, double& cost, int number);
  void add_phrase(PhraseRule rule);

  std::vector<std::string> names_;
  std::unordered_map<std::string, int> ids_;
  PhraseTrie lexicon_;
  std::vector<PhraseRule> phrases_;
  std::vector<Frame> frames_;
  std::unordered_map<std::string, std::unordered_map<std::string, Slot>> slots_;
};

/// Fills "$label" in a template. A key whose label is not bound is left out;
/// "$label:name" is a number as a name ("3"); a list element "$label+" and an
/// object key beginning with "+" splice the value in.
nlohmann::json instantiate(const nlohmann::json& pattern,
                           const std::unordered_map<std::string, nlohmann::json>& bound);

}  // namespace celloquy::chat
