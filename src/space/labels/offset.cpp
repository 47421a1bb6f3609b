#include "space/labels/offset.hpp"

#include <cblas.h>
#include <lapacke.h>

#include <algorithm>
#include <cmath>

#include "analysis/statistics/linear_algebra.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::space {
namespace {

constexpr int rounds = 60;
constexpr std::size_t cells_a_block = 256;
constexpr std::size_t most_cells = 20000;
/// Added to the diagonal of C: noise of a label that the others do not share.
constexpr double own_noise = 0.1;
/// A label is heard in the estimate of b by n / (n + this), n its cells.
constexpr double cells_to_be_heard = 20;
constexpr double smallest_scale = 0.02;
/// Scores are cosines in single precision: no spread is smaller than this.
constexpr double smallest_variance = 1e-10;

/// What a round starts from. Vectors are in the space where noise is the same
/// in every direction: x there is x·G⁻ᵀ, with G·Gᵀ = C + own_noise·I.
struct Parameters {
  std::vector<double> offset, share;  // by label
  double scale = 0, variance = 0;
};

/// Sums over the cells of a block.
struct Sums {
  std::vector<double> cells;   // by label: how many
  std::vector<double> points;  // labels × labels: of the points that are of the label
  double squares = 0;          // of the distances to the labels, as likely as they are
};

class Model {
 public:
  Model(std::size_t n_labels, std::span<const double> cosines, double offset_weight)
      : n_(n_labels), factor_(cosines.begin(), cosines.end()), offset_weight_(offset_weight) {
    statistics::use_one_blas_thread();
    for (std::size_t l = 0; l < n_; ++l) factor_[l * n_ + l] += own_noise;
    valid_ = LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'L', rank(), factor_.data(), rank()) == 0;
    if (!valid_) return;
    pure_.assign(cosines.begin(), cosines.end());
    whiten(pure_.data(), n_);
    for (std::size_t l = 0; l < n_; ++l)
      pure_squares_.push_back(
          cblas_ddot(rank(), pure_.data() + l * n_, 1, pure_.data() + l * n_, 1));
  }

  bool valid() const { return valid_; }
  std::size_t n_labels() const { return n_; }

  /// Rows of scores, in place.
  void whiten(double* rows, std::size_t n_rows) const {
    cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit,
                static_cast<int>(n_rows), rank(), 1, factor_.data(), rank(), rows, rank());
  }

  /// What b is as scores: the way back of whiten().
  std::vector<double> as_scores(std::vector<double> vector) const {
    cblas_dtrmv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, rank(), factor_.data(),
                rank(), vector.data(), 1);
    return vector;
  }

  /// b + k·C[l], whitened, and their squared lengths at the end.
  std::vector<double> centres(const Parameters& at) const {
    std::vector<double> out(n_ * n_ + n_);
    for (std::size_t l = 0; l < n_; ++l) {
      double square = 0;
      for (std::size_t d = 0; d < n_; ++d) {
        const double x = at.offset[d] + at.scale * pure_[l * n_ + d];
        out[l * n_ + d] = x;
        square += x * x;
      }
      out[n_ * n_ + l] = square;
    }
    return out;
  }

  /// Squared distances of whitened points from the centres, row by row.
  void distances(const double* points, std::size_t n_points, const std::vector<double>& centres,
                 double* out) const {
    for (std::size_t i = 0; i < n_points; ++i) {
      const double* x = points + i * n_;
      double square = 0;
      for (std::size_t d = 0; d < n_; ++d) square += x[d] * x[d];
      for (std::size_t l = 0; l < n_; ++l) out[i * n_ + l] = square + centres[n_ * n_ + l];
    }
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(n_points), rank(), rank(),
                -2, points, rank(), centres.data(), rank(), 1, out, rank());
  }

  /// The parameters that suit what the cells now seem to be.
  void maximise(const Sums& sums, double n_cells, Parameters& at) const {
    std::vector<double> heard(n_), mean(sums.points);
    double all_heard = 0, weighted_squares = 0;
    for (std::size_t l = 0; l < n_; ++l) {
      const double n = sums.cells[l];
      at.share[l] = (n + 1) / (n_cells + static_cast<double>(n_));
      for (std::size_t d = 0; d < n_; ++d) mean[l * n_ + d] /= std::max(n, 1e-9);
      heard[l] = n / (n + cells_to_be_heard);
      all_heard += heard[l];
      weighted_squares += heard[l] * pure_squares_[l];
    }
    for (int turn = 0; turn < 3; ++turn) {  // b and k depend on each other
      for (std::size_t d = 0; d < n_; ++d) {
        double sum = 0;
        for (std::size_t l = 0; l < n_; ++l)
          sum += heard[l] * (mean[l * n_ + d] - at.scale * pure_[l * n_ + d]);
        at.offset[d] = sum / (all_heard + offset_weight_);
      }
      double product = 0;
      for (std::size_t l = 0; l < n_; ++l)
        for (std::size_t d = 0; d < n_; ++d)
          product += heard[l] * (mean[l * n_ + d] - at.offset[d]) * pure_[l * n_ + d];
      at.scale = weighted_squares > 0 ? std::max(product / weighted_squares, smallest_scale)
                                      : smallest_scale;
    }
    at.variance = std::max(sums.squares / (n_cells * static_cast<double>(n_)), smallest_variance);
  }

 private:
  int rank() const { return static_cast<int>(n_); }

  std::size_t n_;
  std::vector<double> factor_;  // G
  double offset_weight_;
  std::vector<double> pure_, pure_squares_;  // C[l], whitened
  bool valid_ = false;
};

