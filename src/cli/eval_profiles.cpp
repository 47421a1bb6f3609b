// celloquy eval profiles: texts against profiles of studies left out.

#include <fmt/format.h>

#include "cli/eval.hpp"
#include "training/evaluation/profiles.hpp"

namespace celloquy::cli {

Expected<EvalReport> eval_profiles(const EvalCommand& command, const Context& context) {
  const std::filesystem::path folder = command.pairs;
  CELLOQUY_TRY(const auto studies, training::read_studies(command.studies));
  CELLOQUY_TRY(const auto pairs, training::PairsFolder::open(folder, context));
  CELLOQUY_TRY(auto encoder, language::open_text_encoder(language::EncoderKind::mini_lm));
  const training::ProfileOptions options;
  CELLOQUY_TRY(
      const auto features,
      training::TextFeatures::prepare(pairs, training::texts_in(pairs, options.pool.language),
                                      *encoder, folder / "features" / "mini_lm.features", context));
  CELLOQUY_TRY(const auto measured,
               training::evaluate_profiles(pairs, folder, features, studies, options, context));
  EvalReport report{"profiles", "| measure | mean | 95 % interval | n |\n|---|---|---|---|\n",
                    nlohmann::json::object()};
  for (const auto& [name, m] : measured) {
    report.data[name] = to_json(m);
    report.markdown +=
        fmt::format("| {} | {:.3f} | {:.3f} to {:.3f} | {} |\n", name, m.mean, m.low, m.high, m.n);
  }
  return report;
}

}  // namespace celloquy::cli
