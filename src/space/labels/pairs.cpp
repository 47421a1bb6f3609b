#include "space/labels/pairs.hpp"

#include <cblas.h>

#include <algorithm>
#include <cmath>

#include "analysis/statistics/linear_algebra.hpp"
#include "base/thread_pool.hpp"
#include "space/labels/mixture.hpp"

namespace celloquy::space {
namespace {

constexpr int rounds = 2;
constexpr std::size_t cells_a_block = 512, cells_a_sum = 2048;
/// Every cell counts at least this much, so that no weight is 0.
constexpr double least_weight = 1e-9;
/// Below the first the data are not asked, from the second on they are heard in full.
constexpr double few_cells = 15, enough_cells = 45;
/// Cells closer together than this (in expected distances) are of one kind.
constexpr double least_spread = 0.10, spread_of_groups = 0.14;
/// Two groups, the smaller of which holds less than this, are one group.
constexpr double least_share = 0.05;
/// More cells than this are put into so many bins for the mixture; their means
/// and variances are kept, so that the bins' width matters in second order only.
constexpr std::size_t n_bins = 2048;

/// 0 up to `low`, 1 from `high` on.
double ramp(double x, double low, double high) {
  return std::clamp((x - low) / (high - low), 0.0, 1.0);
}

/// Sums over all cells that the pairs need of single labels.
struct LabelSums {
  std::vector<double> weight;    // by label: of the probabilities
  std::vector<double> weighted;  // labels × labels: of probability of one · score of the other
  std::vector<double> plain;     // by label: of the scores
};

LabelSums sum_labels(const LabelScores& scores, const Buffer<float>& probability,
                     const Context& context) {
  const std::size_t n = scores.n_labels(), n_cells = scores.n_cells;
  const std::size_t n_blocks = block_count(n_cells, cells_a_sum);
  const std::size_t stride = n * n + 2 * n;
  std::vector<double> partial(n_blocks * stride);
  parallel_for_blocks(context, n_cells, cells_a_sum, [&](const Block& block) {
    double* sums = partial.data() + block.index * stride;
    std::vector<double> of_probability(n * block.size()), of_score(n * block.size());
    for (std::size_t l = 0; l < n; ++l) {
      double *p = of_probability.data() + l * block.size(), *s = of_score.data() + l * block.size();
      std::copy_n(probability.data() + l * n_cells + block.begin, block.size(), p);
      std::copy_n(scores.smooth_of(l) + block.begin, block.size(), s);
      double *weight = sums + n * n + l, *plain = weight + n;
      for (std::size_t i = 0; i < block.size(); ++i) *weight += p[i], *plain += s[i];
    }
    const int rank = static_cast<int>(n), size = static_cast<int>(block.size());
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rank, rank, size, 1, of_probability.data(),
                size, of_score.data(), size, 0, sums, rank);
  });
  for (std::size_t b = 1; b < n_blocks; ++b)
    for (std::size_t i = 0; i < stride; ++i) partial[i] += partial[b * stride + i];
  const auto at = [&](std::size_t i) { return partial.begin() + static_cast<std::ptrdiff_t>(i); };
  return {{at(n * n), at(n * n + n)}, {at(0), at(n * n)}, {at(n * n + n), at(stride)}};
}

/// One pair of labels: its cells along the axis from the first label to the second.
class PairAxis {
 public:
  PairAxis(const LabelScores& scores, const Buffer<float>& probability, std::size_t first,
           std::size_t second, double length)
      : n_cells_(scores.n_cells),
        inverse_length_(1 / length),
        first_(scores.smooth_of(first)),
        second_(scores.smooth_of(second)),
        first_blended_(scores.blended_of(first)),
        second_blended_(scores.blended_of(second)),
        first_probability_(probability.data() + first * n_cells_),
        second_probability_(probability.data() + second * n_cells_) {}

  double weight(std::size_t cell) const {
    return static_cast<double>(first_probability_[cell]) +
           static_cast<double>(second_probability_[cell]) + least_weight;
  }
  double position(std::size_t cell) const { return between(first_, second_, cell); }
  double blended(std::size_t cell) const { return between(first_blended_, second_blended_, cell); }

  struct Moments {
    double weight = 0, square_weight = 0, variance = 0, blended_variance = 0;
  };
  /// Second moments about `mean`; for the blended positions as well.
  Moments moments(double mean) const {
    Moments m;
    for (std::size_t cell = 0; cell < n_cells_; ++cell) {
      const double w = weight(cell), x = position(cell) - mean, y = blended(cell) - mean;
      m.weight += w;
      m.square_weight += w * w;
      m.variance += w * x * x;
      m.blended_variance += w * y * y;
    }
    m.variance /= m.weight;
    m.blended_variance /= m.weight;
    return m;
  }

