#include "analysis/harmony/harmony.hpp"

#include <cblas.h>

#include <algorithm>
#include <cmath>

#include "analysis/harmony/cells.hpp"
#include "analysis/harmony/harmony.kernels.hpp"
#include "analysis/statistics/linear_algebra.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::harmony {
namespace {

/// Runs whose partial sums are held at a time.
constexpr std::size_t wave = 64;

void product(CBLAS_TRANSPOSE a_as, CBLAS_TRANSPOSE b_as, std::size_t m, std::size_t n,
             std::size_t k, const float* a, const float* b, float* c) {
  const auto width = [](CBLAS_TRANSPOSE as, std::size_t plain, std::size_t turned) {
    return static_cast<int>(as == CblasNoTrans ? plain : turned);
  };
  cblas_sgemm(CblasRowMajor, a_as, b_as, static_cast<int>(m), static_cast<int>(n),
              static_cast<int>(k), 1.0f, a, width(a_as, k, m), b, width(b_as, n, k), 0.0f, c,
              static_cast<int>(n));
}

/// All arrays of cells are in the order of `order`.
class Harmony {
 public:
  Harmony(std::span<const float> points, std::size_t n_dimensions,
          std::span<const std::int32_t> batches, std::uint32_t n_batches, const Options& options,
          const Context& context)
      : n_(batches.size()),
        d_(n_dimensions),
        k_(options.n_clusters ? options.n_clusters : std::clamp<std::size_t>(n_ / 30, 1, 100)),
        n_batches_(n_batches),
        options_(options),
        context_(context),
        order_(order_cells(batches, context.seed)),
        share_(n_batches, 0.0) {
    original_.resize(n_ * d_);
    for (std::size_t place = 0; place < n_; ++place)
      std::copy_n(points.data() + order_.cells[place] * d_, d_, original_.data() + place * d_);
    corrected_ = unit_ = original_;
    to_unit_rows(unit_.data(), n_, d_);
    for (const auto batch : batches)
      share_[static_cast<std::size_t>(batch)] += 1 / static_cast<double>(n_);
    memberships_.resize(n_ * k_);
    observed_.assign(k_ * n_batches_, 0.0);
    of_slice_.assign(order_.n_slices(), observed_);
    centres_ = starting_centres(unit_, d_, k_, context.seed);
  }

  Result run() {
    iterate(true);
    Result result;
    double before = objective_;
    for (std::uint32_t round = 0; round < options_.most_rounds && !context_.cancelled(); ++round) {
      context_.report("harmony", static_cast<double>(round) / options_.most_rounds);
      cluster();
      correct();
      ++result.rounds;
      result.objective.push_back(objective_);
      result.converged = before - objective_ < options_.tolerance * std::abs(before);
      if (result.converged) break;
      before = objective_;
    }
    result.n_cells = static_cast<std::uint32_t>(n_);
    result.n_dimensions = static_cast<std::uint32_t>(d_);
    result.points.resize(n_ * d_);
    for (std::size_t place = 0; place < n_; ++place)
      std::copy_n(corrected_.data() + place * d_, d_,
                  result.points.data() + order_.cells[place] * d_);
    return result;
  }

 private:
  /// fill(run, partial) for each run in parallel, with `width` floats that start at
  /// 0; then take(run, partial) in the order of the runs.
  template <class Fill, class Take>
  void over_runs(std::size_t begin, std::size_t end, std::size_t width, Fill&& fill, Take&& take) {
    partial_.resize(wave * width);
    for (std::size_t first = begin; first < end && !context_.cancelled(); first += wave) {
      const std::size_t count = std::min(wave, end - first);
      parallel_for_blocks(context_, count, 1, [&](const Block& block) {
        float* sums = partial_.data() + block.index * width;
        std::fill_n(sums, width, 0.0f);
        fill(first + block.index, sums);
      });
      for (std::size_t i = 0; i < count; ++i) take(first + i, partial_.data() + i * width);
    }
  }

  /// θ·ln((expected + 1) / (observed + 1)) of each batch and cluster.
  std::vector<float> biases() const {
    std::vector<float> bias(n_batches_ * k_);
    for (std::size_t c = 0; c < k_; ++c) {
      double total = 0;
      for (std::size_t b = 0; b < n_batches_; ++b) total += observed_[b * k_ + c];
      for (std::size_t b = 0; b < n_batches_; ++b)
        bias[b * k_ + c] = static_cast<float>(options_.theta *
                                              std::log((std::max(0.0, total) * share_[b] + 1) /
                                                       (std::max(0.0, observed_[b * k_ + c]) + 1)));
    }
    return bias;
  }

