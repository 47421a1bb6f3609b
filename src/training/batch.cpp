#include "training/batch.hpp"

#include <algorithm>
#include <cmath>

#include "base/thread_pool.hpp"
#include "space/towers/products.hpp"

namespace celloquy::training {
namespace {

constexpr std::size_t items_a_block = 8;

/// Each use of randomness has its own streams.
enum class Purpose : std::uint64_t { draw = 1, augment = 2, text = 3 };

RandomStream stream(const Options& options, Purpose purpose, std::uint64_t step,
                    std::uint64_t number) {
  return RandomStream(mix64(options.seed ^ (static_cast<std::uint64_t>(purpose) << 56)) + step,
                      number);
}

Status first_error(const std::vector<Status>& statuses, const Context& context) {
  if (context.cancelled()) return cancelled_error();
  for (const auto& status : statuses)
    if (!status) return status;
  return {};
}

bool same(const Pair& a, const Pair& b) {
  return a.label == b.label || (a.cell_type >= 0 && a.cell_type == b.cell_type);
}

}  // namespace

BatchMaker::BatchMaker(const PairsFolder& pairs, const Selection& selection,
                       const Preparation& preparation, const TextFeatures& features,
                       const Augmentation& augmentation, const Options& options)
    : pairs_(pairs),
      features_(features),
      augmentation_(augmentation),
      text_mean_(preparation.text_map.mean),
      options_(options),
      languages_(used_languages(pairs.index(), options)),
      profiles_(families_of(selection.profiles)),
      gene_sets_(families_of(selection.gene_sets)) {}

/// A family is drawn in proportion to its weight and the root of its size: a large
/// collection is seen more often, but does not drown the others.
std::vector<BatchMaker::Drawn> BatchMaker::families_of(
    const std::vector<std::uint32_t>& pairs) const {
  const auto& families = pairs_.index().families;
  std::vector<Drawn> all(families.size());
  for (const auto i : pairs) all[static_cast<std::size_t>(pairs_[i].family)].pairs.push_back(i);
  std::vector<Drawn> out;
  double total = 0;
  for (std::size_t f = 0; f < all.size(); ++f) {
    if (all[f].pairs.empty()) continue;
    total += options_.family_weight(families[f].name) *
             std::sqrt(static_cast<double>(all[f].pairs.size()));
    all[f].up_to = total;
    out.push_back(std::move(all[f]));
  }
  for (auto& family : out) family.up_to /= total;
  return out;
}

BatchItem BatchMaker::draw(const std::vector<Drawn>& families, std::uint64_t step,
                           std::uint64_t number) const {
  RandomStream random = stream(options_, Purpose::draw, step, number);
  const double u = random.uniform();
  auto family =
      std::find_if(families.begin(), families.end(), [&](const Drawn& f) { return u < f.up_to; });
  if (family == families.end()) --family;
  BatchItem item;
  item.number = number;
  item.pair = family->pairs[random.below(family->pairs.size())];
  const auto texts = pairs_.texts(pairs_[item.pair]);
  const auto used = [&](const PairText& text) {
    return languages_[static_cast<std::size_t>(text.language)] != 0;
  };
  auto left =
      random.below(static_cast<std::uint64_t>(std::count_if(texts.begin(), texts.end(), used)));
  for (const PairText& text : texts)
    if (used(text) && left-- == 0) item.text = text.text;
  return item;
}

std::vector<BatchItem> BatchMaker::choose(std::uint64_t step, std::size_t processes) const {
  std::vector<BatchItem> out;
  const std::size_t profiles = options_.profiles / processes, sets = options_.gene_sets / processes;
  for (std::size_t rank = 0; rank < processes; ++rank) {
    for (std::size_t i = 0; i < profiles; ++i)
      out.push_back(draw(profiles_, step, rank * profiles + i));
    for (std::size_t i = 0; i < sets; ++i)
      out.push_back(draw(gene_sets_, step, options_.profiles + rank * sets + i));
  }
  return out;
}

Status BatchMaker::make(std::uint64_t step, std::span<const BatchItem> all, std::size_t rank,
                        std::size_t processes, bool augment, Batch& batch,
                        const Context& context) const {
  const std::size_t own = all.size() / processes, first = rank * own;
  const std::size_t profiles = options_.profiles / processes;
  CELLOQUY_CHECK(make_profiles(step, all.subspan(first, profiles), augment, batch, context));
  CELLOQUY_CHECK(make_sets(step, all.subspan(first + profiles, own - profiles), augment, batch));
  return make_texts(step, all, first, own, augment, batch, context);
}

Status BatchMaker::make_profiles(std::uint64_t step, std::span<const BatchItem> own, bool augment,
                                 Batch& batch, const Context& context) const {
  const std::size_t n = augmentation_.n_genes();
  batch.dense.resize(own.size() * n);
  batch.cells.dense_rows = own.size();
  batch.cells.dense = batch.dense.data();
  std::vector<Status> statuses(own.size());
  std::vector<AugmentationScratch> scratch(worker_count(context));
  parallel_for_blocks(context, own.size(), items_a_block, [&](const Block& block) {
    for (std::size_t i = block.begin; i < block.end; ++i) {
      RandomStream random = stream(options_, Purpose::augment, step, own[i].number);
      float* to = batch.dense.data() + i * n;
      statuses[i] = augment ? augmentation_.profile(own[i].pair, random, scratch[block.worker], to)
                            : augmentation_.plain_profile(own[i].pair, scratch[block.worker], to);
    }
  });
  return first_error(statuses, context);
}

Status BatchMaker::make_sets(std::uint64_t step, std::span<const BatchItem> own, bool augment,
                             Batch& batch) const {
  auto& cells = batch.cells;
  cells.offsets.assign(1, 0);
  cells.columns.clear();
  cells.values.clear();
  AugmentationScratch scratch;
  for (const auto& item : own) {
    RandomStream random = stream(options_, Purpose::augment, step, item.number);
    CELLOQUY_CHECK(augmentation_.gene_set(item.pair, augment ? &random : nullptr, scratch,
                                          cells.columns, cells.values));
    cells.offsets.push_back(cells.columns.size());
  }
  return {};
}

Status BatchMaker::make_texts(std::uint64_t step, std::span<const BatchItem> all, std::size_t first,
                              std::size_t own, bool augment, Batch& batch,
                              const Context& context) const {
  const std::size_t n = all.size(), d = features_.dimension();
  std::vector<float> vectors(n * d);
  for (std::size_t i = 0; i < n; ++i)
    CELLOQUY_CHECK(features_.read(all[i].text, vectors.data() + i * d));
  batch.text.resize(own * d);
  batch.texts.dense_rows = own;
  batch.texts.dense = batch.text.data();
  for (std::size_t i = 0; i < own; ++i) {
    RandomStream random = stream(options_, Purpose::text, step, all[first + i].number);
    const double noise = augment ? options_.augmentation.text_noise : 0;
    for (std::size_t j = 0; j < d; ++j) {
      const double value = vectors[(first + i) * d + j] - text_mean_[j] +
                           (noise > 0 ? noise * random.normal() : 0.0);
      batch.text[i * d + j] = static_cast<float>(input_length * value);
    }
  }
  batch.weights.resize(n * n);
  parallel_for_blocks(context, n, 64, [&](const Block& block) {
    float* rows = batch.weights.data() + block.begin * n;
    space::multiply(block.size(), n, d, 1.0f, {vectors.data() + block.begin * d, d},
                    {vectors.data(), d, space::Side::transposed}, 0.0f, rows, n);
    for (std::size_t i = block.begin; i < block.end; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        float& weight = batch.weights[i * n + j];
        const bool alike = weight > options_.alike_cosine;
        weight = static_cast<float>(i == j ? self_weight
                                    : same(pairs_[all[i].pair], pairs_[all[j].pair])
                                        ? options_.same_weight
                                    : alike ? options_.alike_weight
                                            : 0);
      }
  });
  return {};
}

}  // namespace celloquy::training
