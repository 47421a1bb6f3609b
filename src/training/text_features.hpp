#pragma once
// The vector of each text, from a text encoder that is not trained. Encoding is
// the slowest part of a first run, so vectors are kept by content in a file of
// the work folder: a text is encoded once, whichever pairs folder it is in.

#include <cstdint>
#include <filesystem>
#include <vector>

#include "language/text_encoder.hpp"
#include "training/pairs_folder.hpp"
#include "training/record_file.hpp"

namespace celloquy::training {

class TextFeatures {
 public:
  /// Vectors of the texts for which `wanted` (by row of text_keys) is not 0;
  /// those that the file lacks are encoded and added to it, 256 at a time, so
  /// that little is lost when the program ends early. 20 bytes a text in memory.
  static Expected<TextFeatures> prepare(const PairsFolder& pairs,
                                        const std::vector<std::uint8_t>& wanted,
                                        language::TextEncoder& encoder,
                                        const std::filesystem::path& file, const Context& context);

  std::size_t dimension() const { return dimension_; }
  /// dimension() numbers; may be called from several threads.
  Status read(std::uint32_t text, float* to) const;

 private:
  explicit TextFeatures(RecordFile file) : file_(std::move(file)) {}
  Status find_known(const PairIndex& index, const std::vector<std::uint8_t>& wanted);

  static constexpr std::uint32_t absent = ~std::uint32_t{0};
  RecordFile file_;
  std::size_t dimension_ = 0;
  std::vector<std::uint32_t> record_;  // by row of text_keys
};

}  // namespace celloquy::training