  std::vector<WeightedPoint> points(double mean, double standard_deviation) const;

 private:
  double between(const float* first, const float* second, std::size_t cell) const {
    return (static_cast<double>(second[cell]) - static_cast<double>(first[cell])) * inverse_length_;
  }

  std::size_t n_cells_;
  double inverse_length_;
  const float *first_, *second_, *first_blended_, *second_blended_;
  const float *first_probability_, *second_probability_;
};

std::vector<WeightedPoint> PairAxis::points(double mean, double standard_deviation) const {
  std::vector<WeightedPoint> out;
  if (n_cells_ <= n_bins) {
    out.reserve(n_cells_);
    for (std::size_t cell = 0; cell < n_cells_; ++cell)
      out.push_back({weight(cell), position(cell), 0});
    return out;
  }
  out.assign(n_bins, {0, 0, 0});
  // Eight standard deviations either side; what lies beyond, in the outermost bins.
  const double per_unit = n_bins / (16 * standard_deviation);
  for (std::size_t cell = 0; cell < n_cells_; ++cell) {
    const double w = weight(cell), x = position(cell) - mean;
    const double at = std::clamp(x * per_unit + n_bins / 2.0, 0.0, n_bins - 1.0);
    auto& bin = out[static_cast<std::size_t>(at)];
    bin.weight += w;
    bin.position += w * x;
    bin.variance += w * x * x;
  }
  std::erase_if(out, [](const WeightedPoint& bin) { return bin.weight == 0; });
  for (auto& bin : out) {
    const double centre = bin.position / bin.weight;
    bin.variance = std::max(bin.variance / bin.weight - centre * centre, 0.0);
    bin.position = centre + mean;
  }
  return out;
}

/// What two labels' vectors and the model say of the pair before its cells are seen.
struct Expectation {
  double length;    // of the axis: distance of the two vectors
  double distance;  // of the two kinds of cells along it
  double border;    // where b says
};

struct Decision {
  Border border;
  LabelPair pair;
};

/// The border of one pair: the expected one, moved to between the two groups as
/// far as the cells spread like two kinds or fall apart.
Decision decide(const PairAxis& axis, const Expectation& expected, double mean,
                const DecodeOptions& options) {
  const double distance = expected.distance;
  const auto seen = axis.moments(mean);
  const double effective = seen.weight > 1 ? seen.weight * seen.weight / seen.square_weight : 0;
  const double heard = ramp(std::min(seen.weight, effective), few_cells, enough_cells);
  const double deviation = std::sqrt(seen.variance), spread = deviation / distance;
  double followed = 0;
  double border = expected.border, between_means = distance / 2;
  double variance = distance * distance / 16;
  if (heard > 0 && spread > least_spread) {
    const auto groups = two_groups(axis.points(mean, deviation), mean, deviation);
    followed = heard * ramp(spread, options.spread_low, options.spread_high);
    if (groups.share_high > least_share && groups.share_high < 1 - least_share)
      followed = std::max(followed, heard * ramp(groups.gap(), options.gap_low, options.gap_high) *
                                        ramp(spread, least_spread, spread_of_groups));
    border += followed * (groups.border() - border);
    between_means += followed * (groups.high - groups.low - between_means);
    // A cell's own share adds its noise to that of the neighbourhoods.
    const double noisy = groups.variance + seen.blended_variance - seen.variance;
    variance += followed * (std::max(noisy, groups.variance) - variance);
  }
  const double steepness =
      std::max(between_means, 0.2 * distance) / std::max(variance, 0.0025 * distance * distance);
  return {{steepness / expected.length, steepness * border}, {0, 0, seen.weight, spread, followed}};
}

class Rounds {
 public:
  Rounds(const LabelScores& scores, std::span<const double> cosines, OffsetModel& model,
         const DecodeOptions& options, const Context& context)
      : scores_(scores),
        cosines_(cosines),
        model_(model),
        options_(options),
        context_(context),
        n_(scores.n_labels()) {
    for (std::uint32_t first = 0; first < n_; ++first)
      for (std::uint32_t second = first + 1; second < n_; ++second)
        decisions_.push_back({{}, {first, second, 0, 0, 0}});
  }

