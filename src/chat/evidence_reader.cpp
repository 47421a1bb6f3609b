#include "chat/evidence_reader.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <unordered_set>

#include "chat/characters.hpp"
#include "chat/entities.hpp"
#include "tools/sentences.hpp"

namespace celloquy::chat {
namespace {

using nlohmann::json;
using tools::Finding;
using tools::NameKind;
using tools::Value;

bool is_space(char32_t c) { return c == ' ' || c == 0xA0 || c == 0x3000; }
bool is_ascii_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool only_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// Comparison, negation, cause and certainty: words that change what a
/// sentence claims about the same names and numbers. Stems and characters.
bool is_relation(const std::string& key) {
  static const std::unordered_set<std::string> words = [] {
    std::unordered_set<std::string> set;
    for (const char* word : {"higher",
                             "lower",
                             "more",
                             "fewer",
                             "less",
                             "most",
                             "least",
                             "highest",
                             "lowest",
                             "larger",
                             "smaller",
                             "largest",
                             "smallest",
                             "up",
                             "down",
                             "upregulated",
                             "downregulated",
                             "up-regulated",
                             "down-regulated",
                             "increased",
                             "increases",
                             "decreased",
                             "enriched",
                             "depleted",
                             "above",
                             "below",
                             "than",
                             "not",
                             "no",
                             "never",
                             "without",
                             "none",
                             "neither",
                             "nor",
                             "cannot",
                             "lack",
                             "absent",
                             "only",
                             "causes",
                             "cause",
                             "because",
                             "due",
                             "leads",
                             "lead",
                             "drives",
                             "drive",
                             "driven",
                             "proves",
                             "prove",
                             "proof",
                             "demonstrates",
                             "confirms",
                             "significant",
                             "significantly",
                             "therefore",
                             "always",
                             "all",
                             "every",
                             "certainly",
                             "must",
                             "responsible",
                             "results",
                             "induces",
                             "triggers",
                             "activates",
                             "inhibits",
                             "cures",
                             "diagnoses",
                             "unlike",
                             "except",
                             "doubles",
                             "doubled",
                             "twice",
                             "half",
                             "majority",
                             "minority",
                             "strong",
                             "strongly",
                             "weak",
                             "weakly"})
      set.insert(stem(word));
    for (const char* character :
         {"高", "低", "多", "少", "最", "大", "小", "增", "减", "升", "降", "富", "不", "没",
          "无", "未", "非", "致", "引", "因", "由", "证", "驱", "使", "显", "必", "定", "全",
          "都", "总", "仅", "只", "唯", "倍", "半", "强", "弱", "缺", "胜", "超", "比"})
      set.insert(character);
    return set;
  }();
  return words.contains(key);
}

std::string unit_after(const std::vector<Unit>& units, std::size_t i) {
  const auto key = [&](std::size_t at) {
    return at < units.size() ? units[at].key : std::string();
  };
  if (key(i) == "%" || key(i) == "percent") return "%";
  if (key(i) == "cell") return key(i + 1) == "type" ? "" : "cells";
  if (key(i) == "gene") return "genes";
  const std::size_t j = key(i) == "个" ? i + 1 : i;
  if (key(j) == "细" && key(j + 1) == "胞") return key(j + 2) == "类" ? "" : "cells";
  if (key(j) == "基" && key(j + 1) == "因") return "genes";
  return "";
}

/// Half a unit of the last place that was printed.
double printed_tolerance(const std::string& surface) {
  const auto exponent_at = surface.find_first_of("eE");
  const std::string digits = surface.substr(0, exponent_at);
  const auto point = digits.find('.');
  double place = point == std::string::npos
                     ? 1
                     : std::pow(10.0, -static_cast<double>(digits.size() - point - 1));
  if (exponent_at != std::string::npos)
    place *= std::pow(10.0, std::atof(surface.c_str() + exponent_at + 1));
  return 0.5 * place;
}

/// Numbers, relation words and the rest of a stretch without names.
void read_stretch(const std::string& text, std::vector<Said>& out) {
  const auto units = cut_into_units(text);
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto& unit = units[i];
    Said said{Said::Kind::other, -1, 0, 0, "", unit.surface};
    if (unit.kind == UnitKind::number) {
      const bool negative =
          i > 0 && units[i - 1].key == "-" && (i == 1 || units[i - 2].kind != UnitKind::number);
      const auto read = number_at(units, static_cast<unsigned>(i));
      said.kind = Said::Kind::number;
      said.number = (negative ? -1 : 1) * read->first;
      said.tolerance = printed_tolerance(unit.surface) *
                       (unit.number != 0 ? std::abs(read->first / unit.number) : 1);
      i = read->second - 1;
      said.unit = unit_after(units, i + 1);
    } else if (unit.key == "百" && i + 3 < units.size() && units[i + 1].key == "分" &&
               units[i + 2].key == "之") {
      if (const auto read = number_at(units, static_cast<unsigned>(i) + 3)) {
        said = {Said::Kind::number, -1, read->first, 0.5, "%", unit.surface};
        i = read->second - 1;
      }
    } else if (const auto read = number_at(units, static_cast<unsigned>(i))) {
      // "one" and 一 are seldom numbers; a single Chinese digit is one before a measure word.
      const bool han = unit.kind == UnitKind::han;
      const std::string next =
          read->second < units.size() ? units[read->second].key : std::string();
      const bool measured = next == "个" || next == "群" || next == "种" || next == "类" ||
                            next == "倍" || next == "条";
      if (read->first >= 2 && (!han || measured || read->second - i >= 2)) {
        said = {Said::Kind::number, -1, read->first, 1e-9, unit_after(units, read->second),
                unit.surface};
        i = read->second - 1;
      } else if (is_relation(unit.key)) {
        said.kind = Said::Kind::relation;
        said.text = unit.key;
      }
    } else if (is_relation(unit.key)) {
      said.kind = Said::Kind::relation;
      said.text = unit.key;
    }
    out.push_back(std::move(said));
  }
}

}  // namespace

