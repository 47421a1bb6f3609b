#include <algorithm>
#include <unordered_map>
#include <utility>

#include "language/tokenizer.hpp"
#include "language/unicode.hpp"
#include "language/vocabulary_file.hpp"

namespace celloquy::language {
namespace {

/// A longer word is unknown as a whole, as in the reference.
constexpr std::size_t longest_word = 100;

/// The blocks that BERT takes for Chinese. U+2B820 … U+2B91F is missing in the reference, too.
bool stands_alone(char32_t c) {
  return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) ||
         (c >= 0x20000 && c <= 0x2a6df) || (c >= 0x2a700 && c <= 0x2b73f) ||
         (c >= 0x2b740 && c <= 0x2b81f) || (c >= 0x2b920 && c <= 0x2ceaf) ||
         (c >= 0xf900 && c <= 0xfaff) || (c >= 0x2f800 && c <= 0x2fa1f);
}

class WordPiece final : public Tokenizer {
 public:
  explicit WordPiece(std::string vocabulary) : vocabulary_(std::move(vocabulary)) {
    std::int32_t number = 0;
    const auto lines = lines_of(vocabulary_);
    pieces_.reserve(lines.size());
    for (const auto line : lines) {
      pieces_.emplace(line, number++);
      longest_piece_ = std::max(longest_piece_, line.size());
    }
    begin_ = number_of("[CLS]");
    end_ = number_of("[SEP]");
    unknown_ = number_of("[UNK]");
  }

  bool usable() const { return begin_ >= 0 && end_ >= 0 && unknown_ >= 0; }

  std::vector<std::int32_t> tokens(std::string_view text, std::size_t longest) const override {
    std::vector<std::int32_t> tokens{begin_};
    std::vector<char32_t> word, parts;
    const auto finish_word = [&] {
      if (!word.empty()) append_pieces(word, tokens);
      word.clear();
    };
    for (const char32_t letter : code_points(text)) {
      if (tokens.size() >= longest) break;
      const bool line_or_tab = letter == '\t' || letter == '\n' || letter == '\r';
      if (letter == 0 || letter == 0xfffd || (is_control(letter) && !line_or_tab)) continue;
      if (is_white_space(letter)) {
        finish_word();
        continue;
      }
      const bool alone = stands_alone(letter);
      if (alone) finish_word();
      parts.clear();
      append_decomposed(parts, letter);
      for (const char32_t part : parts) {
        if (is_nonspacing_mark(part)) continue;
        const bool punctuation = is_punctuation(part);
        if (punctuation) finish_word();
        word.push_back(lower_case(part));
        if (punctuation) finish_word();
      }
      if (alone) finish_word();
    }
    finish_word();
    tokens.resize(std::min(tokens.size(), longest - 1));
    tokens.push_back(end_);
    return tokens;
  }

 private:
  std::int32_t number_of(std::string_view piece) const {
    const auto found = pieces_.find(piece);
    return found == pieces_.end() ? -1 : found->second;
  }

  /// The longest known piece from the left, again and again; unknown when one is missing.
  void append_pieces(const std::vector<char32_t>& word, std::vector<std::int32_t>& tokens) const {
    const auto before = tokens.size();
    const auto unknown_word = [&] {
      tokens.resize(before);
      tokens.push_back(unknown_);
    };
    if (word.size() > longest_word) return unknown_word();
    std::string text;
    std::vector<std::size_t> ends;  // of each letter
    for (const char32_t letter : word) {
      append_utf8(text, letter);
      ends.push_back(text.size());
    }
    std::string piece;
    for (std::size_t begin = 0, first = 0; begin < text.size();) {
      std::size_t last = ends.size();
      std::int32_t number = -1;
      for (; last > first && number < 0; --last) {
        const auto size = ends[last - 1] - begin;
        if (size > longest_piece_) continue;
        piece.assign(begin == 0 ? "" : "##").append(text, begin, size);
        number = number_of(piece);
      }
      if (number < 0) return unknown_word();
      tokens.push_back(number);
      first = last + 1;
      begin = ends[last];
    }
  }

  std::string vocabulary_;  // what the keys of pieces_ point into
  std::unordered_map<std::string_view, std::int32_t> pieces_;
  std::size_t longest_piece_ = 0;
  std::int32_t begin_ = -1, end_ = -1, unknown_ = -1;
};

}  // namespace

Expected<std::unique_ptr<Tokenizer>> open_wordpiece(const std::string& vocabulary) {
  CELLOQUY_TRY(auto text, read_vocabulary(vocabulary));
  auto tokenizer = std::make_unique<WordPiece>(std::move(text));
  if (!tokenizer->usable()) return unusable_model(vocabulary);
  return tokenizer;
}

}  // namespace celloquy::language
