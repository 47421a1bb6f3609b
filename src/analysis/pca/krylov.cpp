// Block Lanczos: the covariance is applied to 16 vectors at a time, and the
// answer is the best one within everything seen so far (Golub & Underwood 1977;
// Musco & Musco 2015 for the gain over subspace iteration). One reading of the
// non-zeros a pass: y = xᵀB stays in registers and goes straight into x·yᵀ, so
// nothing of the size of the cells is written. Every basis vector is kept and
// orthogonalised in double precision; that costs genes × passes × 16 doubles.

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "analysis/pca/subspace.hpp"
#include "analysis/statistics/linear_algebra.hpp"
#include "base/random.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::pca {
namespace {

constexpr std::size_t width = panel_width;
constexpr std::size_t gene_block = 512;

/// The covariance matrix as something that multiplies.
class Covariance {
 public:
  Covariance(const CompactMatrix& matrix, const Context& context)
      : matrix_(matrix),
        context_(context),
        panel_(matrix.n_genes * width),
        partial_(std::min(wave, matrix.pieces.size()) * stride()),
        total_(stride()) {}

  /// to = covariance · from; both n_genes × 16, column by column.
  void apply(const double* from, double* to) {
    const std::size_t g = matrix_.n_genes;
    double shift[width] = {};
    for (std::size_t c = 0; c < width; ++c)
      for (std::size_t j = 0; j < g; ++j) {
        panel_[j * width + c] = static_cast<float>(from[c * g + j]);
        shift[c] += matrix_.mean[j] * panel_[j * width + c];
      }
    std::copy(shift, shift + width, shift_);
    std::fill(total_.begin(), total_.end(), 0.0);
    for (std::size_t first = 0; first < matrix_.pieces.size(); first += wave) add_wave(first);
    const double scale = 1 / (static_cast<double>(matrix_.n_cells) - 1);
    const double* row_sum = total_.data() + g * width;
    for (std::size_t c = 0; c < width; ++c)
      for (std::size_t j = 0; j < g; ++j)
        to[c * g + j] = scale * (total_[j * width + c] - matrix_.mean[j] * row_sum[c]);
  }

 private:
  /// Blocks whose products are held at once before they are added in order.
  static constexpr std::size_t wave = 32;
  std::size_t stride() const { return (matrix_.n_genes + 1) * width; }

  void add_wave(std::size_t first) {
    const std::size_t count = std::min(wave, matrix_.pieces.size() - first);
    parallel_for_blocks(context_, count, 1, [&](const Block& block) {
      float* product = partial_.data() + block.index * stride();
      std::memset(product, 0, stride() * sizeof(float));
      CELLOQUY_SELECT(gram_panel)
      (matrix_.pieces[first + block.index].range(), panel_.data(), shift_, product,
       product + matrix_.n_genes * width);
    });
    parallel_for_blocks(context_, stride(), gene_block * width, [&](const Block& block) {
      for (std::size_t b = 0; b < count; ++b) {
        const float* product = partial_.data() + b * stride();
        for (std::size_t i = block.begin; i < block.end; ++i) total_[i] += product[i];
      }
    });
  }

  const CompactMatrix& matrix_;
  const Context& context_;
  Buffer<float> panel_, partial_;
  std::vector<double> total_;
  float shift_[width] = {};
};

/// Orthonormal columns that grow by 16 a pass, and the covariance within them.
class Basis {
 public:
  Basis(std::size_t n_genes, std::size_t most_columns, const Context& context)
      : g_(n_genes), context_(context), columns_(n_genes * most_columns) {}

  std::size_t size() const { return size_; }
  double* last() { return columns_.data() + (size_ - width) * g_; }
  double* next() { return columns_.data() + size_ * g_; }
  const double* columns() const { return columns_.data(); }

