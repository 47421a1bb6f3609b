#include "training/preparation.hpp"

#include <nlohmann/json.hpp>

#include "base/hashing.hpp"
#include "workspace/blob_format.hpp"

namespace celloquy::training {
namespace {

/// Changes when what is computed from the same input changes.
constexpr int version = 1;

std::string preparation_key(const PairsFolder& pairs, const Scales& scales,
                            std::string_view encoder, const Options& options) {
  auto depends = to_json(options);
  for (const char* not_on : {"steps", "profiles", "gene_sets", "hidden", "temperature",
                             "same_weight", "alike_weight", "alike_cosine", "optimizer"})
    depends.erase(not_on);
  const auto& augmentation = options.augmentation;
  depends["augmentation"] = {augmentation.least_depth, augmentation.most_depth};
  Hasher hasher;
  hasher.text(pairs.fingerprint()).text(encoder).text(depends.dump());
  hasher.values(std::span<const float>(scales.human)).values(std::span<const float>(scales.mouse));
  hasher.values(std::span(&version, 1));
  return hasher.hex();
}

struct Start {
  std::vector<float> basis;
  TextMap text_map;
};

std::optional<std::pair<GeneChoice, Start>> read_start(const std::filesystem::path& file,
                                                       const std::string& key, std::size_t n_genes,
                                                       std::size_t dimension) {
  const auto blob = workspace::read_blob(file.string());
  if (!blob || blob->facts.value("key", "") != key) return {};
  const auto* genes = blob->array<std::uint32_t>("genes");
  const auto *basis = blob->array<float>("basis"), *mean = blob->array<float>("text_mean"),
             *weight = blob->array<float>("text_weight");
  if (!genes || !basis || !mean || !weight || basis->size() != genes->size() * dimension ||
      weight->size() != mean->size() * dimension)
    return {};
  return std::pair{GeneChoice(*genes, n_genes), Start{*basis, {*mean, *weight}}};
}

}  // namespace

Expected<Preparation> prepare(const PairsFolder& pairs, const Selection& selection,
                              const Scales& scales, const TextFeatures& features,
                              std::string_view encoder, const Options& options,
                              const std::filesystem::path& folder, const Context& context) {
  const std::string key = preparation_key(pairs, scales, encoder, options);
  const auto file = folder / "preparation.clq", centres_file = folder / "centres.records";
  const auto& depth = options.augmentation;
  const auto find_centres = [&](const GeneChoice& choice) {
    return Centres::prepare(pairs, selection, choice, depth.least_depth, depth.most_depth, key,
                            centres_file, context);
  };
  if (auto found = read_start(file, key, pairs.genes().size(), options.dimension)) {
    CELLOQUY_TRY(Centres centres, find_centres(found->first));
    return Preparation{std::move(found->first), std::move(centres), std::move(found->second.basis),
                       std::move(found->second.text_map), key};
  }
  CELLOQUY_TRY(const WholeMeans means, whole_means(pairs, selection, context));
  CELLOQUY_TRY(GeneChoice choice, choose_genes(pairs, selection, scales, means, options, context));
  CELLOQUY_TRY(Centres centres, find_centres(choice));
  CELLOQUY_TRY(const PairSample sample,
               take_sample(pairs, selection, choice, scales, centres, options, context));
  CELLOQUY_TRY(std::vector<float> basis,
               leading_basis(sample, options.dimension, options.seed, context));
  CELLOQUY_TRY(TextMap text_map,
               fit_text_map(pairs, sample, basis, options.dimension, features, options, context));
  workspace::Blob blob;
  blob.facts = {{"key", key}};
  blob.add("genes", choice.genes);
  blob.add("basis", basis);
  blob.add("text_mean", text_map.mean);
  blob.add("text_weight", text_map.weight);
  CELLOQUY_CHECK(workspace::write_blob(file.string(), blob));
  return Preparation{std::move(choice), std::move(centres), std::move(basis), std::move(text_map),
                     key};
}

}  // namespace celloquy::training
