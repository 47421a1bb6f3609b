#include "training/regression.hpp"

#include <cblas.h>
#include <lapacke.h>

#include <algorithm>
#include <cmath>

#include "base/thread_pool.hpp"

namespace celloquy::training {
namespace {

constexpr std::size_t genes_a_block = 256;

/// Weighted mean and covariance of the texts, and each entry's summed centred texts.
struct Moments {
  std::vector<double> mean, covariance;  // d, d × d
  std::vector<double> entry;             // entries × d
};

Moments moments_of(const RegressionInput& input) {
  const auto& pool = input.pool;
  const auto& vectors = pool.text_vectors;
  const std::size_t d = vectors.n_dimensions, n_entries = pool.entries.size();
  const auto weight_of = [&](const space::PoolEntry& entry) {
    const auto texts = entry.last_text - entry.first_text;
    return texts == 0 ? 0.0 : static_cast<double>(input.family_weights[entry.family]) / texts;
  };
  // A text of several entries counts for each of them.
  std::vector<double> text_weight(vectors.n_cells, 0);
  double total = 0;
  for (const auto& entry : pool.entries)
    for (auto t = entry.first_text; t < entry.last_text; ++t) {
      text_weight[pool.text[t]] += weight_of(entry);
      total += weight_of(entry);
    }
  const auto value = [&](std::size_t text, std::size_t k) {
    return static_cast<double>(vectors.values[text * d + k]) * vectors.scale[text];
  };
  Moments m;
  m.mean.assign(d, 0);
  for (std::size_t t = 0; t < vectors.n_cells; ++t)
    for (std::size_t k = 0; k < d; ++k) m.mean[k] += text_weight[t] / total * value(t, k);
  std::vector<double> scaled(vectors.n_cells * d);
  for (std::size_t t = 0; t < vectors.n_cells; ++t)
    for (std::size_t k = 0; k < d; ++k)
      scaled[t * d + k] = std::sqrt(text_weight[t]) * (value(t, k) - m.mean[k]);
  m.covariance.assign(d * d, 0);
  const auto n = static_cast<int>(d);
  cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, n, static_cast<int>(vectors.n_cells), 1.0,
              scaled.data(), n, 0.0, m.covariance.data(), n);
  m.entry.assign(n_entries * d, 0);
  for (std::size_t e = 0; e < n_entries; ++e) {
    const auto& entry = pool.entries[e];
    for (auto t = entry.first_text; t < entry.last_text; ++t)
      for (std::size_t k = 0; k < d; ++k)
        m.entry[e * d + k] += weight_of(entry) * (value(pool.text[t], k) - m.mean[k]);
  }
  return m;
}

struct GeneEntry {
  std::uint32_t entry;
  float value;
};

}  // namespace

float round_to_bytes(std::span<const float> vector, std::int8_t* to) {
  float largest = 0;
  for (const float v : vector) largest = std::max(largest, std::abs(v));
  double square = 0;
  for (std::size_t i = 0; i < vector.size(); ++i) {
    to[i] = largest == 0 ? std::int8_t{0}
                         : static_cast<std::int8_t>(std::lround(vector[i] / largest * 127));
    square += static_cast<double>(to[i]) * to[i];
  }
  return square > 0 ? static_cast<float>(1 / std::sqrt(square)) : 0.0f;
}

Expected<space::TextRegression> ridge_regression(const RegressionInput& input,
                                                 const Context& context) {
  const auto& pool = input.pool;
  const std::size_t d = pool.text_vectors.n_dimensions, n_genes = pool.n_genes;
  auto moments = moments_of(input);
  for (std::size_t k = 0; k < d; ++k) moments.covariance[k * d + k] += input.ridge;
  const auto n = static_cast<int>(d);
  if (LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'U', n, moments.covariance.data(), n) != 0)
    return failure(ErrorCode::internal, "training.regression_failed");

  std::vector<std::vector<GeneEntry>> by_gene(n_genes);
  for (std::uint32_t e = 0; e < input.vectors.size(); ++e)
    for (std::size_t i = 0; i < input.vectors[e].genes.size(); ++i)
      by_gene[input.vectors[e].genes[i]].push_back({e, input.vectors[e].values[i]});

  space::TextRegression result;
  result.mean.assign(moments.mean.begin(), moments.mean.end());
  result.scale.assign(n_genes, 0);
  result.values.assign(n_genes * d, 0);
  parallel_for_blocks(context, n_genes, genes_a_block, [&](const Block& block) {
    std::vector<double> right(d);
    std::vector<float> row(d);
    for (std::size_t g = block.begin; g < block.end; ++g) {
      std::fill(right.begin(), right.end(), 0.0);
      for (const auto& [e, value] : by_gene[g])
        for (std::size_t k = 0; k < d; ++k)
          right[k] += static_cast<double>(value) * moments.entry[e * d + k];
      // Two triangular solves: M's row of this gene.
      cblas_dtrsv(CblasRowMajor, CblasUpper, CblasTrans, CblasNonUnit, n, moments.covariance.data(),
                  n, right.data(), 1);
      cblas_dtrsv(CblasRowMajor, CblasUpper, CblasNoTrans, CblasNonUnit, n,
                  moments.covariance.data(), n, right.data(), 1);
      for (std::size_t k = 0; k < d; ++k) row[k] = static_cast<float>(right[k]);
      const float unit = round_to_bytes(row, result.values.data() + g * d);
      // The rounded row times scale has the length that it had before.
      result.scale[g] = unit * static_cast<float>(cblas_dnrm2(n, right.data(), 1));
    }
  });
  if (context.cancelled()) return cancelled_error();
  return result;
}

}  // namespace celloquy::training
