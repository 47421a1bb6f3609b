#include "chat/units.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

namespace celloquy::chat {
namespace {

void append_utf8(std::string& out, char32_t c) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto n = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), bytes.data());
  out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(n));
}

/// NFKC turns full-width forms into ASCII already; these are left.
char32_t plain_character(char32_t c) {
  switch (c) {
    case U'。': return U'.';
    case U'、': return U',';
    case U'“':
    case U'”':
    case U'「':
    case U'」':
    case U'『':
    case U'』':
    case U'《':
    case U'》': return U'"';
    case U'‘':
    case U'’': return U'\'';
    case U'–':
    case U'—':
    case U'−': return U'-';
    case U'×': return U'x';
    case U'≥':
    case U'≤': return c;
    default: return c;
  }
}

bool is_word_character(char32_t c) {
  if (c < 128) return std::isalnum(static_cast<int>(c)) != 0 || c == '_';
  if (is_han(c)) return false;
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}
bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }

class Cutter {
 public:
  explicit Cutter(std::string_view text) : characters_(code_points(text)) {}

  std::vector<Unit> cut() {
    while (at_ < characters_.size()) {
      const char32_t c = characters_[at_];
      if (c <= ' ' || c == 0x3000)
        ++at_;
      else if (is_han(c))
        single(UnitKind::han);
      else if (is_digit(c) && number())
        continue;
      else if (is_word_character(c) || begins_path())
        word();
      else
        single(UnitKind::punctuation);
    }
    return std::move(units_);
  }

 private:
  char32_t peek(std::size_t i) const { return i < characters_.size() ? characters_[i] : U' '; }
  std::string slice(std::size_t begin, std::size_t end) const {
    std::string out;
    for (std::size_t i = begin; i < end; ++i) append_utf8(out, characters_[i]);
    return out;
  }
  void single(UnitKind kind) {
    Unit unit{kind, slice(at_, at_ + 1), slice(at_, at_ + 1)};
    units_.push_back(std::move(unit));
    ++at_;
  }
  /// 12, 1,336, 0.5, 1e-3, 10k; not "10x" or "2nd", which are words.
  bool number() {
    std::size_t end = at_;
    std::string digits;
    while (is_digit(peek(end)) ||
           (peek(end) == ',' && is_digit(peek(end + 1)) && is_digit(peek(end + 2)) &&
            is_digit(peek(end + 3)) && !is_digit(peek(end + 4)))) {
      if (peek(end) != ',') digits += static_cast<char>(peek(end));
      ++end;
    }
    if (peek(end) == '.' && is_digit(peek(end + 1))) {
      digits += '.';
      for (++end; is_digit(peek(end)); ++end) digits += static_cast<char>(peek(end));
    }
    if ((peek(end) == 'e' || peek(end) == 'E') &&
        (is_digit(peek(end + 1)) || (peek(end + 1) == '-' && is_digit(peek(end + 2))))) {
      digits += 'e';
      ++end;
      if (peek(end) == '-') {
        digits += '-';
        ++end;
      }
      for (; is_digit(peek(end)); ++end) digits += static_cast<char>(peek(end));
    }
    double value = std::strtod(digits.c_str(), nullptr);
    if ((peek(end) == 'k' || peek(end) == 'K') && !is_word_character(peek(end + 1))) {
      value *= 1000;
      ++end;
    }
    if (is_word_character(peek(end)) || (peek(end) == '.' && is_word_character(peek(end + 1))))
      return false;
    Unit unit{UnitKind::number, slice(at_, end), slice(at_, end), value};
    units_.push_back(std::move(unit));
    at_ = end;
    return true;
  }
  /// /data/x, ./x, ../x, ~/x: not a slash between two words.
  bool begins_path() const {
    if (at_ > 0 && is_word_character(characters_[at_ - 1]) && !is_han(characters_[at_ - 1]))
      return false;
    std::size_t i = at_;
    while (peek(i) == '.' && i < at_ + 2) ++i;
    if (i == at_ && peek(i) == '~') ++i;
    return peek(i) == '/' && is_word_character(peek(i + 1));
  }
  /// Letters and digits, joined by - . / ' inside: HLA-DRA, out/result.h5ad, don't; CD8+.
  void word() {
    std::size_t end = at_;
    if (begins_path())
      while (!is_word_character(peek(end))) ++end;
    while (is_word_character(peek(end)) ||
           ((peek(end) == '-' || peek(end) == '.' || peek(end) == '/' || peek(end) == '\'') &&
            end > at_ && is_word_character(peek(end + 1))))
      ++end;
    if (peek(end) == '/' && peek(end + 1) <= ' ') ++end;
    const bool sign =
        (peek(end) == '+' || peek(end) == '-') && end - at_ >= 3 && is_digit(peek(end - 1));
    if (sign) ++end;
    std::string surface = slice(at_, end);
    if (surface.size() > 2 && surface.ends_with("'s")) surface.resize(surface.size() - 2);
    Unit unit{UnitKind::word, surface, stem(surface)};
    units_.push_back(std::move(unit));
    at_ = end;
  }

