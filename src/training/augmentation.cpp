#include "training/augmentation.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "training/thinning.hpp"

namespace celloquy::training {

Augmentation::Augmentation(const PairsFolder& pairs, const Selection& selection,
                           const Scales& scales, const Preparation& preparation,
                           const AugmentationOptions& options)
    : pairs_(pairs),
      scales_(scales),
      choice_(preparation.choice),
      centres_(preparation.centres),
      options_(options),
      group_of_(pairs.size(), 0) {
  // Ontology ids and labels are numbered apart: the sign tells them.
  std::map<std::pair<std::int32_t, std::int64_t>, std::uint32_t> groups;
  for (const auto i : selection.profiles) {
    const Pair& pair = pairs[i];
    const std::int64_t type = pair.cell_type >= 0 ? pair.cell_type : -1 - std::int64_t{pair.label};
    const auto [found, is_new] = groups.try_emplace({pairs.source(pair).platform, type},
                                                    static_cast<std::uint32_t>(groups_.size()));
    if (is_new) groups_.emplace_back();
    groups_[found->second].push_back(i);
    group_of_[i] = found->second;
  }
}

const std::vector<std::uint32_t>& Augmentation::relatives(std::uint32_t pair) const {
  return groups_[group_of_[pair]];
}

/// Shares of the chosen genes go to scratch.abundance (not normalised), the sum
/// over all genes to `total`.
Status Augmentation::abundances(std::uint32_t pair, RandomStream& random,
                                AugmentationScratch& scratch, double& total) const {
  CELLOQUY_CHECK(pairs_.read_row(pair, scratch.row));
  const auto& others = relatives(pair);
  const bool mix = random.uniform() < options_.mixed_share;
  const std::uint32_t other = others[random.below(others.size())];
  const double own_share = 0.5 + 0.5 * random.uniform();
  total = 0;
  std::fill(scratch.abundance.begin(), scratch.abundance.end(), 0.0f);
  const auto add = [&](const PairRow& row, double factor, const Source* not_of) {
    for (std::size_t i = 0; i < row.genes.size(); ++i) {
      // What the relative did not measure is taken from the profile alone.
      const double share = not_of && !not_of->measures(row.genes[i]) ? 1 : factor;
      // Not expm1, which takes three times as long: what is lost is below 1e-7 counts.
      const float value = static_cast<float>(share) * (std::exp(row.values[i]) - 1);
      total += value;
      if (const auto column = choice_.column[row.genes[i]]; column != GeneChoice::none)
        scratch.abundance[column] += value;
    }
  };
  if (!mix || other == pair) {
    add(scratch.row, 1, nullptr);
    return {};
  }
  CELLOQUY_CHECK(pairs_.read_row(other, scratch.other));
  add(scratch.row, own_share, &pairs_.source(pairs_[other]));
  add(scratch.other, 1 - own_share, nullptr);
  return {};
}

/// scratch.centre = a · own table at this depth + (1 − a) · platform, of which the mean
/// at this depth and the one of whole profiles are equally likely: at run time the
/// reference is the mean of whole profiles, whatever the depth of the cells.
Status Augmentation::random_centre(const Pair& pair, double log_depth, RandomStream& random,
                                   AugmentationScratch& scratch) const {
  const std::size_t n = choice_.size();
  const auto source = static_cast<std::size_t>(pair.source);
  const auto platform = static_cast<std::size_t>(pairs_.source(pair).platform);
  const float own = static_cast<float>(random.uniform());
  const bool whole_platform = random.uniform() < 0.5 || log_depth < 0;
  std::size_t level = 0;
  float above = 0;  // share of level + 1
  if (log_depth >= 0) {
    const double at = (log_depth - options_.least_depth) /
                      (options_.most_depth - options_.least_depth) * (depth_levels - 2);
    level = std::min<std::size_t>(1 + static_cast<std::size_t>(at), depth_levels - 2);
    above = static_cast<float>(at - static_cast<double>(level - 1));
  }
  std::fill(scratch.centre.begin(), scratch.centre.end(), 0.0f);
  const auto add = [&](const Status& read, float factor) -> Status {
    if (!read) return read;
    for (std::size_t i = 0; i < n; ++i) scratch.centre[i] += factor * scratch.more[i];
    return {};
  };
  float* more = scratch.more.data();
  CELLOQUY_CHECK(add(centres_.source(source, level, more), own * (1 - above)));
  if (above > 0) CELLOQUY_CHECK(add(centres_.source(source, level + 1, more), own * above));
  if (whole_platform) return add(centres_.platform(platform, 0, more), 1 - own);
  CELLOQUY_CHECK(add(centres_.platform(platform, level, more), (1 - own) * (1 - above)));
  return add(centres_.platform(platform, level + 1, more), (1 - own) * above);
}

Status Augmentation::profile(std::uint32_t index, RandomStream& random,
                             AugmentationScratch& scratch, float* to) const {
  const std::size_t n = choice_.size();
  const Pair& pair = pairs_[index];
  const Source& source = pairs_.source(pair);
  const auto& scale = scales_.of(source);
  scratch.abundance.resize(n);
  scratch.centre.resize(n);
  scratch.more.resize(n);
  double total = 0;
  CELLOQUY_CHECK(abundances(index, random, scratch, total));

  double chosen = 0;
  for (const float value : scratch.abundance) chosen += value;
  const double rest = std::max(0.0, total - chosen);
  const double noise = options_.gene_noise * random.uniform();
  total = rest;
  for (float& value : scratch.abundance)
    if (value > 0) {
      value *= std::exp(static_cast<float>(noise * random.normal()));
      total += value;
    }
  if (!(total > 0)) total = 1;  // a profile of nothing stays one

  double log_depth = -1;
  if (random.uniform() >= options_.whole_share) {
    log_depth =
        options_.least_depth + (options_.most_depth - options_.least_depth) * random.uniform();
    const double counts = std::pow(10, log_depth) / total;
    // Genes that were not chosen matter by their sum only.
    double counted = static_cast<double>(poisson(rest * counts, random));
    for (float& value : scratch.abundance)
      if (value > 0) {
        value = static_cast<float>(poisson(value * counts, random));
        counted += value;
      }
    total = std::max(1.0, counted);  // all genes may have been missed
  }
  CELLOQUY_CHECK(random_centre(pair, log_depth, random, scratch));
  const float per_10000 = static_cast<float>(1e4 / total);
  const double dropout = options_.largest_dropout * random.uniform();
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t gene = choice_.genes[i];
    const bool measured = source.measures(gene) && random.uniform() >= dropout;
    const float value = scratch.abundance[i];
    const float x = value > 0 ? std::log1p(value * per_10000) : 0.0f;
    to[i] =
        measured ? std::clamp((x - scratch.centre[i]) * scale[gene], -largest_z, largest_z) : 0.0f;
  }
  set_length(to, n, input_length);
  return {};
}

