#pragma once
// The commands of the joint space of texts and cells, and how it is made.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace celloquy::cli {

struct SearchCommand {
  std::string file, text, scores;
};
struct RetrieveCommand {
  std::string profiles, texts, scores;
  bool independent = false;  ///< texts are not compared with each other
};
struct EmbedCommand {
  std::string file, out, texts, texts_out;
};
struct TrainPoolCommand {
  std::string pairs, out, work;
  std::size_t genes_a_profile = 0;     ///< 0: the default
  std::vector<std::string> leave_out;  ///< pairs whose source contains one of these
};

struct TrainTowersCommand {
  std::string pairs, out, encoder = "mini_lm";
  std::vector<std::string> languages;  ///< empty: those that the encoder knows
  std::vector<std::string> leave_out;
  /// Overrides of the defaults in training/options.hpp; 0 keeps them.
  std::size_t steps = 0, genes = 0;
  std::optional<std::size_t> profiles, gene_sets;
  std::uint64_t seed = 0;
};

int search(const SearchCommand& command, const Settings& settings);
/// annotate with --labels: the cells against a list of texts.
int annotate_labels(const AnnotateCommand& command, const Settings& settings);
/// Cells, and texts where there are some, as .npy, or as obsm/X_celloquy of an .h5ad.
int embed(const EmbedCommand& command, const Settings& settings);
int retrieve(const RetrieveCommand& command, const Settings& settings);
int train_pool(const TrainPoolCommand& command, const Settings& settings);
int train_towers(const TrainTowersCommand& command, const Settings& settings);

}  // namespace celloquy::cli
