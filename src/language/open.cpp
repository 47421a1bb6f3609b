#include <utility>

#include "io/assets.hpp"
#include "language/neural_encoder.hpp"

namespace celloquy::language {
namespace {

Expected<NeuralEncoderFiles> mini_lm() {
  const std::string asset = "all_minilm_l6_v2";
  CELLOQUY_TRY(auto weights, asset_path(asset, "encoder.gguf"));
  CELLOQUY_TRY(const auto vocabulary, asset_path(asset, "vocab.txt"));
  CELLOQUY_TRY(auto tokenizer, open_wordpiece(vocabulary));
  return NeuralEncoderFiles{"all-MiniLM-L6-v2", std::move(weights), "", std::move(tokenizer)};
}

Expected<NeuralEncoderFiles> multilingual_e5() {
  const std::string asset = "multilingual_e5_small";
  CELLOQUY_TRY(auto weights, asset_path(asset, "encoder.gguf"));
  CELLOQUY_TRY(const auto pieces, asset_path(asset, "pieces.tsv"));
  CELLOQUY_TRY(const auto normalization, asset_path(asset, "normalization.tsv"));
  CELLOQUY_TRY(auto tokenizer, open_unigram(pieces, normalization));
  return NeuralEncoderFiles{"multilingual-e5-small", std::move(weights),
                            "query: ", std::move(tokenizer)};
}

}  // namespace

Expected<std::unique_ptr<TextEncoder>> open_text_encoder(EncoderKind kind) {
  CELLOQUY_TRY(auto files, kind == EncoderKind::mini_lm ? mini_lm() : multilingual_e5());
  return open_neural_encoder(std::move(files));
}

}  // namespace celloquy::language
