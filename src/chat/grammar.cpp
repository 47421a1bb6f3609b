#include "chat/grammar.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <sstream>

#include "base/white_space.hpp"

namespace celloquy::chat {
namespace detail {
extern const std::string_view grammar_pieces[];  // lexicon.tsv, requests.grammar
extern const unsigned grammar_piece_count;
}  // namespace detail

namespace {

using nlohmann::json;

tl::unexpected<Error> bad_line(int number, const std::string& why) {
  return failure(ErrorCode::internal, "base.internal",
                 {{"what", "grammar line " + std::to_string(number) + ": " + why}});
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(separator, at), text.size());
    out.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

/// The bound value that "$label" or "$label:name" means; null when not bound.
json bound_value(const std::string& reference, const std::unordered_map<std::string, json>& bound) {
  std::string label = reference.substr(1);
  const bool as_name = label.ends_with(":name");
  if (as_name) label.resize(label.size() - 5);
  const auto found = bound.find(label);
  if (found == bound.end()) return nullptr;
  if (!as_name || !found->second.is_number()) return found->second;
  return std::to_string(std::llround(found->second.get<double>()));
}

json instantiate_list(const json& pattern, const std::unordered_map<std::string, json>& bound) {
  json list = json::array();
  for (const auto& element : pattern) {
    const std::string text = element.is_string() ? element.get<std::string>() : std::string();
    const bool splice = text.starts_with('$') && text.ends_with('+');
    const json value =
        splice ? bound_value(text.substr(0, text.size() - 1), bound) : instantiate(element, bound);
    if (value.is_null()) continue;
    if (splice && value.is_array())
      list.insert(list.end(), value.begin(), value.end());
    else
      list.push_back(value);
  }
  return list;
}

/// "${1} > ${3}" with the values in their places; null when one is missing.
json interpolate(const std::string& pattern, const std::unordered_map<std::string, json>& bound) {
  std::string out;
  for (std::size_t at = 0; at < pattern.size();) {
    const auto open = pattern.find("${", at);
    const auto close = open == std::string::npos ? open : pattern.find('}', open);
    if (close == std::string::npos) return out + pattern.substr(at);
    const auto value = bound.find(pattern.substr(open + 2, close - open - 2));
    if (value == bound.end() || value->second.is_null()) return nullptr;
    const json& found = value->second;
    out += pattern.substr(at, open - at) +
           (found.is_string()
                ? found.get<std::string>()
                : (found.is_number() ? fmt::format("{:.10g}", found.get<double>()) : found.dump()));
    at = close + 1;
  }
  return out;
}

}  // namespace

json instantiate(const json& pattern, const std::unordered_map<std::string, json>& bound) {
  if (pattern.is_string() && pattern.get_ref<const std::string&>().find("${") != std::string::npos)
    return interpolate(pattern.get_ref<const std::string&>(), bound);
  if (pattern.is_string() && pattern.get_ref<const std::string&>().starts_with('$'))
    return bound_value(pattern.get<std::string>(), bound);
  if (pattern.is_array()) {
    json list = instantiate_list(pattern, bound);
    return list.empty() && !pattern.empty() ? json() : list;
  }
  if (!pattern.is_object()) return pattern;
  json object = json::object();
  for (const auto& [key, element] : pattern.items()) {
    const json value = instantiate(element, bound);
    if (value.is_null()) continue;
    if (key.starts_with('+') && value.is_object())
      object.update(value);
    else
      object[key] = value;
  }
  return object;
}

int Grammar::intern(const std::string& name) {
  const auto [entry, added] = ids_.try_emplace(name, static_cast<int>(names_.size()));
  if (added) names_.push_back(name);
  return entry->second;
}

int Grammar::category(const std::string& name) const {
  const auto found = ids_.find(name);
  return found == ids_.end() ? -1 : found->second;
}

const Slot* Grammar::slot(const std::string& tool, const std::string& category) const {
  const auto slots = slots_.find(tool);
  if (slots == slots_.end()) return nullptr;
  const auto found = slots->second.find(category);
  return found == slots->second.end() ? nullptr : &found->second;
}

Status Grammar::read_lexicon(std::string_view text) {
  int number = 0;
  for (const auto& line : split(text, '\n')) {
    ++number;
    if (trimmed(line).empty() || line[0] == '#') continue;
    const auto columns = split(line, '\t');
    if (columns.size() != 3) return bad_line(number, "a lexicon line has three columns");
    // "concept=value": words of one category with a value of their own.
    const auto equals = columns[0].find('=');
    const int id = intern(trimmed(columns[0].substr(0, equals)));
    const json value = equals == std::string::npos
                           ? json(columns[0])
                           : json::parse(columns[0].substr(equals + 1), nullptr, false);
    if (value.is_discarded()) return bad_line(number, "the value is not JSON");
    for (std::size_t column : {1, 2})
      for (const auto& phrase : split(columns[column], '|'))
        if (!trimmed(phrase).empty()) lexicon_.insert(trimmed(phrase), {id, value, 0});
  }
  return {};
}

Expected<std::vector<Part>> Grammar::read_parts(const std::string& text, double& cost, int number) {
  std::vector<Part> parts;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (word[0] == '+') {
      cost = std::strtod(word.c_str() + 1, nullptr);
      continue;
    }
    Part part;
    if (word[0] == '[') {
      if (!word.ends_with(']')) return bad_line(number, "[ without ]");
      part.optional = true;
      word = word.substr(1, word.size() - 2);
    }
    const auto colon = word.find(':');
    if (colon != std::string::npos) part.label = word.substr(0, colon);
    for (const auto& name : split(colon == std::string::npos ? word : word.substr(colon + 1), '|'))
      part.categories.push_back(intern(name));
    if (part.label.empty()) part.label = names_[static_cast<std::size_t>(part.categories[0])];
    parts.push_back(std::move(part));
  }
  if (parts.empty()) return bad_line(number, "a rule needs parts");
  return parts;
}