  std::vector<char32_t> characters_;
  std::size_t at_ = 0;
  std::vector<Unit> units_;
};

bool is_vowel(char c) { return std::string_view("aeiouy").find(c) != std::string_view::npos; }

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// "filterr" → "filter" after "-ed" is cut off.
void undouble(std::string& word) {
  const auto n = word.size();
  if (n > 3 && word[n - 1] == word[n - 2] && !is_vowel(word[n - 1]) &&
      std::string_view("lsz").find(word[n - 1]) == std::string_view::npos)
    word.pop_back();
}

bool cut_ending(std::string& word, std::string_view ending, std::size_t left) {
  if (!word.ends_with(ending) || word.size() < ending.size() + left) return false;
  const std::string rest = word.substr(0, word.size() - ending.size());
  if (std::none_of(rest.begin(), rest.end(), is_vowel)) return false;
  word = rest;
  return true;
}

}  // namespace

std::vector<char32_t> code_points(std::string_view text) {
  std::vector<char32_t> out;
  out.reserve(text.size());
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t c = -1;
    const auto n =
        utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &c);
    if (n <= 0) {
      ++at;
      continue;
    }
    out.push_back(static_cast<char32_t>(c));
    at += static_cast<std::size_t>(n);
  }
  return out;
}

bool is_han(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || c == 0x3007 ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x2FFFF);
}

std::string normalise(std::string_view sentence) {
  std::string valid;
  for (const char32_t c : code_points(sentence)) append_utf8(valid, c < ' ' ? U' ' : c);
  utf8proc_uint8_t* composed =
      utf8proc_NFKC(reinterpret_cast<const utf8proc_uint8_t*>(valid.c_str()));
  if (!composed) return valid;
  const std::string nfkc(reinterpret_cast<const char*>(composed));
  std::free(composed);  // utf8proc allocates with malloc
  std::string out;
  for (const char32_t c : code_points(nfkc)) append_utf8(out, plain_character(c));
  return out;
}

std::string stem(std::string_view written) {
  std::string word;
  for (const char32_t c : code_points(written))
    append_utf8(word, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))));
  const bool letters =
      std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (!letters || word.size() < 4) return word;
  replace_all(word, "isation", "ization");
  replace_all(word, "colour", "color");
  replace_all(word, "tumour", "tumor");
  if (word.size() > 4 && word.ends_with("ies"))
    word.replace(word.size() - 3, 3, "y");
  else if (word.ends_with("sses") || word.ends_with("ches") || word.ends_with("shes") ||
           word.ends_with("xes"))
    word.resize(word.size() - 2);
  else if (word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") &&
           !word.ends_with("is"))
    word.pop_back();
  if (cut_ending(word, "ing", 3) || cut_ending(word, "ed", 3)) undouble(word);
  if (word.size() > 4 && word.ends_with('e')) word.pop_back();
  if (word.size() > 5 && word.ends_with("yz")) word.back() = 's';
  if (word.size() > 6 && word.ends_with("is") && !word.ends_with("sis")) word.back() = 'z';
  return word;
}

std::vector<Unit> cut_into_units(std::string_view normalised) { return Cutter(normalised).cut(); }

Language detect_language(std::string_view sentence) {
  std::size_t han = 0, words = 0;
  for (const auto& unit : cut_into_units(sentence)) {
    han += unit.kind == UnitKind::han;
    words += unit.kind == UnitKind::word;
  }
  return han > 0 && han >= words ? Language::chinese : Language::english;
}

unsigned edit_distance(std::string_view a, std::string_view b, unsigned limit) {
  const std::size_t n = a.size(), m = b.size();
  if ((n > m ? n - m : m - n) > limit) return limit + 1;
  std::vector<unsigned> before(m + 1), row(m + 1), next(m + 1);
  for (std::size_t j = 0; j <= m; ++j) row[j] = static_cast<unsigned>(j);
  for (std::size_t i = 1; i <= n; ++i) {
    next[0] = static_cast<unsigned>(i);
    unsigned smallest = next[0];
    for (std::size_t j = 1; j <= m; ++j) {
      next[j] = std::min({row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        next[j] = std::min(next[j], before[j - 2] + 1);
      smallest = std::min(smallest, next[j]);
    }
    if (smallest > limit) return limit + 1;
    before.swap(row);
    row.swap(next);
  }
  return std::min(row[m], limit + 1);
}

}  // namespace celloquy::chat
