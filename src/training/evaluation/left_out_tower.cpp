#include "training/evaluation/left_out_tower.hpp"

namespace celloquy::training {

Expected<std::unique_ptr<space::TextTower>> tower_without(const PairsFolder& pairs,
                                                          const std::filesystem::path& folder,
                                                          const TextFeatures& features,
                                                          const PoolOptions& options,
                                                          const Context& context) {
  CELLOQUY_TRY(auto encoder, language::open_text_encoder(language::EncoderKind::mini_lm));
  CELLOQUY_TRY(auto pool,
               build_pool(pairs, folder, features, encoder->identity(), options, context));
  return space::make_text_tower(std::make_shared<const space::Pool>(std::move(pool)),
                                std::move(encoder));
}

}  // namespace celloquy::training
