// Numbers in digits and words of both languages.

#include <algorithm>
#include <cctype>
#include <optional>
#include <unordered_map>

#include "chat/entities.hpp"

namespace celloquy::chat {
namespace {

/// Number words are compared as written: stems would change "three" and "hundred".
std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

struct Read {
  double value;
  unsigned end;
};

const std::unordered_map<std::string_view, double>& english_numbers() {
  static const std::unordered_map<std::string_view, double> words = {
      {"zero", 0},     {"one", 1},      {"two", 2},        {"three", 3},     {"four", 4},
      {"five", 5},     {"six", 6},      {"seven", 7},      {"eight", 8},     {"nine", 9},
      {"ten", 10},     {"eleven", 11},  {"twelve", 12},    {"thirteen", 13}, {"fourteen", 14},
      {"fifteen", 15}, {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19},
      {"twenty", 20},  {"thirty", 30},  {"forty", 40},     {"fifty", 50},    {"sixty", 60},
      {"seventy", 70}, {"eighty", 80},  {"ninety", 90}};
  return words;
}
std::optional<double> english_multiplier(std::string_view word) {
  if (word == "hundred") return 100;
  if (word == "thousand") return 1000;
  if (word == "million") return 1e6;
  return std::nullopt;
}
std::optional<double> ordinal_word(std::string_view word) {
  static const std::unordered_map<std::string_view, double> words = {
      {"first", 1}, {"second", 2},  {"third", 3},  {"fourth", 4}, {"fifth", 5},
      {"sixth", 6}, {"seventh", 7}, {"eighth", 8}, {"ninth", 9},  {"tenth", 10},
      {"1st", 1},   {"2nd", 2},     {"3rd", 3},    {"4th", 4},    {"5th", 5},
      {"6th", 6},   {"7th", 7},     {"8th", 8},    {"9th", 9}};
  const auto found = words.find(word);
  return found == words.end() ? std::nullopt : std::optional<double>(found->second);
}
std::optional<double> chinese_digit(std::string_view c) {
  static const std::unordered_map<std::string_view, double> digits = {
      {"零", 0}, {"〇", 0}, {"一", 1}, {"二", 2}, {"两", 2}, {"三", 3},
      {"四", 4}, {"五", 5}, {"六", 6}, {"七", 7}, {"八", 8}, {"九", 9}};
  const auto found = digits.find(c);
  return found == digits.end() ? std::nullopt : std::optional<double>(found->second);
}
std::optional<double> chinese_multiplier(std::string_view c) {
  if (c == "十") return 10;
  if (c == "百") return 100;
  if (c == "千") return 1000;
  if (c == "万") return 1e4;
  if (c == "亿") return 1e8;
  return std::nullopt;
}

/// "two hundred fifty", "a thousand": sums below each multiplier.
std::optional<Read> english_number(const std::vector<Unit>& units, unsigned at) {
  double total = 0, part = 0;
  bool any = false;
  unsigned i = at;
  for (; i < units.size() && units[i].kind == UnitKind::word; ++i) {
    const std::string key = lower(units[i].surface);
    if (const auto found = english_numbers().find(key); found != english_numbers().end()) {
      part += found->second;
    } else if (const auto multiplier = english_multiplier(key)) {
      part = (part == 0 ? 1 : part) * *multiplier;
      if (*multiplier >= 1000) {
        total += part;
        part = 0;
      }
    } else if (!(any && key == "and" && i + 1 < units.size() &&
                 english_numbers().contains(lower(units[i + 1].surface)) &&
                 english_multiplier(lower(units[i - 1].surface)))) {
      break;
    }
    any = true;
  }
  return any ? std::optional<Read>({total + part, i}) : std::nullopt;
}

/// 三千五百, 两万, 二十, 十; 二〇〇 digit by digit.
std::optional<Read> chinese_number(const std::vector<Unit>& units, unsigned at) {
  double total = 0, section = 0, digit = 0;
  bool any = false, multiplied = false;
  unsigned i = at;
  for (; i < units.size() && units[i].kind == UnitKind::han; ++i) {
    if (const auto d = chinese_digit(units[i].key)) {
      digit =
          any && !multiplied && i > at && chinese_digit(units[i - 1].key) ? digit * 10 + *d : *d;
      multiplied = false;
    } else if (const auto m = chinese_multiplier(units[i].key)) {
      if (*m >= 1e4) {
        total = (total + section + digit == 0 ? 1 : total + section + digit) * *m;
        section = 0;
      } else {
        section += (digit == 0 ? 1 : digit) * *m;
      }
      digit = 0;
      multiplied = true;
    } else {
      break;
    }
    any = true;
  }
  return any ? std::optional<Read>({total + section + digit, i}) : std::nullopt;
}

/// 1.5万, 2千; otherwise the digits alone.
Read digits_number(const std::vector<Unit>& units, unsigned at) {
  double value = units[at].number;
  unsigned i = at + 1;
  for (; i < units.size(); ++i) {
    const auto multiplier = units[i].kind == UnitKind::han
                                ? chinese_multiplier(units[i].key)
                                : english_multiplier(lower(units[i].surface));
    if (!multiplier) break;
    value *= *multiplier;
  }
  return {value, i};
}

std::optional<Read> any_number(const std::vector<Unit>& units, unsigned at) {
  if (at >= units.size()) return std::nullopt;
  switch (units[at].kind) {
    case UnitKind::number: return digits_number(units, at);
    case UnitKind::word: return english_number(units, at);
    case UnitKind::han: return chinese_number(units, at);
    case UnitKind::punctuation: break;
  }
  return std::nullopt;
}

bool is_percent(const Unit& unit) {
  return unit.key == "%" || unit.key == "percent" || unit.key == "pct" || unit.key == "percentag";
}

}  // namespace

std::optional<std::pair<double, unsigned>> number_at(const std::vector<Unit>& units, unsigned at) {
  const auto read = any_number(units, at);
  if (!read) return std::nullopt;
  return std::pair{read->value, read->end};
}

void find_numbers(const Grammar& grammar, Lattice& lattice) {
  const auto& units = lattice.units;
  const int number = grammar.category("number"), percent = grammar.category("percent"),
            ordinal = grammar.category("ordinal");
  for (unsigned at = 0; at < units.size(); ++at) {
    if (const auto which = ordinal_word(lower(units[at].surface)))
      lattice.edges.push_back({at, at + 1, ordinal, *which, 0});
    if (at + 2 < units.size() && units[at].key == "百" && units[at + 1].key == "分" &&
        units[at + 2].key == "之")
      if (const auto read = any_number(units, at + 3))
        lattice.edges.push_back({at, read->end, percent, read->value, 0});
    // The inside of a number is not another number: 二百 is not 百.
    if (at > 0 && units[at].kind == UnitKind::han &&
        (chinese_digit(units[at - 1].key) || chinese_multiplier(units[at - 1].key) ||
         (units[at - 1].kind == UnitKind::number && chinese_multiplier(units[at].key))))
      continue;
    const auto read = any_number(units, at);
    if (!read) continue;
    lattice.edges.push_back({at, read->end, number, read->value, 0});
    if (read->end < units.size() && is_percent(units[read->end]))
      lattice.edges.push_back({at, read->end + 1, percent, read->value, 0});
  }
}

}  // namespace celloquy::chat