std::string as_compared(std::string_view text) {
  const std::string plain = normalise(text);
  const auto characters = code_points(plain);
  std::string out;
  std::size_t byte = 0;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const char32_t c = characters[i];
    const std::size_t bytes = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    const bool beside_han = (i > 0 && is_han(characters[i - 1])) ||
                            (i + 1 < characters.size() && is_han(characters[i + 1]));
    if (!(is_space(c) && beside_han)) out.append(plain, byte, bytes);
    byte += bytes;
  }
  return out;
}

Evidence::Evidence(const Finding& finding) {
  for (const auto& [id, value] : finding.values) add_value(value, {});
  for (std::size_t t = 0; t < finding.tables.size(); ++t)
    for (std::size_t c = 0; c < finding.tables[t].columns.size(); ++c) {
      const auto& column = finding.tables[t].columns[c];
      for (std::size_t r = 0; r < column.cells.size(); ++r)
        add_value(column.cells[r], {static_cast<int>(t), static_cast<int>(r), static_cast<int>(c)});
    }
  add_arguments(finding.arguments);
  for (const auto* list : {&finding.done_first, &finding.statements, &finding.caveats})
    for (const auto& statement : *list) {
      const Text pattern = message_template(statement.message);
      for (const std::string* language : {&pattern.en, &pattern.zh}) {
        // Without what fills the blanks.
        std::string own;
        int depth = 0;
        for (const char c : *language) {
          if (c == '{') {
            ++depth;
            own += ' ';
          }
          if (depth == 0) own += c;
          if (c == '}') --depth;
        }
        own = as_compared(own);
        for (const auto& unit : cut_into_units(own)) own_words_.insert(unit.key);
        std::vector<Said> said;
        read_stretch(own, said);
        for (const auto& s : said)
          if (s.kind == Said::Kind::number) own_numbers_.insert(s.number);
        own_texts_.push_back(std::move(own));
      }
    }
  read_statements(finding.done_first, finding);
  read_statements(finding.statements, finding);
  read_statements(finding.caveats, finding);
}

void Evidence::read_statements(const std::vector<tools::Statement>& statements,
                               const Finding& finding) {
  for (const auto& statement : statements) {
    const Text text = tools::sentence(finding, statement);
    statements_.push_back(read(as_compared(text.en)));
    statements_.push_back(read(as_compared(text.zh)));
  }
}

