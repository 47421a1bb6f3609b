#include "language/unicode.hpp"

#include <utf8proc.h>

#include <array>
#include <cstdlib>
#include <memory>

namespace celloquy::language {
namespace {

constexpr char32_t replacement = 0xfffd;

const utf8proc_uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

utf8proc_category_t category_of(char32_t letter) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(letter));
}

/// `text` is valid UTF-8.
std::vector<char32_t> mapped(const std::string& text, int options) {
  utf8proc_uint8_t* result = nullptr;
  const auto length = utf8proc_map(bytes_of(text), static_cast<utf8proc_ssize_t>(text.size()),
                                   &result, static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(result, &std::free);
  if (length < 0) return code_points(text);
  return code_points({reinterpret_cast<const char*>(result), static_cast<std::size_t>(length)});
}

/// The parts of `whole` are those of `first`, then `mark`: nothing was put in order to join them.
bool is_made_of(char32_t whole, char32_t first, char32_t mark) {
  std::vector<char32_t> parts, expected;
  append_decomposed(parts, whole);
  append_decomposed(expected, first);
  expected.push_back(mark);
  return parts == expected;
}

std::string utf8(const std::vector<char32_t>& letters) {
  std::string text;
  text.reserve(letters.size());
  for (const char32_t letter : letters) append_utf8(text, letter);
  return text;
}

}  // namespace

std::vector<char32_t> code_points(std::string_view text) {
  std::vector<char32_t> letters;
  letters.reserve(text.size());
  while (!text.empty()) {
    utf8proc_int32_t letter = -1;
    const auto length =
        utf8proc_iterate(bytes_of(text), static_cast<utf8proc_ssize_t>(text.size()), &letter);
    letters.push_back(length > 0 ? static_cast<char32_t>(letter) : replacement);
    text.remove_prefix(length > 0 ? static_cast<std::size_t>(length) : 1);
  }
  return letters;
}

void append_utf8(std::string& text, char32_t letter) {
  utf8proc_uint8_t bytes[4];
  const auto length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(letter), bytes);
  text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

std::vector<char32_t> folded(std::string_view text) {
  return mapped(utf8(code_points(text)), UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                             UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
}

std::vector<char32_t> composed(const std::vector<char32_t>& letters) {
  std::vector<char32_t> joined;
  joined.reserve(letters.size());
  for (const char32_t letter : letters) {
    const auto category = category_of(letter);
    const bool mark = category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC;
    const bool vowel_or_final = letter >= 0x1161 && letter <= 0x11c2;  // of a Hangul syllable
    if ((mark || vowel_or_final) && !joined.empty()) {
      const auto pair = mapped(utf8({joined.back(), letter}), UTF8PROC_STABLE | UTF8PROC_COMPOSE);
      if (pair.size() == 1 && is_made_of(pair.front(), joined.back(), letter)) {
        joined.back() = pair.front();
        continue;
      }
    }
    joined.push_back(letter);
  }
  return joined;
}

void append_decomposed(std::vector<char32_t>& letters, char32_t letter) {
  std::array<utf8proc_int32_t, 8> parts{};
  int boundary = 0;
  const auto count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(letter), parts.data(),
                                             parts.size(), UTF8PROC_DECOMPOSE, &boundary);
  if (count < 1 || count > static_cast<utf8proc_ssize_t>(parts.size())) {
    letters.push_back(letter);
    return;
  }
  letters.insert(letters.end(), parts.begin(), parts.begin() + count);
}

char32_t lower_case(char32_t letter) {
  return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(letter)));
}

bool is_letter_or_digit(char32_t letter) {
  const auto category = category_of(letter);
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

bool is_ideograph(char32_t letter) {
  return (letter >= 0x3400 && letter <= 0x9fff) || (letter >= 0xf900 && letter <= 0xfaff) ||
         (letter >= 0x20000 && letter <= 0x3ffff);
}

bool is_white_space(char32_t letter) {
  return (letter >= 0x09 && letter <= 0x0d) || letter == 0x20 || letter == 0x85 || letter == 0xa0 ||
         letter == 0x1680 || (letter >= 0x2000 && letter <= 0x200a) || letter == 0x2028 ||
         letter == 0x2029 || letter == 0x202f || letter == 0x205f || letter == 0x3000;
}

bool is_control(char32_t letter) {
  const auto category = category_of(letter);
  return category >= UTF8PROC_CATEGORY_CC && category <= UTF8PROC_CATEGORY_CO;
}

bool is_nonspacing_mark(char32_t letter) { return category_of(letter) == UTF8PROC_CATEGORY_MN; }

bool is_punctuation(char32_t letter) {
  if (letter < 0x80)
    return (letter >= '!' && letter <= '/') || (letter >= ':' && letter <= '@') ||
           (letter >= '[' && letter <= '`') || (letter >= '{' && letter <= '~');
  const auto category = category_of(letter);
  return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

}  // namespace celloquy::language