  /// New memberships, slice by slice, against the centres; then the new centres.
  /// With R = softmax(−distance/σ + bias), Σ R·distance + σ·Σ R·ln R is
  /// σ·(Σ R·bias − Σ ln of the denominators): the objective costs next to nothing.
  void iterate(bool first) {
    std::vector<double> sums(k_ * d_, 0.0);
    double energy = 0;
    const float scale = static_cast<float>(2 / options_.sigma);
    std::vector<double> logs(order_.runs.size(), 0.0);
    for (std::size_t slice = 0; slice < order_.n_slices(); ++slice) {
      auto& own = of_slice_[slice];
      for (std::size_t i = 0; i < own.size(); ++i) observed_[i] -= own[i];
      std::fill(own.begin(), own.end(), 0.0);
      const auto bias = first ? std::vector<float>(n_batches_ * k_, 0.0f) : biases();
      over_runs(
          order_.slice_begins[slice], order_.slice_begins[slice + 1], k_ + k_ * d_,
          [&](std::size_t index, float* partial) {
            const Run& run = order_.runs[index];
            float* rows = memberships_.data() + run.begin * k_;
            const float* cells = unit_.data() + run.begin * d_;
            product(CblasNoTrans, CblasTrans, run.size(), k_, d_, cells, centres_.data(), rows);
            CELLOQUY_SELECT(soft_assign)
            (rows, run.size(), k_, scale, bias.data() + run.batch * k_, partial, &logs[index]);
            product(CblasTrans, CblasNoTrans, k_, d_, run.size(), rows, cells, partial + k_);
          },
          [&](std::size_t index, const float* partial) {
            const Run& run = order_.runs[index];
            for (std::size_t c = 0; c < k_; ++c) {
              own[run.batch * k_ + c] += partial[c];
              energy += double{partial[c]} * bias[run.batch * k_ + c];
            }
            // The denominators were taken without the constant −2/σ of each cosine.
            energy += 2 / options_.sigma * static_cast<double>(run.size()) - logs[index];
            for (std::size_t i = 0; i < k_ * d_; ++i) sums[i] += partial[k_ + i];
          });
      for (std::size_t i = 0; i < own.size(); ++i) observed_[i] += own[i];
    }
    set_centres(sums);
    const auto bias = biases();
    double diversity = 0;
    for (std::size_t i = 0; i < observed_.size(); ++i) diversity -= observed_[i] * bias[i];
    objective_ = options_.sigma * (energy + diversity);
  }

  void set_centres(const std::vector<double>& sums) {
    for (std::size_t i = 0; i < sums.size(); ++i) centres_[i] = static_cast<float>(sums[i]);
    to_unit_rows(centres_.data(), k_, d_);
  }

  void cluster() {
    std::vector<double> seen;
    for (std::uint32_t i = 0; i < options_.most_iterations && !context_.cancelled(); ++i) {
      iterate(false);
      seen.push_back(objective_);
      // Sums of three, because random slices make single steps uneven.
      if (seen.size() < 4) continue;
      double last = 0, before = 0;
      for (std::size_t j = 0; j < 3; ++j) {
        last += seen[seen.size() - 1 - j];
        before += seen[seen.size() - 2 - j];
      }
      if (before - last < 1e-5 * std::abs(before)) break;
    }
  }

