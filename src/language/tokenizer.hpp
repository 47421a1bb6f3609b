#pragma once
// Texts to the numbers of the tokens that an encoder was trained on. Both
// tokenizers give what the reference implementation gives (tests/parity).

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"

namespace celloquy::language {

class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  /// The tokens of a text between the two that begin and end every input; of a
  /// longer text the first `longest` − 2. Time grows with the length of the text.
  virtual std::vector<std::int32_t> tokens(std::string_view text, std::size_t longest) const = 0;
};

/// WordPiece (Devlin et al., NAACL 2019): lower case, accents dropped, words cut
/// into the longest known pieces. `vocabulary` has a piece a line, in the order
/// of their numbers. Error (unusable_input): it cannot be read or lacks a token.
Expected<std::unique_ptr<Tokenizer>> open_wordpiece(const std::string& vocabulary);

/// Unigram (Kudo, ACL 2018): the division into pieces of highest probability.
/// `pieces`: a line a token, piece and log probability; `normalization`: a line
/// a character that is written differently, code points in hexadecimal.
Expected<std::unique_ptr<Tokenizer>> open_unigram(const std::string& pieces,
                                                  const std::string& normalization);

}  // namespace celloquy::language
