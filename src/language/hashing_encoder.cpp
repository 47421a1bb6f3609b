// The twin of the text encoders for tests: feature hashing (Weinberger et al.,
// ICML 2009) of words and letter trigrams. Sums of ±1 and ±2 are exact, so the
// order in which they are added does not matter.

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/random.hpp"
#include "base/thread_pool.hpp"
#include "language/text_encoder.hpp"
#include "language/unicode.hpp"

namespace celloquy::language {
namespace {

constexpr std::size_t block_size = 64;

std::uint64_t hash_feature(std::span<const char32_t> letters, std::uint64_t kind) {
  std::uint64_t hash = mix64(kind);
  for (const char32_t letter : letters) hash = mix64(hash ^ letter);
  return hash;
}

class HashingEncoder final : public TextEncoder {
 public:
  explicit HashingEncoder(std::size_t dimension)
      : dimension_(dimension), identity_("hashing-1/" + std::to_string(dimension)) {}

  std::string_view identity() const override { return identity_; }
  std::size_t dimension() const override { return dimension_; }

  Expected<std::vector<float>> encode(std::span<const std::string> texts,
                                      const Context& context) override {
    std::vector<float> vectors(texts.size() * dimension_);
    parallel_for_blocks(context, texts.size(), block_size, [&](const Block& block) {
      for (std::size_t i = block.begin; i < block.end; ++i)
        encode_one(texts[i], std::span(vectors).subspan(i * dimension_, dimension_));
    });
    if (context.cancelled()) return cancelled_error();
    return vectors;
  }

 private:
  void add(std::uint64_t feature, float weight, std::span<float> vector) const {
    vector[(feature >> 1) % dimension_] += feature & 1 ? weight : -weight;
  }

  void add_word(std::span<const char32_t> word, std::span<float> vector) const {
    if (word.empty()) return;
    add(hash_feature(word, 1), 2, vector);
    // The ends count as a letter: prefixes and suffixes are features too.
    std::vector<char32_t> letters{U' '};
    letters.insert(letters.end(), word.begin(), word.end());
    letters.push_back(U' ');
    for (std::size_t i = 0; i + 3 <= letters.size(); ++i)
      add(hash_feature(std::span(letters).subspan(i, 3), 3), 1, vector);
  }

  void encode_one(std::string_view text, std::span<float> vector) const {
    const auto letters = folded(text);
    std::size_t begin = 0;  // of the word that is being read
    for (std::size_t i = 0; i <= letters.size(); ++i) {
      const bool ideograph = i < letters.size() && is_ideograph(letters[i]);
      if (i < letters.size() && !ideograph && is_letter_or_digit(letters[i])) continue;
      add_word(std::span(letters).subspan(begin, i - begin), vector);
      if (ideograph) add_word(std::span(letters).subspan(i, 1), vector);
      begin = i + 1;
    }
    double squares = 0;
    for (const float value : vector) squares += static_cast<double>(value) * value;
    if (squares == 0) {  // no word, or features that cancelled each other
      vector[0] = 1;
      return;
    }
    const double scale = 1 / std::sqrt(squares);
    for (float& value : vector) value = static_cast<float>(value * scale);
  }

  std::size_t dimension_;
  std::string identity_;
};

}  // namespace

std::unique_ptr<TextEncoder> hashing_encoder(std::size_t dimension) {
  return std::make_unique<HashingEncoder>(std::max<std::size_t>(dimension, 1));
}

}  // namespace celloquy::language
