#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace celloquy {
namespace detail {
extern const std::string_view catalogue_pieces[];
extern const unsigned catalogue_piece_count;
}  // namespace detail

namespace {

struct Entry {
  std::string_view en, zh;
};
using Catalogue = std::unordered_map<std::string_view, Entry>;

void read_piece(std::string_view piece, Catalogue& catalogue) {
  while (!piece.empty()) {
    const auto end = piece.find('\n');
    const auto line = piece.substr(0, end);
    piece.remove_prefix(end == std::string_view::npos ? piece.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    const auto first = line.find('\t');
    if (first == std::string_view::npos) continue;
    const auto second = line.find('\t', first + 1);
    if (second == std::string_view::npos) continue;
    catalogue[line.substr(0, first)] = {line.substr(first + 1, second - first - 1),
                                        line.substr(second + 1)};
  }
}

const Catalogue& catalogue() {
  static const Catalogue loaded = [] {
    Catalogue result;
    for (unsigned i = 0; i < detail::catalogue_piece_count; ++i)
      read_piece(detail::catalogue_pieces[i], result);
    return result;
  }();
  return loaded;
}

const std::string* find_argument(std::string_view name, const TextArguments& arguments,
                                 Language language) {
  for (const auto& [key, value] : arguments)
    if (key == name) return &value.text().in(language);
  return nullptr;
}

std::string fill(std::string_view pattern, const TextArguments& arguments, Language language) {
  std::string out;
  out.reserve(pattern.size() + 32);
  for (std::size_t i = 0; i < pattern.size();) {
    if (pattern[i] == '\\' && i + 1 < pattern.size() && pattern[i + 1] == 'n') {
      out += '\n';
      i += 2;
      continue;
    }
    if (pattern[i] == '{') {
      const auto end = pattern.find('}', i);
      if (end != std::string_view::npos) {
        const auto* value = find_argument(pattern.substr(i + 1, end - i - 1), arguments, language);
        if (value) {
          out += *value;
          i = end + 1;
          continue;
        }
      }
    }
    out += pattern[i++];
  }
  return out;
}

}  // namespace

TextValue::TextValue(int number) : value_(Text::same(with_thousands(number))) {}
TextValue::TextValue(unsigned number) : value_(Text::same(with_thousands(number))) {}
TextValue::TextValue(long number) : value_(Text::same(with_thousands(number))) {}
TextValue::TextValue(unsigned long number)
    : value_(Text::same(with_thousands(static_cast<long long>(number)))) {}
TextValue::TextValue(long long number) : value_(Text::same(with_thousands(number))) {}
TextValue::TextValue(unsigned long long number)
    : value_(Text::same(with_thousands(static_cast<long long>(number)))) {}
TextValue::TextValue(double number) : value_(Text::same(significant(number))) {}

Text message(std::string_view id, const TextArguments& arguments) {
  const auto found = catalogue().find(id);
  if (found == catalogue().end()) return Text::same(std::string(id));
  return {fill(found->second.en, arguments, Language::english),
          fill(found->second.zh, arguments, Language::chinese)};
}

Text message_template(std::string_view id) {
  const auto found = catalogue().find(id);
  if (found == catalogue().end()) return {};
  return {std::string(found->second.en), std::string(found->second.zh)};
}

std::vector<std::string_view> message_ids() {
  std::vector<std::string_view> ids;
  ids.reserve(catalogue().size());
  for (const auto& [id, entry] : catalogue()) ids.push_back(id);
  return ids;
}

std::string with_thousands(long long number) {
  const auto magnitude = static_cast<unsigned long long>(number);
  std::string digits = std::to_string(number < 0 ? 0 - magnitude : magnitude);
  for (int i = static_cast<int>(digits.size()) - 3; i > 0; i -= 3) digits.insert(i, ",");
  return number < 0 ? "-" + digits : digits;
}

std::string significant(double number, int digits) {
  if (std::isnan(number)) return "n/a";
  if (std::isinf(number)) return number > 0 ? "∞" : "-∞";
  if (number == 0) return "0";
  const double magnitude = std::abs(number);
  if (magnitude < 1e-3 || magnitude >= 1e6) return fmt::format("{:.{}e}", number, digits - 1);
  const int before = static_cast<int>(std::floor(std::log10(magnitude))) + 1;
  if (before >= digits)
    return magnitude < 1e5 && before <= 4 ? fmt::format("{:.0f}", number)
                                          : with_thousands(std::llround(number));
  std::string out = fmt::format("{:.{}f}", number, digits - before);
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return out;
}

Text enumerate(const std::vector<Text>& items) {
  const auto any_holds = [&](std::initializer_list<std::string_view> parts) {
    return std::any_of(items.begin(), items.end(), [&](const Text& item) {
      return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
        return item.en.find(part) != std::string::npos || item.zh.find(part) != std::string::npos;
      });
    });
  };
  const bool ambiguous = items.size() > 1 && any_holds({", ", " and ", "、", ","});
  const std::string_view between_en = ambiguous ? "; " : ", ", between_zh = ambiguous ? ";" : "、";
  const std::string_view last_en = ambiguous ? "; and " : " and ", last_zh = ambiguous ? ";" : "和";
  Text out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) {
      const bool last = i + 1 == items.size();
      out.en += last ? last_en : between_en;
      out.zh += last ? last_zh : between_zh;
    }
    out.en += items[i].en;
    out.zh += items[i].zh.empty() ? items[i].en : items[i].zh;
  }
  return out;
}

}  // namespace celloquy
