// celloquy train towers PAIRS --out FOLDER: learns the joint space contrastively.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/space.hpp"
#include "knowledge/marker_table.hpp"
#include "training/train.hpp"

namespace celloquy::cli {
namespace {

Expected<std::unique_ptr<language::TextEncoder>> open_encoder(const std::string& name) {
  if (name == "hashing") return language::hashing_encoder();
  return language::open_text_encoder(name == "mini_lm" ? language::EncoderKind::mini_lm
                                                       : language::EncoderKind::multilingual_e5);
}

training::Options options_of(const TrainTowersCommand& command) {
  training::Options options;
  if (command.encoder != "mini_lm") options.languages = {"en", "zh"};
  // Vectors of this encoder lie closer together: unrelated texts have a cosine of .8.
  if (command.encoder == "multilingual_e5") options.alike_cosine = 0.93;
  if (!command.languages.empty()) options.languages = command.languages;
  options.leave_out = command.leave_out;
  if (command.steps) options.steps = command.steps;
  if (command.genes) options.genes = command.genes;
  options.profiles = command.profiles.value_or(options.profiles);
  options.gene_sets = command.gene_sets.value_or(options.gene_sets);
  options.seed = command.seed;
  return options;
}

Expected<training::TrainingResult> run_training(const TrainTowersCommand& command,
                                                const training::Options& options,
                                                training::Exchange& exchange,
                                                const Context& context) {
  CELLOQUY_TRY(const auto pairs, training::PairsFolder::open(command.pairs, context));
  CELLOQUY_TRY(const auto markers, knowledge::MarkerTable::load());
  CELLOQUY_TRY(const auto scales, training::scales_of(pairs.genes(), markers));
  CELLOQUY_TRY(const auto encoder, open_encoder(command.encoder));
  return training::train(pairs, *encoder, scales, options, command.out, exchange, context);
}

void print_result(const training::TrainingResult& result, const training::Options& options,
                  const std::string& path, const Settings& settings) {
  const int bits = result.quantized ? 8 : 32;
  if (settings.json) {
    print_json({{"steps", options.steps},
                {"resumed_from", result.first_step},
                {"loss", result.last.loss},
                {"temperature", result.last.temperature},
                {"cells_to_texts", result.last.cells_to_texts},
                {"texts_to_cells", result.last.texts_to_cells},
                {"retrieval",
                 {{"rows", result.retrieval.rows},
                  {"float", result.retrieval.exact},
                  {"8_bit", result.retrieval.quantized}}},
                {"bits", bits},
                {"weights", path},
                {"seconds", result.last.seconds}});
    return;
  }
  const Language language = interface_language(settings);
  if (result.first_step > 0)
    fmt::print("{}\n", message("cli.train.resumed", {{"step", result.first_step}}).in(language));
  const double found = (result.last.cells_to_texts + result.last.texts_to_cells) / 2;
  fmt::print("{}\n{}\n",
             message("cli.train.done", {{"steps", options.steps},
                                        {"loss", result.last.loss},
                                        {"percent", 100 * found},
                                        {"rows", options.profiles + options.gene_sets},
                                        {"seconds", result.last.seconds}})
                 .in(language),
             message("cli.train.written", {{"bits", bits}, {"path", path}}).in(language));
}

}  // namespace

int train_towers(const TrainTowersCommand& command, const Settings& settings) {
  const Session session(settings);
  const auto exchange = training::all_processes();
  const auto options = options_of(command);
  const auto result = run_training(command, options, *exchange, session.context());
  if (!result) return report_error(result.error(), settings);
  if (exchange->rank() == 0)
    print_result(*result, options, command.out + "/towers.safetensors", settings);
  return 0;
}

}  // namespace celloquy::cli
