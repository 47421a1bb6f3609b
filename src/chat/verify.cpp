#include "chat/verify.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "chat/characters.hpp"
#include "chat/evidence_reader.hpp"
#include "chat/grammar.hpp"
#include "chat/sentences.hpp"

namespace celloquy::chat {
namespace {

using Kind = Said::Kind;

constexpr std::size_t longest_name = 7;  // units of a cell type that is looked for

bool has_han(std::string_view text) {
  const auto characters = code_points(text);
  return std::any_of(characters.begin(), characters.end(), is_han);
}

struct Problem {
  std::string what, reason;
};

class Checker {
 public:
  Checker(const DataDescription& data, const Vocabulary& vocabulary)
      : data_(data), vocabulary_(vocabulary) {}

  /// `evidence` null: nothing may be claimed.
  std::optional<Problem> check(const std::string& piece, const Evidence* evidence) const {
    static const tools::Finding nothing{};
    const Evidence none(nothing);
    const Evidence& e = evidence ? *evidence : none;
    const auto said = e.read(as_compared(piece));
    if (auto problem = check_clusters(said, e)) return problem;
    if (auto problem = check_numbers(said, e))
      return evidence ? problem : Problem{problem->what, "no_mark"};
    if (auto problem = check_names(said, e))
      return evidence ? problem : Problem{problem->what, "no_mark"};
    if (evidence && !stands_together(said, e, has_han(piece))) return Problem{piece, "relation"};
    return std::nullopt;
  }

 private:
  static std::optional<Problem> check_numbers(const std::vector<Said>& said, const Evidence& e) {
    for (const auto& s : said)
      if (s.kind == Kind::number && e.matches(s).empty() && !e.is_own_number(s.number))
        return Problem{s.text, "number"};
    return std::nullopt;
  }

  /// "cluster 9", 第9群: a cluster that is not among the names.
  static std::optional<Problem> check_clusters(const std::vector<Said>& said, const Evidence& e) {
    const auto is_cluster_word = [&](std::size_t i, bool after) {
      if (i >= said.size()) return false;
      const std::string key = stem(said[i].text);
      return key == "cluster" || (after && (key == "群" || key == "簇" || key == "号")) ||
             (!after && key == "第");
    };
    for (std::size_t i = 0; i < said.size(); ++i) {
      if (said[i].kind != Kind::number || !said[i].unit.empty()) continue;
      if (!(i > 0 && is_cluster_word(i - 1, false)) && !is_cluster_word(i + 1, true)) continue;
      const std::string number = std::to_string(std::llround(said[i].number));
      const bool known =
          std::any_of(e.names().begin(), e.names().end(), [&](const EvidenceName& name) {
            return std::find(name.spellings.begin(), name.spellings.end(), number) !=
                   name.spellings.end();
          });
      // "12 clusters" counts them.
      const bool counts = i + 1 < said.size() && said[i + 1].text != "号" &&
                          said[i + 1].text != "群" && stem(said[i + 1].text) == "cluster" &&
                          !(i > 0 && is_cluster_word(i - 1, false));
      if (!known && !counts) return Problem{number, "name"};
    }
    return std::nullopt;
  }

  bool is_gene(const std::string& word) const {
    if (word.size() < 2 || !has_upper(word)) return false;
    if (std::find(data_.genes.begin(), data_.genes.end(), word) != data_.genes.end()) return true;
    if (has_lower(word) && !has_digit(word)) return false;
    const auto symbol = vocabulary_.gene(word, data_.organism);
    if (symbol && *symbol == word) return true;
    // Letters and a digit, all capitals: how an invented gene looks.
    return !has_lower(word) && has_digit(word) && word.size() >= 3;
  }

