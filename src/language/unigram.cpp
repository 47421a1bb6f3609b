#include <algorithm>
#include <charconv>
#include <limits>
#include <unordered_map>
#include <utility>

#include "language/tokenizer.hpp"
#include "language/unicode.hpp"
#include "language/vocabulary_file.hpp"

namespace celloquy::language {
namespace {

/// An unknown letter costs this much more than the least likely piece.
constexpr double unknown_penalty = 10;

class Unigram final : public Tokenizer {
 public:
  explicit Unigram(std::string pieces) : text_(std::move(pieces)) {}

  /// False when a line is not what it should be.
  bool read_pieces() {
    const auto lines = lines_of(text_);
    numbers_.reserve(lines.size());
    scores_.reserve(lines.size());
    for (const auto line : lines) {
      const auto tab = line.find('\t');
      if (tab == std::string_view::npos) return false;
      float score = 0;
      const auto end = line.data() + line.size();
      if (std::from_chars(line.data() + tab + 1, end, score).ptr != end) return false;
      const auto piece = line.substr(0, tab);
      const auto number = static_cast<std::int32_t>(scores_.size());
      scores_.push_back(score);
      lowest_ = std::min<double>(lowest_, score);
      if (piece == "<s>") begin_ = number;
      if (piece == "</s>") end_ = number;
      if (piece == "<unk>") unknown_ = number;
      // Marks of the model, not text: whoever writes "<s>" means three letters.
      if (piece == "<s>" || piece == "</s>" || piece == "<unk>" || piece == "<pad>" ||
          piece == "<mask>")
        continue;
      numbers_.emplace(piece, number);
      longest_piece_ = std::max(longest_piece_, piece.size());
    }
    return begin_ >= 0 && end_ >= 0 && unknown_ >= 0;
  }

  bool read_normalization(std::string_view text) {
    for (const auto line : lines_of(text)) {
      std::vector<char32_t> letters;
      for (std::size_t at = 0; at < line.size();) {
        std::uint32_t letter = 0;
        const auto [end, error] =
            std::from_chars(line.data() + at, line.data() + line.size(), letter, 16);
        if (error != std::errc{}) return false;
        letters.push_back(letter);
        at = static_cast<std::size_t>(end - line.data()) + 1;
      }
      if (letters.empty()) return false;
      replacements_.emplace(letters.front(), std::vector(letters.begin() + 1, letters.end()));
    }
    return true;
  }

  std::vector<std::int32_t> tokens(std::string_view text, std::size_t longest) const override {
    std::vector<std::int32_t> tokens{begin_};
    append_best_division(normalized(text), tokens);
    tokens.resize(std::min(tokens.size(), longest - 1));
    tokens.push_back(end_);
    return tokens;
  }

 private:
  /// Characters replaced, marks joined with their letters, a ▁ before each word.
  std::vector<char32_t> normalized(std::string_view text) const {
    std::vector<char32_t> replaced;
    for (const char32_t letter : code_points(text)) {
      const auto found = replacements_.find(letter);
      if (found == replacements_.end())
        replaced.push_back(letter);
      else
        replaced.insert(replaced.end(), found->second.begin(), found->second.end());
    }
    std::vector<char32_t> letters;
    bool after_blank = true;
    for (const char32_t letter : composed(replaced)) {
      if (is_white_space(letter)) {
        after_blank = true;
        continue;
      }
      if (after_blank) letters.push_back(U'\u2581');
      after_blank = false;
      letters.push_back(letter);
    }
    return letters;
  }

  /// Viterbi over all divisions of the letters into pieces.
  void append_best_division(const std::vector<char32_t>& letters,
                            std::vector<std::int32_t>& tokens) const {
    std::string text;
    std::vector<std::size_t> starts{0};  // of each letter in text, and its end
    for (const char32_t letter : letters) {
      append_utf8(text, letter);
      starts.push_back(text.size());
    }
    struct Best {  // division of the letters before this one
      double score = -std::numeric_limits<double>::infinity();
      std::int32_t token = -1;   // its last piece,
      std::size_t previous = 0;  // which begins at this letter
    };
    std::vector<Best> best(letters.size() + 1);
    best[0].score = 0;
    const auto offer = [&](std::size_t end, Best candidate) {
      if (candidate.score > best[end].score) best[end] = candidate;
    };
    for (std::size_t i = 0; i < letters.size(); ++i) {
      bool known = false;  // the letter alone
      for (std::size_t end = i + 1; end <= letters.size(); ++end) {
        const auto size = starts[end] - starts[i];
        if (size > longest_piece_) break;
        const auto found = numbers_.find(std::string_view(text).substr(starts[i], size));
        if (found == numbers_.end()) continue;
        known |= end == i + 1;
        const auto number = static_cast<std::size_t>(found->second);
        offer(end, {best[i].score + scores_[number], found->second, i});
      }
      if (!known) offer(i + 1, {best[i].score + lowest_ - unknown_penalty, unknown_, i});
    }
    const auto before = static_cast<std::ptrdiff_t>(tokens.size());
    for (std::size_t i = letters.size(); i > 0; i = best[i].previous) {
      // A run of unknown letters is one unknown token.
      const bool run =
          best[i].token == unknown_ && std::ssize(tokens) > before && tokens.back() == unknown_;
      if (!run) tokens.push_back(best[i].token);
    }
    std::reverse(tokens.begin() + before, tokens.end());
  }

  std::string text_;  // what the keys of numbers_ point into
  std::unordered_map<std::string_view, std::int32_t> numbers_;
  std::vector<float> scores_;
  double lowest_ = 0;
  std::size_t longest_piece_ = 0;
  std::int32_t begin_ = -1, end_ = -1, unknown_ = -1;
  std::unordered_map<char32_t, std::vector<char32_t>> replacements_;
};

}  // namespace

Expected<std::unique_ptr<Tokenizer>> open_unigram(const std::string& pieces,
                                                  const std::string& normalization) {
  CELLOQUY_TRY(auto piece_text, read_vocabulary(pieces));
  CELLOQUY_TRY(const auto normalization_text, read_vocabulary(normalization));
  auto tokenizer = std::make_unique<Unigram>(std::move(piece_text));
  if (!tokenizer->read_pieces()) return unusable_model(pieces);
  if (!tokenizer->read_normalization(normalization_text)) return unusable_model(normalization);
  return tokenizer;
}

}  // namespace celloquy::language
