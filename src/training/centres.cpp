#include "training/centres.hpp"

#include <algorithm>
#include <cmath>

#include "base/thread_pool.hpp"
#include "training/thinning.hpp"

namespace celloquy::training {
namespace {

constexpr std::size_t sources_at_a_time = 16;

/// The first error of a loop's blocks, in the order of blocks.
Status first_error(const std::vector<Status>& statuses, const Context& context) {
  if (context.cancelled()) return cancelled_error();
  for (const auto& status : statuses)
    if (!status) return status;
  return {};
}

/// means · weight added where the source measured the gene.
void add_measured(const Source& source, std::span<const std::uint32_t> genes, const float* means,
                  double weight, std::vector<double>& sums, std::vector<double>& weights) {
  for (std::size_t i = 0; i < genes.size(); ++i)
    if (source.measures(genes[i])) {
      sums[i] += weight * means[i];
      weights[i] += weight;
    }
}

std::vector<float> divided(const std::vector<double>& sums, const std::vector<double>& weights) {
  std::vector<float> out(sums.size());
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<float>(weights[i] > 0 ? sums[i] / weights[i] : 0);
  return out;
}

/// Means of one source at all levels, level by level.
class LevelMeans {
 public:
  LevelMeans(double least, double most) {
    for (std::size_t level = 1; level < depth_levels; ++level)
      thinned_.emplace_back(std::pow(10, level_depth(level, least, most)));
  }

  Status operator()(const PairsFolder& pairs, const std::vector<std::uint32_t>& profiles,
                    const GeneChoice& choice, float* to) const {
    const std::size_t n = choice.size();
    std::vector<double> sums(depth_levels * n);
    PairRow row;
    for (const auto profile : profiles) {
      CELLOQUY_CHECK(pairs.read_row(profile, row));
      double total = 0;
      for (const float value : row.values) total += std::expm1(value);
      for (std::size_t i = 0; i < row.genes.size(); ++i) {
        const auto column = choice.column[row.genes[i]];
        if (column == GeneChoice::none) continue;
        const double share = std::expm1(row.values[i]) / total;
        sums[column] += row.values[i];
        for (std::size_t level = 1; level < depth_levels; ++level)
          sums[level * n + column] += thinned_[level - 1](share);
      }
    }
    const double count = static_cast<double>(std::max<std::size_t>(1, profiles.size()));
    for (std::size_t i = 0; i < sums.size(); ++i) to[i] = static_cast<float>(sums[i] / count);
    return {};
  }

 private:
  std::vector<ThinnedMean> thinned_;
};

std::vector<std::vector<std::size_t>> sources_of_platforms(const PairIndex& index) {
  std::vector<std::vector<std::size_t>> out(index.platforms.size());
  for (std::size_t s = 0; s < index.sources.size(); ++s)
    out[static_cast<std::size_t>(index.sources[s].platform)].push_back(s);
  return out;
}

}  // namespace

Expected<WholeMeans> whole_means(const PairsFolder& pairs, const Selection& selection,
                                 const Context& context) {
  const PairIndex& index = pairs.index();
  const std::size_t n = pairs.genes().size(), n_sources = index.sources.size();
  WholeMeans out;
  out.source.resize(n_sources);
  std::vector<Status> statuses(n_sources);
  parallel_for_blocks(context, n_sources, 1, [&](const Block& block) {
    const auto profiles = evenly(selection.of_source[block.index], profiles_a_mean);
    std::vector<double> sums(n),
        counts(n, static_cast<double>(std::max<std::size_t>(1, profiles.size())));
    PairRow row;
    for (const auto profile : profiles) {
      statuses[block.index] = pairs.read_row(profile, row);
      if (!statuses[block.index]) return;
      for (std::size_t i = 0; i < row.genes.size(); ++i) sums[row.genes[i]] += row.values[i];
    }
    out.source[block.index] = divided(sums, counts);
  });
  CELLOQUY_CHECK(first_error(statuses, context));

  std::vector<std::uint32_t> all(n);
  for (std::uint32_t g = 0; g < n; ++g) all[g] = g;
  for (const auto& sources : sources_of_platforms(index)) {
    std::vector<double> sums(n), weights(n);
    for (const auto s : sources)
      add_measured(index.sources[s], all, out.source[s].data(),
                   static_cast<double>(selection.of_source[s].size()), sums, weights);
    out.platform.push_back(divided(sums, weights));
  }
  return out;
}

Expected<Centres> Centres::prepare(const PairsFolder& pairs, const Selection& selection,
                                   const GeneChoice& choice, double least_depth, double most_depth,
                                   const std::string& identity, const std::filesystem::path& file,
                                   const Context& context) {
  const PairIndex& index = pairs.index();
  const std::size_t n = choice.size(), n_sources = index.sources.size(),
                    n_platforms = index.platforms.size();
  CELLOQUY_TRY(RecordFile records, RecordFile::open(file, identity, n * sizeof(float)));
  Centres out(std::move(records));
  out.n_sources_ = n_sources;
  if (out.file_.size() == (n_sources + n_platforms) * depth_levels) return out;
  CELLOQUY_CHECK(out.file_.clear());

  const LevelMeans level_means(least_depth, most_depth);
  std::vector<float> wave(sources_at_a_time * depth_levels * n);
  for (std::size_t first = 0; first < n_sources; first += sources_at_a_time) {
    const std::size_t count = std::min(sources_at_a_time, n_sources - first);
    std::vector<Status> statuses(count);
    parallel_for_blocks(context, count, 1, [&](const Block& block) {
      statuses[block.index] =
          level_means(pairs, evenly(selection.of_source[first + block.index], profiles_a_mean),
                      choice, wave.data() + block.index * depth_levels * n);
    });
    CELLOQUY_CHECK(first_error(statuses, context));
    CELLOQUY_CHECK(
        out.file_.append(std::as_bytes(std::span(wave).first(count * depth_levels * n))));
    context.report("means of the sources",
                   static_cast<double>(first + count) / static_cast<double>(n_sources));
  }
  std::vector<float> mean(n);
  for (const auto& sources : sources_of_platforms(index))
    for (std::size_t level = 0; level < depth_levels; ++level) {
      std::vector<double> sums(n), weights(n);
      for (const auto s : sources) {
        CELLOQUY_CHECK(out.source(s, level, mean.data()));
        add_measured(index.sources[s], choice.genes, mean.data(),
                     static_cast<double>(selection.of_source[s].size()), sums, weights);
      }
      const auto means = divided(sums, weights);
      CELLOQUY_CHECK(out.file_.append(std::as_bytes(std::span(means))));
    }
  return out;
}

Status Centres::source(std::size_t source, std::size_t level, float* to) const {
  return file_.read(source * depth_levels + level, 1, to);
}

Status Centres::platform(std::size_t platform, std::size_t level, float* to) const {
  return file_.read((n_sources_ + platform) * depth_levels + level, 1, to);
}

}  // namespace celloquy::training
