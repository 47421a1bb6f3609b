#pragma once
// Text to unit vectors: similar meaning, small angle. What the texts are about is
// not known here.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.hpp"
#include "base/expected.hpp"

namespace celloquy::language {

enum class EncoderKind {
  mini_lm,          ///< all-MiniLM-L6-v2: English, 384 numbers
  multilingual_e5,  ///< multilingual-e5-small: 100 languages, 384 numbers
};

/// Encodes texts one at a time in fixed steps: the vector of a text is the same,
/// bit for bit on one kind of processor, whatever else is encoded with it, in
/// which order and by how many threads. May be called from several threads.
class TextEncoder {
 public:
  virtual ~TextEncoder() = default;
  /// Name, hash of the weights and of how they are used: equal identities give
  /// equal vectors, so it is the key for caches.
  virtual std::string_view identity() const = 0;
  virtual std::size_t dimension() const = 0;
  /// texts.size() × dimension() numbers, row by row, each row of length 1. Texts
  /// are UTF-8 (broken bytes count as U+FFFD), may be empty, and are cut at the
  /// model's longest input. Error: cancelled.
  virtual Expected<std::vector<float>> encode(std::span<const std::string> texts,
                                              const Context& context) = 0;
};

/// Loads a fetched encoder. Error (unusable_input) names the missing asset and
/// the command that brings it.
Expected<std::unique_ptr<TextEncoder>> open_text_encoder(EncoderKind kind);

/// Without a model, for tests: words and letter trigrams, hashed. Texts that
/// share words or parts of words are near each other; meaning is not known.
std::unique_ptr<TextEncoder> hashing_encoder(std::size_t dimension = 384);

/// Keeps the vectors of `inner` in a file in `folder` (vector_store.hpp), found by
/// the inner identity and the text. Several processes may share the folder; where
/// it cannot be written, everything is encoded anew.
std::unique_ptr<TextEncoder> caching_encoder(std::unique_ptr<TextEncoder> inner,
                                             const std::filesystem::path& folder);

}  // namespace celloquy::language
