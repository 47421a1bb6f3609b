#include "language/unicode.hpp"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

namespace celloquy::language {
namespace {

constexpr char32_t replacement = 0xfffd;

const utf8proc_uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
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
  std::string valid;
  for (const char32_t letter : code_points(text)) append_utf8(valid, letter);
  utf8proc_uint8_t* mapped = nullptr;
  const auto options = static_cast<utf8proc_option_t>(
      UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  const auto length =
      utf8proc_map(bytes_of(valid), static_cast<utf8proc_ssize_t>(valid.size()), &mapped, options);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (length < 0) return code_points(valid);
  return code_points({reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length)});
}

bool is_letter_or_digit(char32_t letter) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(letter));
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

bool is_ideograph(char32_t letter) {
  return (letter >= 0x3400 && letter <= 0x9fff) || (letter >= 0xf900 && letter <= 0xfaff) ||
         (letter >= 0x20000 && letter <= 0x3ffff);
}

}  // namespace celloquy::language