  std::optional<Problem> check_names(const std::vector<Said>& said, const Evidence& e) const {
    for (std::size_t i = 0; i < said.size(); ++i) {
      if (said[i].kind != Kind::other && said[i].kind != Kind::relation) continue;
      const std::string& word = said[i].text;
      if (is_gene(word) && !e.is_own_word(stem(word))) return Problem{word, "name"};
      std::string phrase;
      for (std::size_t j = i; j < said.size() && j < i + longest_name; ++j) {
        if (said[j].kind == Kind::name || said[j].kind == Kind::number) break;
        const bool han =
            !said[j].text.empty() && static_cast<unsigned char>(said[j].text[0]) >= 0x80;
        phrase += (phrase.empty() || han ? "" : " ") + said[j].text;
        if (is_other_group(phrase, e)) return Problem{phrase, "name"};
      }
    }
    return std::nullopt;
  }

  /// A category of the data or a cell type that the evidence does not hold.
  bool is_other_group(const std::string& phrase, const Evidence& e) const {
    if (phrase.size() < 3) return false;
    const bool short_word =
        phrase.size() < 5 && !has_upper(phrase) && static_cast<unsigned char>(phrase[0]) < 0x80;
    if (short_word || e.in_own_text(phrase)) return false;
    for (const auto& field : data_.fields)
      for (const auto& value : field.values)
        if (as_compared(value) == phrase) return true;
    const auto type = vocabulary_.cell_type(phrase);
    if (!type || type->id == "CL:0000000") return false;
    // An everyday word ("progenitor" is not) that happens to be a synonym.
    if (Grammar::standard().lexicon().knows(stem(phrase))) return false;
    for (const auto& name : e.names())
      for (const auto& spelling : name.spellings) {
        const auto known = vocabulary_.cell_type(spelling);
        if (known && known->id == type->id) return false;
      }
    return true;
  }

  static bool same(const Said& a, const Said& b) {
    if (a.kind != b.kind) return false;
    if (a.kind == Kind::name) return a.name == b.name;
    if (a.kind == Kind::number)
      return std::abs(a.number - b.number) <=
             std::max(a.tolerance, b.tolerance) * (1 + 1e-6) + 1e-12;
    return a.text == b.text;
  }

  /// The claim in order within one statement of the finding.
  static bool within(const std::vector<Said>& claim, const std::vector<Said>& statement) {
    std::size_t at = 0;
    for (const auto& s : statement)
      if (at < claim.size() && s.kind != Kind::other && same(claim[at], s)) ++at;
    return at == claim.size();
  }

  /// Each number in a row of the name before it (of each column of names), or
  /// of the name after it where numbers come first.
  static bool rows_agree(const std::vector<Said>& claim, const Evidence& e) {
    const bool numbers_first = claim.front().kind == Kind::number;
    for (std::size_t i = 0; i < claim.size(); ++i) {
      if (claim[i].kind != Kind::number) continue;
      const Said* owner = nullptr;
      if (numbers_first) {
        for (std::size_t j = i + 1; j < claim.size() && !owner; ++j)
          if (claim[j].kind == Kind::name) owner = &claim[j];
      } else {
        for (std::size_t j = i; j-- > 0 && !owner;)
          if (claim[j].kind == Kind::name) owner = &claim[j];
      }
      if (!owner) return false;
      bool found = false;
      for (const auto* number : e.matches(claim[i]))
        for (const auto& place : e.names()[static_cast<std::size_t>(owner->name)].places)
          found = found || (number->place.table >= 0 && number->place.table == place.table &&
                            number->place.row == place.row);
      if (!found) return false;
    }
    return true;
  }