/// Squared distances of one cell become the probabilities of its labels.
void expect(double* row, const Parameters& at, const std::vector<double>& log_share) {
  const std::size_t n = log_share.size();
  double most = -INFINITY, sum = 0;
  for (std::size_t l = 0; l < n; ++l) {
    row[l] = log_share[l] - row[l] / (2 * at.variance);
    most = std::max(most, row[l]);
  }
  for (std::size_t l = 0; l < n; ++l) {
    const double below = row[l] - most;
    row[l] = below < -40 ? 0 : std::exp(below);  // less than rounding
    sum += row[l];
  }
  for (std::size_t l = 0; l < n; ++l) row[l] /= sum;
}

std::vector<double> logs(const std::vector<double>& values) {
  std::vector<double> out;
  for (const double value : values) out.push_back(std::log(value));
  return out;
}

/// Rows of the cells begin, begin + 1, …; `cell_of` says which cells those are.
template <class CellOf>
void gather(const LabelScores& scores, const Block& block, CellOf cell_of, double* rows) {
  for (std::size_t l = 0; l < scores.n_labels(); ++l) {
    const float* column = scores.smooth_of(l);
    for (std::size_t i = 0; i < block.size(); ++i)
      rows[i * scores.n_labels() + l] = static_cast<double>(column[cell_of(block.begin + i)]);
  }
}

