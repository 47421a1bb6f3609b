#include "analysis/regress_out/regress_out.hpp"

#include <cmath>

#include "analysis/statistics/linear_algebra.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::regress_out {
namespace {

constexpr std::size_t block_size = 4096;

/// Orthonormal columns: the intercept first, then what each covariate adds.
std::vector<std::vector<double>> basis_of(std::size_t n,
                                          const std::vector<std::vector<float>>& covariates) {
  std::vector<double> columns(n * (1 + covariates.size()), 1.0);
  std::vector<double> length(1 + covariates.size(), std::sqrt(static_cast<double>(n)));
  for (std::size_t c = 0; c < covariates.size(); ++c) {
    double squares = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double value = covariates[c][i];
      columns[(c + 1) * n + i] = value;
      squares += value * value;
    }
    length[c + 1] = std::sqrt(squares);
  }
  const std::size_t count = std::min(n, 1 + covariates.size());
  const auto added = statistics::orthonormalize(columns.data(), n, count);
  std::vector<std::vector<double>> basis;
  for (std::size_t c = 0; c < count; ++c)
    // Floats leave a dependent column about this much.
    if (added[c] > 1e-6 * length[c])
      basis.emplace_back(columns.begin() + static_cast<std::ptrdiff_t>(c * n),
                         columns.begin() + static_cast<std::ptrdiff_t>((c + 1) * n));
  return basis;
}

}  // namespace

Expected<Result> compute(const std::vector<float>& values, std::uint32_t n_columns,
                         const std::vector<std::vector<float>>& covariates,
                         const Context& context) {
  const std::size_t k = n_columns, n = k ? values.size() / k : 0;
  bool fits = k > 0 && n > 0 && values.size() == n * k;
  for (const auto& covariate : covariates) fits = fits && covariate.size() == n;
  if (!fits)
    return failure(ErrorCode::internal, "base.internal",
                   {{"what", "one number a cell and covariate is needed"}});
  for (const auto& covariate : covariates)
    for (const float value : covariate)
      if (!std::isfinite(value)) return failure(ErrorCode::cannot_answer, "regress_out.not_finite");
  const auto basis = basis_of(n, covariates);
  const std::size_t q = basis.size(), n_blocks = block_count(n, block_size);

  // Projections of each column on the basis, and its squares: a block each, added in order.
  std::vector<double> parts(n_blocks * (q + 1) * k, 0.0);
  parallel_for_blocks(context, n, block_size, [&](const Block& block) {
    double* part = parts.data() + block.index * (q + 1) * k;
    for (std::size_t i = block.begin; i < block.end; ++i)
      for (std::size_t c = 0; c < k; ++c) {
        const double value = values[i * k + c];
        for (std::size_t b = 0; b < q; ++b) part[b * k + c] += basis[b][i] * value;
        part[q * k + c] += value * value;
      }
  });
  std::vector<double> sums((q + 1) * k, 0.0);
  for (std::size_t block = 0; block < n_blocks; ++block)
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += parts[block * sums.size() + i];

  Result out;
  out.values.resize(values.size());
  parallel_for_blocks(context, n, block_size, [&](const Block& block) {
    for (std::size_t i = block.begin; i < block.end; ++i)
      for (std::size_t c = 0; c < k; ++c) {
        double fitted = 0;
        for (std::size_t b = 0; b < q; ++b) fitted += basis[b][i] * sums[b * k + c];
        out.values[i * k + c] = static_cast<float>(static_cast<double>(values[i * k + c]) - fitted);
      }
  });
  if (context.cancelled()) return cancelled_error();
  double all = 0, taken = 0;
  for (std::size_t c = 0; c < k; ++c) {
    // What the intercept takes is no variance.
    const double spread = sums[q * k + c] - sums[c] * sums[c];
    double column = 0;
    for (std::size_t b = 1; b < q; ++b) column += sums[b * k + c] * sums[b * k + c];
    all += spread;
    taken += column;
    out.explained_by_column.push_back(spread > 0 ? std::min(1.0, column / spread) : 0);
  }
  out.explained = all > 0 ? std::min(1.0, taken / all) : 0;
  return out;
}

}  // namespace celloquy::regress_out
