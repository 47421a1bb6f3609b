#include "knowledge/names.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace celloquy::knowledge {
namespace {

/// Decodes one character at `i` and moves on; bad bytes give themselves.
char32_t next_character(std::string_view text, std::size_t& i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned char first = byte(i);
  std::size_t length = first < 0x80    ? 1
                       : first >= 0xf0 ? 4
                       : first >= 0xe0 ? 3
                       : first >= 0xc0 ? 2
                                       : 1;
  if (i + length > text.size()) length = 1;
  char32_t c = first;
  if (length == 2) c = first & 0x1fu;
  if (length == 3) c = first & 0x0fu;
  if (length == 4) c = first & 0x07u;
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(i + k) & 0xc0u) != 0x80u) {
      i += 1;
      return first;
    }
    c = (c << 6) | (byte(i + k) & 0x3fu);
  }
  i += length;
  return c;
}

bool is_chinese(char32_t c) { return (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff); }

/// Full-width forms (CD8+) to ASCII; dashes of all kinds to '-'.
char32_t narrowed(char32_t c) {
  if (c >= 0xff01 && c <= 0xff5e) return c - 0xfee0;
  if (c >= 0x2010 && c <= 0x2015) return '-';
  if (c == 0x2212 || c == 0x00ad) return '-';
  if (c == 0x3000 || c == 0x00a0) return ' ';
  if (c == 0x207a) return '+';  // superscript plus
  if (c == 0x207b) return '-';
  return c;
}

/// Greek letters used in names of cells.
std::string_view greek(char32_t c) {
  switch (c) {
    case 0x3b1:
    case 0x391: return "alpha";
    case 0x3b2:
    case 0x392: return "beta";
    case 0x3b3:
    case 0x393: return "gamma";
    case 0x3b4:
    case 0x394: return "delta";
    case 0x3b5:
    case 0x395: return "epsilon";
    default: return {};
  }
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// Plural to singular, in place.
void make_singular(std::string& word) {
  const auto ends = [&](std::string_view end) {
    return word.size() > end.size() && word.ends_with(end);
  };
  if (word == "microglia" || word == "macroglia") {
    word.push_back('l');
  } else if (word.size() >= 3 && ends("s") && !ends("ss") && !ends("us") && !ends("is")) {
    if (ends("ies") && word.size() > 5)
      word.replace(word.size() - 3, 3, "y");
    else
      word.pop_back();
  }
}

/// British to American spelling, in place.
void make_american(std::string& word) {
  replace_all(word, "haem", "hem");
  replace_all(word, "oesoph", "esoph");
  replace_all(word, "leuco", "leuko");
  replace_all(word, "tumour", "tumor");
  replace_all(word, "foetal", "fetal");
  replace_all(word, "fibre", "fiber");
}

/// Chinese ways to say "+" and "-": they follow a marker name.
constexpr std::array<std::pair<std::string_view, char>, 4> signs_chinese = {
    {{"阳性", '+'}, {"陽性", '+'}, {"阴性", '-'}, {"陰性", '-'}}};

struct Scanner {
  std::string_view text;
  std::vector<Word> words;
  Word word;

  void flush() {
    if (word.key.empty()) return;
    if (word.key == "positive" || word.key == "pos" || word.key == "negative" ||
        word.key == "neg") {
      // Belongs to the marker before it: "CD8 positive" is "cd8+".
      const char sign = word.key.front() == 'p' ? '+' : '-';
      if (!words.empty() && !words.back().chinese && has_digit(words.back().key) &&
          words.back().key.back() != '+' && words.back().key.back() != '-') {
        words.back().key.push_back(sign);
        words.back().end = word.end;
        word = {};
        return;
      }
    }
    make_singular(word.key);
    make_american(word.key);
    words.push_back(std::move(word));
    word = {};
  }
  static bool has_digit(const std::string& key) {
    return key.find_first_of("0123456789") != std::string::npos;
  }
  void add(char32_t c, std::size_t begin, std::size_t end) {
    if (word.key.empty()) word.begin = begin;
    word.key.push_back(static_cast<char>(c));
    word.end = end;
  }
  void scan() {
    for (std::size_t i = 0; i < text.size();) {
      const std::size_t begin = i;
      char32_t c = narrowed(next_character(text, i));
      if (c >= 'A' && c <= 'Z') c += 32;
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
        add(c, begin, i);
      } else if (c == '+' && has_digit(word.key)) {
        add(c, begin, i);
        flush();
      } else if (c == '-' && is_marker(word.key) && ends_word(i)) {
        add(c, begin, i);  // "CD4- T cells" are not CD4 T cells
        flush();
      } else if (const auto name = greek(c); !name.empty()) {
        flush();
        word = {std::string(name), begin, i, false};
        flush();
      } else if (is_chinese(c)) {
        flush();
        words.push_back({std::string(text.substr(begin, i - begin)), begin, i, true});
        join_sign();
      } else {
        flush();
      }
    }
    flush();
  }
  static bool is_marker(const std::string& key) {
    return has_digit(key) && key.find_first_not_of("0123456789") != std::string::npos;
  }
  /// True when no letter or digit follows: the hyphen of "CD4-positive" joins words.
  bool ends_word(std::size_t i) const {
    if (i >= text.size()) return true;
    const char32_t c = narrowed(next_character(text, i));
    return is_chinese(c) || c == ' ' || c == ',' || c == ')' || c == '/';
  }
  /// "CD8" + "阳" + "性" → "cd8+".
  void join_sign() {
    if (words.size() < 3) return;
    auto& marker = words[words.size() - 3];
    if (marker.chinese || !has_digit(marker.key) || marker.key.back() == '+' ||
        marker.key.back() == '-')
      return;
    const auto pair = words[words.size() - 2].key + words.back().key;
    for (const auto& [written, sign] : signs_chinese)
      if (pair == written) {
        marker.key.push_back(sign);
        marker.end = words.back().end;
        words.resize(words.size() - 2);
        return;
      }
  }
};

}  // namespace

bool has_chinese(std::string_view text) {
  for (std::size_t i = 0; i < text.size();)
    if (is_chinese(next_character(text, i))) return true;
  return false;
}

std::vector<Word> words_of(std::string_view text) {
  Scanner scanner{text, {}, {}};
  scanner.scan();
  return std::move(scanner.words);
}

std::string join_key(const std::vector<Word>& words, std::size_t first, std::size_t last) {
  bool chinese = false;
  for (auto i = first; i < last; ++i) chinese = chinese || words[i].chinese;
  std::string key;
  for (auto i = first; i < last; ++i) {
    if (i > first && !chinese) key.push_back(' ');
    key += words[i].key;
  }
  return key;
}

std::string name_key(std::string_view name) {
  const auto words = words_of(name);
  return join_key(words, 0, words.size());
}

}  // namespace celloquy::knowledge
