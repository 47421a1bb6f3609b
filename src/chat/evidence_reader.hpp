#pragma once
// What a finding holds, and what a text says, in the same terms: names and
// numbers in their order.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "chat/planner.hpp"
#include "chat/units.hpp"
#include "chat/vocabulary.hpp"
#include "tools/finding.hpp"

namespace celloquy::chat {

struct Place {
  int table = -1;  ///< −1: a single value or an argument
  int row = -1, column = -1;
};

struct EvidenceName {
  std::vector<std::string> spellings;  ///< as_compared()
  std::vector<Place> places;
  bool gene = false;
};
struct EvidenceNumber {
  double value;
  std::string unit;
  bool whole;
  Place place;
};

/// NFKC, plain punctuation, no spaces beside Chinese characters.
std::string as_compared(std::string_view text);

/// One thing that a text says, in order.
struct Said {
  enum class Kind { name, number, relation, other } kind = Kind::other;
  int name = -1;  ///< index into Evidence::names
  double number = 0;
  double tolerance = 0;  ///< half a unit of the last printed place
  std::string unit;      ///< "%", "cells", "genes" or "" where the text names none
  std::string text;
};

class Evidence {
 public:
  explicit Evidence(const tools::Finding& finding);

  const std::vector<EvidenceName>& names() const { return names_; }
  const std::vector<EvidenceNumber>& numbers() const { return numbers_; }
  /// Names, numbers and relation words of the text; everything else as `other`.
  std::vector<Said> read(const std::string& compared) const;
  /// Words and numbers that the tool's sentences have besides their blanks.
  bool is_own_word(const std::string& key) const { return own_words_.contains(key); }
  bool is_own_number(double value) const { return own_numbers_.contains(value); }
  bool in_own_text(const std::string& compared) const;
  /// The statements, read, in English and Chinese.
  const std::vector<std::vector<Said>>& statements() const { return statements_; }

  /// Numbers of the finding that a printed one may be.
  std::vector<const EvidenceNumber*> matches(const Said& printed) const;

 private:
  void add_name(const std::string& text, Place place, bool gene);
  void add_value(const tools::Value& value, Place place);
  void add_arguments(const nlohmann::json& arguments);
  void read_statements(const std::vector<tools::Statement>& statements,
                       const tools::Finding& finding);
  std::optional<std::pair<int, std::size_t>> name_at(const std::string& text, std::size_t at) const;

  std::vector<EvidenceName> names_;
  std::vector<EvidenceNumber> numbers_;
  std::set<std::string> own_words_;
  std::set<double> own_numbers_;
  std::vector<std::string> own_texts_;
  std::vector<std::vector<Said>> statements_;
};

}  // namespace celloquy::chat