  /// Several names: all in one column, or all in one row of a table.
  static bool names_agree(const std::vector<Said>& claim, const Evidence& e) {
    const EvidenceName* first = nullptr;
    std::vector<Place> common_row, common_column;
    for (const auto& s : claim) {
      if (s.kind != Kind::name) continue;
      const auto& name = e.names()[static_cast<std::size_t>(s.name)];
      if (!first) {
        first = &name;
        common_row = common_column = name.places;
        continue;
      }
      const auto keep = [&](std::vector<Place>& places, auto same_place) {
        std::erase_if(places, [&](const Place& p) {
          return std::none_of(name.places.begin(), name.places.end(),
                              [&](const Place& q) { return same_place(p, q); });
        });
      };
      keep(common_row, [](const Place& p, const Place& q) {
        return p.table >= 0 && p.table == q.table && p.row == q.row;
      });
      keep(common_column, [](const Place& p, const Place& q) {
        return p.table >= 0 && p.table == q.table && p.column == q.column;
      });
    }
    return !common_row.empty() || !common_column.empty();
  }

  static bool stands_together(const std::vector<Said>& said, const Evidence& e, bool chinese) {
    std::vector<Said> claim;
    std::size_t names = 0, numbers = 0, relations = 0;
    for (const auto& s : said) {
      if (s.kind == Kind::other) continue;
      if (s.kind == Kind::number && e.is_own_number(s.number) && e.matches(s).empty()) continue;
      names += s.kind == Kind::name;
      numbers += s.kind == Kind::number;
      relations += s.kind == Kind::relation;
      claim.push_back(s);
    }
    if (numbers + relations == 0 && names <= 1) return true;
    // A number alone is one of the finding's own, not some row's.
    if (names == 0 && relations == 0 && numbers == 1) {
      const auto found = e.matches(claim.front());
      return std::any_of(found.begin(), found.end(),
                         [](const auto* n) { return n->place.table < 0; });
    }
    // Word order differs between the languages: each by its own statements.
    for (std::size_t i = chinese ? 1 : 0; i < e.statements().size(); i += 2)
      if (within(claim, e.statements()[i])) return true;
    if (relations > 0 || names == 0) return false;
    return (numbers == 0 || rows_agree(claim, e)) &&
           (names < 2 || numbers > 0 || names_agree(claim, e));
  }

  const DataDescription& data_;
  const Vocabulary& vocabulary_;
};

bool has_mark(const std::string& sentence) { return cut_at_marks(sentence).front().mark > 0; }

/// A mark speaks for the sentences before it on its line that have none.
std::vector<std::string> up_to_marks(const std::string& answer) {
  std::vector<std::string> out;
  std::string open;
  for (const auto& sentence : split_sentences(answer)) {
    open += sentence;
    if (!has_mark(sentence) && !sentence.ends_with('\n')) continue;
    out.push_back(std::move(open));
    open.clear();
  }
  if (!open.empty()) out.push_back(std::move(open));
  return out;
}

}  // namespace

VerifiedAnswer verify(const std::string& answer, const std::vector<tools::Finding>& evidence,
                      const DataDescription& data, const Vocabulary& vocabulary,
                      Language language) {
  std::vector<Evidence> read;
  for (const auto& finding : evidence) read.emplace_back(finding);
  const Checker checker(data, vocabulary);
  VerifiedAnswer out;
  for (const auto& sentence : up_to_marks(answer)) {
    std::optional<Problem> problem;
    for (const auto& piece : cut_at_marks(sentence)) {
      if (problem) break;
      if (piece.mark > read.size())
        problem = Problem{"[" + std::to_string(piece.mark) + "]", "mark"};
      else
        problem = checker.check(piece.text, piece.mark == 0 ? nullptr : &read[piece.mark - 1]);
    }
    if (!problem) {
      out.text += sentence;
      continue;
    }
    out.left_out.push_back({sentence, problem->what, problem->reason});
    const std::string remark = message("chat.left_out").in(language);
    if (out.text.find(remark) == std::string::npos)
      out.text += remark + (language == Language::chinese ? "" : " ");
    if (sentence.ends_with('\n')) out.text += '\n';
  }
  while (!out.text.empty() && (out.text.back() == ' ' || out.text.back() == '\n'))
    out.text.pop_back();
  return out;
}

}  // namespace celloquy::chat
