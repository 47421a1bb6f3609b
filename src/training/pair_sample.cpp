#include "training/pair_sample.hpp"

#include <algorithm>
#include <numeric>

#include "base/thread_pool.hpp"

namespace celloquy::training {
namespace {

constexpr std::size_t pairs_a_block = 64;
constexpr std::size_t blocks_at_a_time = 16;

/// own · ½ + platform · ½, in place of own.
void half_and_half(std::vector<float>& own, const std::vector<float>& platform) {
  for (std::size_t i = 0; i < own.size(); ++i) own[i] = (own[i] + platform[i]) / 2;
}

GeneChoice every_gene(std::size_t n) {
  std::vector<std::uint32_t> all(n);
  std::iota(all.begin(), all.end(), 0u);
  return GeneChoice(std::move(all), n);
}

/// Adds weight · (unit vector)² of one pair.
class SquareSums {
 public:
  SquareSums(const PairsFolder& pairs, const Scales& scales, const WholeMeans& means,
             const Options& options)
      : pairs_(pairs),
        scales_(scales),
        means_(means),
        options_(options),
        all_(every_gene(pairs.genes().size())) {}

  Status add(std::uint32_t i, PairRow& row, std::vector<float>& vector, double* sums) const {
    const Pair& pair = pairs_[i];
    const double weight = options_.family_weight(pairs_.family(pair).name);
    CELLOQUY_CHECK(pairs_.read_row(i, row));
    vector.assign(all_.size(), 0.0f);
    if (pairs_.is_profile(pair)) {
      const Source& source = pairs_.source(pair);
      auto centre = means_.source[static_cast<std::size_t>(pair.source)];
      half_and_half(centre, means_.platform[static_cast<std::size_t>(source.platform)]);
      training::standardize(row, source, all_, scales_, centre.data(), vector.data());
    } else {
      for (std::size_t k = 0; k < row.genes.size(); ++k) vector[row.genes[k]] = row.values[k];
    }
    set_length(vector.data(), vector.size(), 1);
    for (std::size_t g = 0; g < vector.size(); ++g)
      sums[g] += weight * static_cast<double>(vector[g]) * vector[g];
    return {};
  }

 private:
  const PairsFolder& pairs_;
  const Scales& scales_;
  const WholeMeans& means_;
  const Options& options_;
  GeneChoice all_;
};

}  // namespace

Expected<GeneChoice> choose_genes(const PairsFolder& pairs, const Selection& selection,
                                  const Scales& scales, const WholeMeans& means,
                                  const Options& options, const Context& context) {
  const std::size_t n = pairs.genes().size();
  auto sample = evenly(selection.profiles, most_sampled_profiles);
  const auto sets = evenly(selection.gene_sets, most_sampled_sets);
  sample.insert(sample.end(), sets.begin(), sets.end());
  const SquareSums squares(pairs, scales, means, options);
  std::vector<double> total(n), partial(blocks_at_a_time * n);
  constexpr std::size_t wave = blocks_at_a_time * pairs_a_block;
  for (std::size_t first = 0; first < sample.size(); first += wave) {
    const std::size_t count = std::min(wave, sample.size() - first);
    std::vector<Status> statuses(blocks_at_a_time);
    std::fill(partial.begin(), partial.end(), 0.0);
    parallel_for_blocks(context, count, pairs_a_block, [&](const Block& block) {
      PairRow row;
      std::vector<float> vector;
      for (std::size_t i = block.begin; i < block.end && statuses[block.index]; ++i)
        statuses[block.index] =
            squares.add(sample[first + i], row, vector, partial.data() + block.index * n);
    });
    if (context.cancelled()) return cancelled_error();
    for (std::size_t b = 0; b < blocks_at_a_time; ++b) {
      CELLOQUY_CHECK(statuses[b]);
      for (std::size_t g = 0; g < n; ++g) total[g] += partial[b * n + g];
    }
    context.report("choice of genes",
                   static_cast<double>(first + count) / static_cast<double>(sample.size()));
  }
  std::vector<std::uint32_t> genes;
  for (std::uint32_t g = 0; g < n; ++g)
    if (scales.human[g] > 0 && total[g] > 0) genes.push_back(g);
  std::stable_sort(genes.begin(), genes.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return total[a] > total[b]; });
  genes.resize(std::min(genes.size(), options.genes));
  std::sort(genes.begin(), genes.end());
  return GeneChoice(std::move(genes), n);
}

Expected<PairSample> take_sample(const PairsFolder& pairs, const Selection& selection,
                                 const GeneChoice& choice, const Scales& scales,
                                 const Centres& centres, const Options& options,
                                 const Context& context) {
  PairSample out;
  const std::size_t n = out.n_genes = choice.size();
  out.pairs = evenly(selection.profiles, most_sampled_profiles);
  out.n_profiles = out.pairs.size();
  out.profiles.resize(out.n_profiles * n);
  std::vector<Status> statuses(block_count(out.n_profiles, pairs_a_block));
  parallel_for_blocks(context, out.n_profiles, pairs_a_block, [&](const Block& block) {
    PairRow row;
    std::vector<float> centre(n), platform(n);
    const auto fill = [&](std::size_t i) -> Status {
      const Pair& pair = pairs[out.pairs[i]];
      const Source& source = pairs.source(pair);
      CELLOQUY_CHECK(pairs.read_row(out.pairs[i], row));
      CELLOQUY_CHECK(centres.source(static_cast<std::size_t>(pair.source), 0, centre.data()));
      CELLOQUY_CHECK(
          centres.platform(static_cast<std::size_t>(source.platform), 0, platform.data()));
      half_and_half(centre, platform);
      standardize(row, source, choice, scales, centre.data(), out.profiles.data() + i * n);
      set_length(out.profiles.data() + i * n, n, 1);
      return {};
    };
    for (std::size_t i = block.begin; i < block.end && statuses[block.index]; ++i)
      statuses[block.index] = fill(i);
  });
  if (context.cancelled()) return cancelled_error();
  for (const auto& status : statuses) CELLOQUY_CHECK(status);

  PairRow row;
  for (const auto pair : evenly(selection.gene_sets, most_sampled_sets)) {
    CELLOQUY_CHECK(pairs.read_row(pair, row));
    for (std::size_t k = 0; k < row.genes.size(); ++k)
      if (const auto column = choice.column[row.genes[k]]; column != GeneChoice::none) {
        out.columns.push_back(column);
        out.values.push_back(row.values[k]);
      }
    if (out.columns.size() == out.offsets.back()) continue;  // no gene of it was chosen
    set_length(out.values.data() + out.offsets.back(), out.columns.size() - out.offsets.back(), 1);
    out.offsets.push_back(out.columns.size());
    out.pairs.push_back(pair);
  }
  for (const auto pair : out.pairs)
    out.weights.push_back(options.family_weight(pairs.family(pairs[pair]).name));
  return out;
}

}  // namespace celloquy::training