void Evidence::add_name(const std::string& text, Place place, bool gene) {
  const std::string compared = as_compared(text);
  if (compared.empty()) return;
  for (auto& name : names_)
    if (std::find(name.spellings.begin(), name.spellings.end(), compared) != name.spellings.end()) {
      name.places.push_back(place);
      name.gene = name.gene || gene;
      return;
    }
  names_.push_back({{compared}, {place}, gene});
  // A mark stands before the full stop of a name that is a sentence.
  if (compared.size() > 20 && (compared.back() == '.' || compared.back() == '?')) {
    const std::string open = compared.substr(0, compared.size() - 1);
    names_.back().spellings.push_back(open);
  }
}

void Evidence::add_value(const Value& value, Place place) {
  if (const auto* number = std::get_if<double>(&value.content)) {
    numbers_.push_back({*number, value.unit, value.whole, place});
    return;
  }
  const Text& text = std::get<Text>(value.content);
  const bool gene = value.kind == NameKind::gene;
  const std::string en = as_compared(text.en), zh = as_compared(text.zh);
  add_name(text.en, place, gene);
  if (zh.empty() || zh == en) return;
  // Both languages are one name.
  for (auto& name : names_)
    if (std::find(name.spellings.begin(), name.spellings.end(), en) != name.spellings.end() &&
        std::find(name.spellings.begin(), name.spellings.end(), zh) == name.spellings.end())
      name.spellings.push_back(zh);
}

void Evidence::add_arguments(const json& arguments) {
  if (arguments.is_string())
    add_name(arguments.get<std::string>(), {}, false);
  else if (arguments.is_number())
    numbers_.push_back({arguments.get<double>(), "", false, {}});
  else if (arguments.is_structured())
    for (const auto& element : arguments) add_arguments(element);
}

bool Evidence::in_own_text(const std::string& compared) const {
  return std::any_of(own_texts_.begin(), own_texts_.end(), [&](const std::string& text) {
    return lower_ascii(text).find(lower_ascii(compared)) != std::string::npos;
  });
}

/// The longest name that begins at this byte, with word boundaries; a plural s
/// may follow. A name of digits only is no name by itself.
std::optional<std::pair<int, std::size_t>> Evidence::name_at(const std::string& text,
                                                             std::size_t at) const {
  std::optional<std::pair<int, std::size_t>> best;
  if (at > 0 && is_ascii_word(text[at]) && is_ascii_word(text[at - 1])) return best;
  for (std::size_t n = 0; n < names_.size(); ++n)
    for (const auto& spelling : names_[n].spellings) {
      if (at + spelling.size() > text.size() || only_digits(spelling)) continue;
      const std::string_view there = std::string_view(text).substr(at, spelling.size());
      if (there != spelling && (names_[n].gene || lower_ascii(there) != lower_ascii(spelling)))
        continue;
      std::size_t end = at + spelling.size();
      if (is_ascii_word(spelling.back()) && end < text.size() && text[end] == 's' &&
          (end + 1 == text.size() || !is_ascii_word(text[end + 1])))
        ++end;
      if (is_ascii_word(spelling.back()) && end < text.size() && is_ascii_word(text[end])) continue;
      if (!best || end > best->second) best = {static_cast<int>(n), end};
    }
  return best;
}

std::vector<Said> Evidence::read(const std::string& text) const {
  std::vector<Said> out;
  std::string stretch;
  for (std::size_t at = 0; at < text.size();) {
    const auto name = name_at(text, at);
    if (!name) {
      stretch += text[at++];
      continue;
    }
    read_stretch(stretch, out);
    stretch.clear();
    Said said{Said::Kind::name, name->first, 0, 0, "", text.substr(at, name->second - at)};
    out.push_back(std::move(said));
    at = name->second;
  }
  read_stretch(stretch, out);
  return out;
}

std::vector<const EvidenceNumber*> Evidence::matches(const Said& printed) const {
  std::vector<const EvidenceNumber*> found;
  for (const auto& number : numbers_) {
    if (!printed.unit.empty() && !number.unit.empty() && number.unit != printed.unit) continue;
    const double tolerance = number.whole
                                 ? 1e-9 * std::max(1.0, std::abs(number.value))
                                 : printed.tolerance * (1 + 1e-6) + 1e-12 * std::abs(number.value);
    if (std::abs(number.value - printed.number) <= tolerance) found.push_back(&number);
  }
  return found;
}

}  // namespace celloquy::chat