/// The value below which 80 % of the cells' best scores are, between two of them if need be.
double high_best_score(std::vector<double> best) {
  const double rank = 0.8 * static_cast<double>(best.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const auto at = best.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(best.begin(), at, best.end());
  if (below + 1 == best.size()) return *at;
  const double next = *std::min_element(at + 1, best.end());
  return *at + (next - *at) * (rank - static_cast<double>(below));
}

/// The cells that the parameters are estimated on, and the rounds over them.
class Estimation {
 public:
  Estimation(const LabelScores& scores, const Model& model, const Context& context)
      : model_(model),
        context_(context),
        n_cells_(std::min(scores.n_cells, most_cells)),
        points_(n_cells_ * model.n_labels()),
        workers_(worker_count(context)),
        blocks_(block_count(n_cells_, cells_a_block)) {
    const std::size_t n = model.n_labels();
    best_.resize(n_cells_);
    each_block([&](const Block& block, double*) {
      double* rows = points_.data() + block.begin * n;
      gather(
          scores, block, [&](std::size_t i) { return i * scores.n_cells / n_cells_; }, rows);
      for (std::size_t i = 0; i < block.size(); ++i)
        best_[block.begin + i] = *std::max_element(rows + i * n, rows + (i + 1) * n);
      model.whiten(rows, block.size());
    });
  }

  Parameters start() {
    const std::size_t n = model_.n_labels();
    Parameters at{std::vector<double>(n, 0.0), std::vector<double>(n, 1 / static_cast<double>(n)),
                  high_best_score(best_), 0};
    const auto centres = model_.centres(at);
    each_block([&](const Block& block, double* rows) {
      model_.distances(points_.data() + block.begin * n, block.size(), centres, rows);
      double sum = 0;
      for (std::size_t i = 0; i < block.size(); ++i)
        sum += *std::min_element(rows + i * n, rows + (i + 1) * n);
      blocks_[block.index].squares = sum;
    });
    double nearest = 0;
    for (const auto& block : blocks_) nearest += block.squares;
    at.variance = std::max(nearest / static_cast<double>(n_cells_ * n), smallest_variance);
    return at;
  }

  void round(Parameters& at) {
    const std::size_t n = model_.n_labels();
    const auto centres = model_.centres(at);
    const auto log_share = logs(at.share);
    each_block([&](const Block& block, double* rows) {
      auto& sums = blocks_[block.index];
      sums.cells.assign(n, 0.0);
      sums.points.resize(n * n);
      sums.squares = 0;
      const double* points = points_.data() + block.begin * n;
      model_.distances(points, block.size(), centres, rows);
      std::vector<double> distance(n);
      for (std::size_t i = 0; i < block.size(); ++i) {
        double* row = rows + i * n;
        std::copy_n(row, n, distance.begin());
        expect(row, at, log_share);
        for (std::size_t l = 0; l < n; ++l) {
          sums.cells[l] += row[l];
          sums.squares += row[l] * distance[l];
        }
      }
      const int rank = static_cast<int>(n);
      cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, rank, rank,
                  static_cast<int>(block.size()), 1, rows, rank, points, rank, 0,
                  sums.points.data(), rank);
    });
    if (context_.cancelled()) return;
    model_.maximise(total(), static_cast<double>(n_cells_), at);
  }

 private:
  /// body(block, room for a row of labels for each of its cells).
  template <class Body>
  void each_block(Body body) {
    parallel_for_blocks(context_, n_cells_, cells_a_block, [&](const Block& block) {
      auto& rows = workers_[block.worker];
      rows.resize(cells_a_block * model_.n_labels());
      body(block, rows.data());
    });
  }

  Sums total() const {
    Sums sum = blocks_.front();
    for (std::size_t b = 1; b < blocks_.size(); ++b) {
      for (std::size_t i = 0; i < sum.cells.size(); ++i) sum.cells[i] += blocks_[b].cells[i];
      for (std::size_t i = 0; i < sum.points.size(); ++i) sum.points[i] += blocks_[b].points[i];
      sum.squares += blocks_[b].squares;
    }
    return sum;
  }

  const Model& model_;
  const Context& context_;
  std::size_t n_cells_;
  Buffer<double> points_;  // whitened, row by row
  std::vector<double> best_;
  std::vector<std::vector<double>> workers_;
  std::vector<Sums> blocks_;
};

}  // namespace

Expected<OffsetModel> fit_offset(const LabelScores& scores, std::span<const double> cosines,
                                 double offset_weight, const Context& context) {
  const std::size_t n = scores.n_labels(), n_cells = scores.n_cells;
  const Model model(n, cosines, offset_weight);
  if (!model.valid())
    return failure(ErrorCode::internal, "base.internal",
                   {{"what", "the labels' cosines are not cosines between vectors"}});
  Estimation estimation(scores, model, context);
  if (context.cancelled()) return cancelled_error();
  Parameters now = estimation.start(), before;
  for (int round = 0; round < rounds && !context.cancelled(); ++round) {
    before = now;
    estimation.round(now);
    context.report("decode_labels", 0.5 * (round + 1) / rounds);
  }
  if (context.cancelled()) return cancelled_error();
  OffsetModel out{model.as_scores(now.offset), now.scale, Buffer<float>(n * n_cells)};
  // The probabilities that the last parameters were estimated with, of all cells.
  const auto centres = model.centres(before);
  const auto log_share = logs(before.share);
  parallel_for_blocks(context, n_cells, cells_a_block, [&](const Block& block) {
    std::vector<double> points(block.size() * n), rows(block.size() * n);
    gather(
        scores, block, [](std::size_t cell) { return cell; }, points.data());
    model.whiten(points.data(), block.size());
    model.distances(points.data(), block.size(), centres, rows.data());
    for (std::size_t i = 0; i < block.size(); ++i) expect(rows.data() + i * n, before, log_share);
    for (std::size_t l = 0; l < n; ++l)
      for (std::size_t i = 0; i < block.size(); ++i)
        out.responsibility[l * n_cells + block.begin + i] = static_cast<float>(rows[i * n + l]);
  });
  if (context.cancelled()) return cancelled_error();
  return out;
}

}  // namespace celloquy::space
