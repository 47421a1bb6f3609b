// celloquy train pool PAIRS: the pool of models/space from a folder of pairs.

#include <nlohmann/json.hpp>

#include "cli/space.hpp"
#include "knowledge/model_files.hpp"
#include "training/build_pool.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::cli {
namespace {

Expected<nlohmann::json> make_pool(const TrainPoolCommand& command, const Context& context) {
  const std::filesystem::path folder = command.pairs;
  const auto work =
      command.work.empty() ? folder / "features" : std::filesystem::path(command.work);
  const auto out = command.out.empty() ? knowledge::models_folder() / "space"
                                       : std::filesystem::path(command.out);
  CELLOQUY_TRY(const auto pairs, training::PairsFolder::open(folder, context));
  CELLOQUY_TRY(auto encoder, language::open_text_encoder(language::EncoderKind::mini_lm));
  workspace::make_folders(work.string());
  training::PoolOptions options;
  options.left_out = command.leave_out;
  if (command.genes_a_profile > 0) options.genes_a_profile = command.genes_a_profile;
  CELLOQUY_TRY(const auto features,
               training::TextFeatures::prepare(pairs, training::texts_in(pairs, options.language),
                                               *encoder, work / "mini_lm.features", context));
  CELLOQUY_TRY(const auto pool, training::build_pool(pairs, folder, features, encoder->identity(),
                                                     options, context));
  const auto files = space::pool_files(pool);
  CELLOQUY_CHECK(
      workspace::write_file_atomically((out / "pool.safetensors").string(), files.tensors));
  CELLOQUY_CHECK(
      workspace::write_file_atomically((out / "entries.tsv.gz").string(), files.entries));
  return nlohmann::json{{"entries", pool.entries.size()},
                        {"texts", pool.text_vectors.n_cells},
                        {"gene_weights", pool.gene.size()},
                        {"bytes", files.tensors.size() + files.entries.size()},
                        {"folder", out.string()}};
}

}  // namespace

int train_pool(const TrainPoolCommand& command, const Settings& settings) {
  Session session(settings);
  const auto made = make_pool(command, session.context());
  if (!made) return report_error(made.error(), settings);
  print_json(*made);
  return 0;
}

}  // namespace celloquy::cli