  /// Removes from 16 vectors their part within the basis; coefficients (size × 16) are added.
  void project_out(double* vectors, std::vector<double>& coefficients) {
    const std::size_t blocks = block_count(g_, gene_block);
    const int d = static_cast<int>(size_), w = static_cast<int>(width), ld = static_cast<int>(g_);
    partial_.resize(blocks * size_ * width);
    parallel_for_blocks(context_, g_, gene_block, [&](const Block& block) {
      cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, d, w, static_cast<int>(block.size()), 1,
                  columns_.data() + block.begin, ld, vectors + block.begin, ld, 0,
                  partial_.data() + block.index * size_ * width, d);
    });
    std::vector<double> inside(size_ * width, 0.0);
    for (std::size_t b = 0; b < blocks; ++b)
      for (std::size_t i = 0; i < inside.size(); ++i) inside[i] += partial_[b * inside.size() + i];
    parallel_for_blocks(context_, g_, gene_block, [&](const Block& block) {
      cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, static_cast<int>(block.size()), w, d,
                  -1, columns_.data() + block.begin, ld, inside.data(), d, 1, vectors + block.begin,
                  ld);
    });
    for (std::size_t i = 0; i < inside.size(); ++i) coefficients[i] += inside[i];
  }

  /// Takes the 16 vectors at next() in, made orthonormal; `length` is how long
  /// they were before project_out(). Those that hold nothing new beyond rounding
  /// (an invariant subspace was found) are replaced by random ones.
  void take_next(double length, std::uint64_t seed) {
    constexpr double rounding = 1e-12;
    std::vector<double> ignored(size_ * width);
    const auto added = statistics::orthonormalize(next(), g_, width);
    bool replaced = false;
    for (std::size_t c = 0; c < width; ++c) {
      if (added[c] > rounding * length) continue;
      randomize_column(next() + c * g_, seed, c);
      replaced = true;
    }
    // Normalising can magnify what rounding left of the old directions.
    for (int repeat = replaced ? 0 : 1; repeat < 2 && (size_ > 0 || replaced); ++repeat) {
      if (size_ > 0) project_out(next(), ignored);
      statistics::orthonormalize(next(), g_, width);
    }
    size_ += width;
  }

  void randomize_column(double* vector, std::uint64_t seed, std::size_t column) const {
    for (std::size_t j = 0; j < g_; ++j) {
      RandomStream random(seed * width + column, j);
      vector[j] = random.normal();
    }
  }
  void randomize_next(std::uint64_t seed) {
    for (std::size_t c = 0; c < width; ++c) randomize_column(next() + c * g_, seed, c);
  }

  /// columns · coefficients (size × count).
  std::vector<double> combine(const std::vector<double>& coefficients, std::size_t count) {
    std::vector<double> out(g_ * count);
    parallel_for_blocks(context_, g_, gene_block, [&](const Block& block) {
      cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, static_cast<int>(block.size()),
                  static_cast<int>(count), static_cast<int>(size_), 1,
                  columns_.data() + block.begin, static_cast<int>(g_), coefficients.data(),
                  static_cast<int>(size_), 0, out.data() + block.begin, static_cast<int>(g_));
    });
    return out;
  }

 private:
  std::size_t g_, size_ = 0;
  const Context& context_;
  Buffer<double> columns_;
  std::vector<double> partial_;
};

/// Upper bound of the sines of the angles between the span of `old` (its rows
/// padded with zeros) and that of `now`; both have orthonormal columns.
double sines_between(const statistics::Eigen& old, std::size_t old_rows,
                     const statistics::Eigen& now, std::size_t now_rows, std::size_t count) {
  std::vector<double> cosines(count * count);
  const int m = static_cast<int>(count);
  cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, m, m, static_cast<int>(old_rows), 1,
              old.vectors.data(), static_cast<int>(old_rows), now.vectors.data(),
              static_cast<int>(now_rows), 0, cosines.data(), m);
  double together = 0;
  for (const double cosine : cosines) together += cosine * cosine;
  return std::sqrt(std::max(0.0, static_cast<double>(count) - together));
}