/// A phrase with optional parts becomes one rule with and one without each.
void Grammar::add_phrase(PhraseRule rule) {
  for (std::size_t i = 0; i < rule.parts.size(); ++i) {
    if (!rule.parts[i].optional) continue;
    rule.parts[i].optional = false;
    PhraseRule without = rule;
    without.parts.erase(without.parts.begin() + static_cast<std::ptrdiff_t>(i));
    add_phrase(std::move(without));
    add_phrase(std::move(rule));
    return;
  }
  phrases_.push_back(std::move(rule));
}

Status Grammar::read_rule(const std::string& line, int number) {
  const auto space = line.find(' ');
  const std::string kind = line.substr(0, space);
  const std::string rest = space == std::string::npos ? "" : trimmed(line.substr(space));
  if (kind == "phrase") {
    const auto equals = rest.find(" = "), arrow = rest.find("=>");
    if (equals == std::string::npos) return bad_line(number, "phrase NAME = parts");
    PhraseRule rule;
    rule.category = intern(trimmed(rest.substr(0, equals)));
    const auto end = arrow == std::string::npos ? rest.size() : arrow;
    CELLOQUY_TRY(rule.parts,
                 read_parts(rest.substr(equals + 3, end - equals - 3), rule.cost, number));
    // Positions are labels too; numbered before optional parts are taken out.
    for (std::size_t i = 0; i < rule.parts.size(); ++i)
      if (rule.parts[i].label == names_[static_cast<std::size_t>(rule.parts[i].categories[0])])
        rule.parts[i].label = std::to_string(i + 1);
    rule.value = arrow == std::string::npos ? json("$1")
                                            : json::parse(rest.substr(arrow + 2), nullptr, false);
    if (rule.value.is_discarded()) return bad_line(number, "the value is not JSON");
    add_phrase(std::move(rule));
    return {};
  }
  if (kind == "frame") {
    const auto brace = rest.find('{'), colon = rest.find("} :");
    if (brace == std::string::npos || colon == std::string::npos)
      return bad_line(number, "frame TOOL {arguments} : parts");
    Frame frame;
    frame.tool = trimmed(rest.substr(0, brace));
    frame.arguments = json::parse(rest.substr(brace, colon + 1 - brace), nullptr, false);
    if (frame.arguments.is_discarded()) return bad_line(number, "the arguments are not JSON");
    CELLOQUY_TRY(frame.parts, read_parts(rest.substr(colon + 3), frame.cost, number));
    if (frame.parts.size() > 16) return bad_line(number, "a frame has 16 parts at most");
    frame.line = number;
    frames_.push_back(std::move(frame));
    return {};
  }
  if (kind == "slots") {
    std::istringstream words(rest);
    std::string tool;
    words >> tool;
    for (std::string word; words >> word;) {
      const auto equals = word.find('=');
      if (equals == std::string::npos) return bad_line(number, "slots TOOL category=argument");
      Slot slot{word.substr(equals + 1)};
      slot.list = slot.argument.ends_with("[]");
      if (slot.list) slot.argument.resize(slot.argument.size() - 2);
      slots_[tool][word.substr(0, equals)] = slot;
    }
    return {};
  }
  return bad_line(number, "a rule begins with phrase, frame or slots");
}

Status Grammar::read_rules(std::string_view text) {
  int number = 0;
  for (const auto& raw : split(text, '\n')) {
    ++number;
    const std::string line = trimmed(raw);
    if (line.empty() || line[0] == '#') continue;
    CELLOQUY_CHECK(read_rule(line, number));
  }
  return {};
}

Expected<Grammar> Grammar::parse(std::string_view lexicon, std::string_view rules) {
  Grammar grammar;
  CELLOQUY_CHECK(grammar.read_lexicon(lexicon));
  CELLOQUY_CHECK(grammar.read_rules(rules));
  return grammar;
}

const Grammar& Grammar::standard() {
  static const Grammar grammar = [] {
    auto parsed = parse(detail::grammar_pieces[0], detail::grammar_pieces[1]);
    return parsed ? *std::move(parsed) : Grammar{};  // tests/chat checks that it parses
  }();
  return grammar;
}

}  // namespace celloquy::chat