  void find_borders(double progress) {
    const auto sums = sum_labels(scores_, model_.responsibility, context_);
    if (context_.cancelled()) return;
    parallel_for_blocks(context_, decisions_.size(), 1, [&](const Block& block) {
      auto& decision = decisions_[block.index];
      const auto [first, second] = std::pair(decision.pair.first, decision.pair.second);
      const double length = axis_length(first, second);
      const PairAxis axis(scores_, model_.responsibility, first, second, length);
      const double weight = sums.weight[first] + sums.weight[second] +
                            least_weight * static_cast<double>(scores_.n_cells);
      std::vector<double> mean(n_);
      for (std::size_t l = 0; l < n_; ++l)
        mean[l] = (sums.weighted[first * n_ + l] + sums.weighted[second * n_ + l] +
                   least_weight * sums.plain[l]) /
                  weight;
      const Expectation expected{length, length * scale_near(first, second, mean),
                                 (model_.offset[second] - model_.offset[first]) / length};
      decision = decide(axis, expected, (mean[second] - mean[first]) / length, options_);
      decision.pair.first = first;
      decision.pair.second = second;
      if (block.worker == 0) {
        const double done = static_cast<double>(block.end) / static_cast<double>(decisions_.size());
        context_.report("decode_labels", progress + 0.2 * done);
      }
    });
  }

  /// P[l] = 1 / (1 + Σ over other labels of the odds against l), made to sum to 1.
  void apply_borders() {
    const std::size_t n_cells = scores_.n_cells;
    parallel_for_blocks(context_, n_cells, cells_a_block, [&](const Block& block) {
      const std::size_t size = block.size();
      std::vector<double> against(n_ * size, 1.0), total(size, 0.0);
      for (const auto& [border, pair] : decisions_) {
        const float* first = scores_.blended_of(pair.first) + block.begin;
        const float* second = scores_.blended_of(pair.second) + block.begin;
        double* against_first = against.data() + pair.first * size;
        double* against_second = against.data() + pair.second * size;
        for (std::size_t i = 0; i < size; ++i) {
          const double difference = static_cast<double>(second[i]) - static_cast<double>(first[i]);
          const double odds =
              std::exp(std::clamp(border.slope * difference - border.shift, -30.0, 30.0));
          against_first[i] += odds;
          against_second[i] += 1 / odds;
        }
      }
      for (std::size_t l = 0; l < n_; ++l)
        for (std::size_t i = 0; i < size; ++i) total[i] += 1 / against[l * size + i];
      for (std::size_t l = 0; l < n_; ++l)
        for (std::size_t i = 0; i < size; ++i)
          model_.responsibility[l * n_cells + block.begin + i] =
              static_cast<float>(1 / (against[l * size + i] * total[i]));
    });
  }

  std::vector<LabelPair> pairs() const {
    std::vector<LabelPair> out;
    for (const auto& decision : decisions_)
      if (decision.pair.n_cells >= few_cells) out.push_back(decision.pair);
    return out;
  }

 private:
  double axis_length(std::size_t first, std::size_t second) const {
    return std::sqrt(std::max(2 - 2 * cosines_[second * n_ + first], 1e-6));
  }

  /// k as the pair's own cells have it: how far they reach towards the middle of the two labels.
  double scale_near(std::size_t first, std::size_t second, const std::vector<double>& mean) const {
    double product = 0, square = 0;
    for (std::size_t l = 0; l < n_; ++l) {
      const double middle = (cosines_[first * n_ + l] + cosines_[second * n_ + l]) / 2;
      product += (mean[l] - model_.offset[l]) * middle;
      square += middle * middle;
    }
    if (square < 1e-12) return model_.scale;  // labels that are opposites have no middle
    return std::clamp(product / square, 0.3 * model_.scale, 1.5 * model_.scale);
  }

  const LabelScores& scores_;
  std::span<const double> cosines_;
  OffsetModel& model_;
  const DecodeOptions& options_;
  const Context& context_;
  std::size_t n_;
  std::vector<Decision> decisions_;
};

}  // namespace

Expected<std::vector<LabelPair>> decide_by_pairs(const LabelScores& scores,
                                                 std::span<const double> cosines,
                                                 OffsetModel& model, const DecodeOptions& options,
                                                 const Context& context) {
  statistics::use_one_blas_thread();
  Rounds decision(scores, cosines, model, options, context);
  for (int round = 0; round < rounds; ++round) {
    const double progress = 0.5 + 0.25 * round;
    decision.find_borders(progress);
    if (context.cancelled()) return cancelled_error();
    context.report("decode_labels", progress + 0.2);
    decision.apply_borders();
    if (context.cancelled()) return cancelled_error();
    context.report("decode_labels", progress + 0.25);
  }
  return decision.pairs();
}

}  // namespace celloquy::space
