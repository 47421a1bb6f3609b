#include "chat/sentences.hpp"

#include <algorithm>
#include <cctype>

namespace celloquy::chat {
namespace {

constexpr std::string_view wide_ends[] = {"\u3002", "\uff01", "\uff1f"};
constexpr std::string_view abbreviations[] = {"vs",   "e.g", "i.e", "al", "cf", "approx",
                                              "resp", "Fig", "No",  "no", "St"};

bool ends_with_abbreviation(std::string_view text) {
  return std::any_of(std::begin(abbreviations), std::end(abbreviations), [&](std::string_view a) {
    return text.ends_with(a) &&
           (text.size() == a.size() ||
            std::isalnum(static_cast<unsigned char>(text[text.size() - a.size() - 1])) == 0);
  });
}

/// Bytes of the sentence end at `at`; 0 when none is there.
std::size_t end_at(std::string_view text, std::size_t at) {
  for (const auto end : wide_ends)
    if (text.substr(at).starts_with(end)) return end.size();
  const char c = text[at];
  if (c == '\n') return 1;
  if (c != '.' && c != '!' && c != '?') return 0;
  const bool last = at + 1 == text.size() || text[at + 1] == ' ' || text[at + 1] == '\n';
  if (!last || (c == '.' && ends_with_abbreviation(text.substr(0, at)))) return 0;
  return 1;
}

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t n = 0;
  while (at + n < text.size() && std::isdigit(static_cast<unsigned char>(text[at + n])) != 0) ++n;
  return n;
}

}  // namespace

std::vector<std::string> split_sentences(std::string_view text) {
  std::vector<std::string> out;
  std::size_t begin = 0, at = 0;
  while (at < text.size()) {
    const std::size_t length = end_at(text, at);
    at += length ? length : 1;
    if (!length) continue;
    while (at < text.size() && (text[at] == ' ' || text[at] == '\n')) ++at;
    out.emplace_back(text.substr(begin, at - begin));
    begin = at;
  }
  if (begin < text.size()) out.emplace_back(text.substr(begin));
  return out;
}

std::string with_mark(const std::string& sentence, std::size_t n, bool chinese) {
  const std::string mark = (chinese ? "[" : " [") + std::to_string(n) + "]";
  std::size_t end = sentence.size();
  while (end > 0 && (sentence[end - 1] == ' ' || sentence[end - 1] == '\n')) --end;
  for (const std::string_view stop :
       {"\u3002", "\uff01", "\uff1f", "\uff1a", "\uff1b", ".", "!", "?", ":", ";"})
    if (std::string_view(sentence).substr(0, end).ends_with(stop)) {
      end -= stop.size();
      break;
    }
  return sentence.substr(0, end) + mark + sentence.substr(end);
}

std::vector<MarkedPiece> cut_at_marks(std::string_view sentence) {
  std::vector<MarkedPiece> pieces;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < sentence.size(); ++at) {
    if (sentence[at] != '[') continue;
    const std::size_t digits = digits_at(sentence, at + 1);
    if (digits == 0 || digits > 4 || at + 1 + digits >= sentence.size() ||
        sentence[at + 1 + digits] != ']')
      continue;
    pieces.push_back(
        {std::string(sentence.substr(begin, at - begin)),
         static_cast<std::size_t>(std::stoul(std::string(sentence.substr(at + 1, digits))))});
    at += digits + 1;
    begin = at + 1;
  }
  const std::string rest(sentence.substr(begin));
  if (pieces.empty()) return {{rest, 0}};
  pieces.back().text += rest;
  return pieces;
}

}  // namespace celloquy::chat
