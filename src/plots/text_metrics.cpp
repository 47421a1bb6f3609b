#include "plots/text_metrics.hpp"

#include <cstdint>

namespace celloquy::plots {
namespace {

/// Hundredths of an em, characters 32 to 126.
constexpr std::uint8_t widths[] = {
    32, 40, 46, 84, 64, 95, 78, 27, 39,  39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79,
    60, 79, 69, 63, 61, 73, 68, 99, 69,  61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63,
    63, 28, 28, 58, 28, 97, 63, 61, 63,  63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84};

struct Character {
  std::size_t bytes;
  double em;
  bool wide;
};

Character next_character(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) return {1, first >= 32 && first < 127 ? widths[first - 32] / 100.0 : 0, false};
  std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
  bytes = bytes < text.size() ? bytes : text.size();
  // From U+2E80 on: ideographs, kana, full-width forms, and pictures.
  const bool wide =
      bytes == 4 || (bytes == 3 && (first > 0xE2 || (first == 0xE2 && text[1] >= '\xBA')));
  return {bytes, wide ? 1.0 : 0.64, wide};
}

}  // namespace

double text_width(std::string_view text, double font_size) {
  double width = 0;
  while (!text.empty()) {
    const auto character = next_character(text);
    width += character.em;
    text.remove_prefix(character.bytes);
  }
  return width * font_size;
}

std::string shortened(std::string_view text, double font_size, double most) {
  if (text_width(text, font_size) <= most) return std::string(text);
  const double room = most - text_width("…", font_size);
  std::size_t kept = 0;
  for (double width = 0; kept < text.size();) {
    const auto character = next_character(text.substr(kept));
    width += character.em * font_size;
    if (width > room) break;
    kept += character.bytes;
  }
  while (kept > 0 && text[kept - 1] == ' ') --kept;
  return std::string(text.substr(0, kept)) + "…";
}

std::vector<std::string> wrapped(std::string_view text, double font_size, double most) {
  std::vector<std::string> lines;
  std::size_t start = 0, at = 0, break_end = 0, break_next = 0;
  double width = 0;
  while (at < text.size()) {
    const auto character = next_character(text.substr(at));
    if (text[at] == ' ')
      break_end = at, break_next = at + 1;
    else if (character.wide && at > start)
      break_end = break_next = at;
    if (width + character.em * font_size > most && break_next > start) {
      lines.emplace_back(text.substr(start, break_end - start));
      start = break_next;
      width = at > start ? text_width(text.substr(start, at - start), font_size) : 0;
      if (at < start) {
        at = start;
        continue;
      }
    }
    width += character.em * font_size;
    at += character.bytes;
  }
  if (start < text.size()) lines.emplace_back(text.substr(start));
  return lines;
}

}  // namespace celloquy::plots