Status Augmentation::plain_profile(std::uint32_t index, AugmentationScratch& scratch,
                                   float* to) const {
  const std::size_t n = choice_.size();
  const Pair& pair = pairs_[index];
  const Source& source = pairs_.source(pair);
  scratch.centre.resize(n);
  scratch.more.resize(n);
  CELLOQUY_CHECK(pairs_.read_row(index, scratch.row));
  CELLOQUY_CHECK(centres_.source(static_cast<std::size_t>(pair.source), 0, scratch.centre.data()));
  CELLOQUY_CHECK(
      centres_.platform(static_cast<std::size_t>(source.platform), 0, scratch.more.data()));
  for (std::size_t i = 0; i < n; ++i) scratch.centre[i] = (scratch.centre[i] + scratch.more[i]) / 2;
  standardize(scratch.row, source, choice_, scales_, scratch.centre.data(), to);
  set_length(to, n, input_length);
  return {};
}

Status Augmentation::gene_set(std::uint32_t index, RandomStream* random,
                              AugmentationScratch& scratch, std::vector<std::uint32_t>& columns,
                              std::vector<float>& values) const {
  CELLOQUY_CHECK(pairs_.read_row(index, scratch.row));
  const PairRow& row = scratch.row;
  scratch.kept.clear();
  for (std::uint32_t i = 0; i < row.genes.size(); ++i)
    if (choice_.column[row.genes[i]] != GeneChoice::none) scratch.kept.push_back(i);
  if (random && !scratch.kept.empty()) {
    const double dropout = options_.largest_dropout * random->uniform();
    const std::uint32_t spared = scratch.kept[random->below(scratch.kept.size())];
    std::erase_if(scratch.kept,
                  [&](std::uint32_t i) { return random->uniform() < dropout && i != spared; });
  }
  const std::size_t first = values.size();
  for (const auto i : scratch.kept) {
    const double factor = random ? std::exp(options_.set_noise * random->normal()) : 1.0;
    columns.push_back(choice_.column[row.genes[i]]);
    values.push_back(static_cast<float>(row.values[i] * factor));
  }
  set_length(values.data() + first, values.size() - first, input_length);
  return {};
}

}  // namespace celloquy::training