/// The covariance within the basis, symmetric, `size` rows, from its columns.
std::vector<double> within(const std::vector<std::vector<double>>& columns, std::size_t size) {
  std::vector<double> matrix(size * size, 0.0);
  for (std::size_t p = 0; p < columns.size(); ++p) {
    const std::size_t rows = columns[p].size() / width;
    for (std::size_t c = 0; c < width; ++c)
      for (std::size_t r = 0; r < rows; ++r)
        matrix[(p * width + c) * size + r] = columns[p][c * rows + r];
  }
  // The diagonal blocks came out twice, each with its own rounding.
  for (std::size_t p = 0; p < columns.size(); ++p)
    for (std::size_t a = p * width; a < (p + 1) * width; ++a)
      for (std::size_t b = p * width; b < a; ++b)
        matrix[a * size + b] = (matrix[a * size + b] + matrix[b * size + a]) / 2;
  return matrix;
}

/// Decides when the subspace is good enough, and when it is worth looking: an
/// eigendecomposition of the small matrix costs as much as a few passes.
class Convergence {
 public:
  Convergence(double tolerance, std::size_t first_check)
      : tolerance_(tolerance), next_check_(first_check) {}
  bool due(std::size_t pass) const { return pass >= next_check_; }

  /// `change`: the sines between the subspaces of this check and the last, which
  /// is the error at the last one; two changes tell the rate at which it shrinks.
  bool reached(std::size_t pass, double change) {
    double wait = 3;
    if (last_change_ < 1 && change < last_change_) {
      const double rate =
          std::pow(change / last_change_, 1 / static_cast<double>(last_check_ - check_before_));
      const double left = change * std::pow(rate, static_cast<double>(pass - last_check_));
      if (left < tolerance_) return true;
      wait = std::log(tolerance_ / left) / std::log(rate);
    }
    check_before_ = last_check_;
    last_check_ = pass;
    last_change_ = change;
    // The rate improves on the way, so look earlier than it promises.
    const double most_wait = std::max(3.0, 0.2 * static_cast<double>(pass));
    next_check_ = pass + static_cast<std::size_t>(std::clamp(0.8 * wait, 3.0, most_wait));
    return change < 1e-10;
  }

 private:
  double tolerance_, last_change_ = 1;
  std::size_t check_before_ = 0, last_check_ = 0, next_check_;
};

}  // namespace

Expected<Subspace> krylov_subspace(const CompactMatrix& matrix, std::size_t n_components,
                                   const Options& options, const Context& context) {
  const std::size_t needed = block_count(n_components + width, width);
  const std::size_t most = std::min<std::size_t>(
      matrix.n_genes / width, std::max<std::size_t>(needed, options.most_passes));
  statistics::use_one_blas_thread();
  Covariance covariance(matrix, context);
  Basis basis(matrix.n_genes, (most + 1) * width, context);
  basis.randomize_next(context.seed);
  basis.take_next(1, context.seed);

  std::vector<std::vector<double>> columns;  // of the covariance within the basis, a pass
  statistics::Eigen found;
  std::size_t found_rows = 0;
  Convergence convergence(options.tolerance, needed);
  for (std::size_t pass = 1;; ++pass) {
    double* image = basis.next();
    covariance.apply(basis.last(), image);
    // A cancelled product is not filled in; nothing below may look at it.
    if (context.cancelled()) return cancelled_error();
    const double length = cblas_dnrm2(static_cast<int>(matrix.n_genes * width), image, 1);
    columns.emplace_back(basis.size() * width, 0.0);
    basis.project_out(image, columns.back());
    if (context.cancelled()) return cancelled_error();
    if (convergence.due(pass) || pass == most) {
      auto small = within(columns, basis.size());
      auto now = statistics::largest_eigenpairs(small, basis.size(), n_components);
      if (now.values.empty())
        return failure(ErrorCode::internal, "base.internal", {{"what", "PCA: eigenvalues"}});
      const double change = found.values.empty()
                                ? 1
                                : sines_between(found, found_rows, now, basis.size(), n_components);
      found = std::move(now);
      found_rows = basis.size();
      if (convergence.reached(pass, change) || pass == most) break;
    }
    basis.take_next(length, context.seed + pass);
    context.report("pca", static_cast<double>(pass) / static_cast<double>(most));
  }
  Subspace out;
  out.passes = static_cast<std::uint32_t>(columns.size());
  out.vectors = basis.combine(found.vectors, n_components);
  out.values = std::move(found.values);
  if (context.cancelled()) return cancelled_error();
  return out;
}

}  // namespace celloquy::pca
