#include "io/assets.hpp"
#include "language/text_encoder.hpp"

namespace celloquy::language {

Expected<std::unique_ptr<TextEncoder>> open_text_encoder(EncoderKind kind) {
  const bool english = kind == EncoderKind::mini_lm;
  CELLOQUY_TRY(const auto path,
               asset_path(english ? "all_minilm_l6_v2" : "multilingual_e5_small", "encoder.gguf"));
  return failure(ErrorCode::internal, "language.model_unusable", {{"path", path}});
}

}  // namespace celloquy::language