  /// Takes each cluster's shifts of the batches off the original points. The normal
  /// equations of one factor have the shape of an arrow: with N_b and S_b the sums of
  /// memberships and of weighted points, the intercept (without ridge) is
  /// Σ S_b·f_b / Σ N_b·f_b, f_b = λ/(N_b + λ), and the shift (S_b − N_b·intercept)/(N_b + λ).
  void correct() {
    std::vector<double> sums(n_batches_ * k_ * d_, 0.0);
    over_runs(
        0, order_.runs.size(), k_ * d_,
        [&](std::size_t index, float* partial) {
          const Run& run = order_.runs[index];
          product(CblasTrans, CblasNoTrans, k_, d_, run.size(),
                  memberships_.data() + run.begin * k_, original_.data() + run.begin * d_, partial);
        },
        [&](std::size_t index, const float* partial) {
          double* of_batch = sums.data() + order_.runs[index].batch * k_ * d_;
          for (std::size_t i = 0; i < k_ * d_; ++i) of_batch[i] += partial[i];
        });
    std::vector<float> shifts(sums.size());
    for (std::size_t c = 0; c < k_; ++c) {
      double weight = 0;
      std::vector<double> intercept(d_, 0.0);
      for (std::size_t b = 0; b < n_batches_; ++b) {
        const double held = std::max(0.0, observed_[b * k_ + c]);
        const double f = options_.lambda / (held + options_.lambda);
        weight += held * f;
        for (std::size_t j = 0; j < d_; ++j) intercept[j] += sums[(b * k_ + c) * d_ + j] * f;
      }
      for (std::size_t b = 0; b < n_batches_ && weight > 1e-12; ++b) {
        const double held = std::max(0.0, observed_[b * k_ + c]);
        for (std::size_t j = 0; j < d_; ++j)
          shifts[(b * k_ + c) * d_ + j] =
              static_cast<float>((sums[(b * k_ + c) * d_ + j] - held * intercept[j] / weight) /
                                 (held + options_.lambda));
      }
    }
    std::vector<double> centre_sums(k_ * d_, 0.0);
    over_runs(
        0, order_.runs.size(), k_ * d_,
        [&](std::size_t index, float* partial) {
          const Run& run = order_.runs[index];
          const float* rows = memberships_.data() + run.begin * k_;
          float* cells = corrected_.data() + run.begin * d_;
          float* unit = unit_.data() + run.begin * d_;
          product(CblasNoTrans, CblasNoTrans, run.size(), d_, k_, rows,
                  shifts.data() + run.batch * k_ * d_, unit);
          for (std::size_t i = 0; i < run.size() * d_; ++i)
            unit[i] = cells[i] = original_[run.begin * d_ + i] - unit[i];
          to_unit_rows(unit, run.size(), d_);
          product(CblasTrans, CblasNoTrans, k_, d_, run.size(), rows, unit, partial);
        },
        [&](std::size_t, const float* partial) {
          for (std::size_t i = 0; i < k_ * d_; ++i) centre_sums[i] += partial[i];
        });
    set_centres(centre_sums);
  }

  std::size_t n_, d_, k_, n_batches_;
  const Options& options_;
  const Context& context_;
  CellOrder order_;
  std::vector<double> share_;  ///< of all cells, a batch
  std::vector<float> original_, corrected_, unit_, memberships_;
  std::vector<float> centres_;                 ///< k × d, unit rows
  std::vector<double> observed_;               ///< batch × cluster: sums of memberships
  std::vector<std::vector<double>> of_slice_;  ///< the same of each slice
  std::vector<float> partial_;
  double objective_ = 0;
};

}  // namespace

Expected<Result> compute(std::span<const float> points, std::size_t n_cells,
                         std::size_t n_dimensions, std::span<const std::int32_t> batches,
                         std::uint32_t n_batches, const Options& options, const Context& context) {
  if (points.size() != n_cells * n_dimensions || batches.size() != n_cells || n_dimensions == 0)
    return failure(ErrorCode::internal, "base.internal", {{"what", "harmony: sizes"}});
  if (n_cells < 20)
    return failure(ErrorCode::cannot_answer, "harmony.too_few_cells", {{"cells", n_cells}});
  std::vector<std::uint32_t> sizes(n_batches, 0);
  for (const auto batch : batches) {
    if (batch < 0 || static_cast<std::uint32_t>(batch) >= n_batches)
      return failure(ErrorCode::internal, "base.internal", {{"what", "harmony: batches"}});
    ++sizes[static_cast<std::size_t>(batch)];
  }
  if (std::count_if(sizes.begin(), sizes.end(), [](auto size) { return size > 0; }) < 2)
    return failure(ErrorCode::cannot_answer, "harmony.one_batch");
  if (!std::all_of(points.begin(), points.end(), [](float x) { return std::isfinite(x); }))
    return failure(ErrorCode::unusable_input, "analysis.not_finite");
  if (!(options.theta >= 0) || !(options.sigma > 0) || !(options.lambda > 0) ||
      options.n_clusters > n_cells || options.most_rounds == 0 || options.most_iterations == 0)
    return failure(ErrorCode::usage, "harmony.options");
  statistics::use_one_blas_thread();
  Result result = Harmony(points, n_dimensions, batches, n_batches, options, context).run();
  if (context.cancelled()) return cancelled_error();
  return result;
}

}  // namespace celloquy::harmony
