// Ridge regression from texts to coordinates in the basis.

#include <lapacke.h>

#include <algorithm>
#include <cmath>

#include "analysis/statistics/linear_algebra.hpp"
#include "base/thread_pool.hpp"
#include "space/towers/products.hpp"
#include "training/basis.hpp"

namespace celloquy::training {
namespace {

using space::multiply;
using space::Side;

constexpr std::size_t most_texts = 131072;
constexpr std::size_t row_block = 512;
constexpr std::size_t column_block = 32;

struct TextRow {
  std::uint32_t text, entry;
  double weight;
};

std::vector<TextRow> text_rows(const PairsFolder& pairs, const PairSample& sample,
                               const Options& options) {
  const auto used = used_languages(pairs.index(), options);
  std::vector<TextRow> rows;
  for (std::uint32_t entry = 0; entry < sample.size(); ++entry) {
    const std::size_t first = rows.size();
    for (const PairText& text : pairs.texts(pairs[sample.pairs[entry]]))
      if (used[static_cast<std::size_t>(text.language)]) rows.push_back({text.text, entry, 0});
    for (std::size_t i = first; i < rows.size(); ++i)
      rows[i].weight = sample.weights[entry] / static_cast<double>(rows.size() - first);
  }
  if (rows.size() <= most_texts) return rows;
  std::vector<TextRow> some(most_texts);
  for (std::size_t i = 0; i < most_texts; ++i) some[i] = rows[i * rows.size() / most_texts];
  return some;
}

/// xᵀ·y (columns_x × columns_y) summed over blocks of rows in their order.
std::vector<double> cross_products(const std::vector<double>& x, std::size_t columns_x,
                                   const std::vector<double>& y, std::size_t columns_y,
                                   std::size_t rows, const Context& context) {
  std::vector<double> out(columns_x * columns_y, 0.0);
  parallel_for_blocks(context, columns_x, column_block, [&](const Block& block) {
    for (std::size_t first = 0; first < rows; first += row_block)
      multiply(block.size(), columns_y, std::min(row_block, rows - first), 1.0,
               {x.data() + first * columns_x + block.begin, columns_x, Side::transposed},
               {y.data() + first * columns_y, columns_y}, 1.0, out.data() + block.begin * columns_y,
               columns_y);
  });
  return out;
}

}  // namespace

Expected<TextMap> fit_text_map(const PairsFolder& pairs, const PairSample& sample,
                               const std::vector<float>& basis, std::size_t dimension,
                               const TextFeatures& features, const Options& options,
                               const Context& context) {
  statistics::use_one_blas_thread();
  const auto rows = text_rows(pairs, sample, options);
  const std::size_t n = rows.size(), d = features.dimension();
  std::vector<float> text(d);
  std::vector<double> mean(d), x(n * d), y(n * dimension);
  double weight = 0;
  for (std::size_t i = 0; i < n; ++i) {
    CELLOQUY_CHECK(features.read(rows[i].text, text.data()));
    for (std::size_t j = 0; j < d; ++j) {
      x[i * d + j] = text[j];
      mean[j] += rows[i].weight * text[j];
    }
    weight += rows[i].weight;
  }
  for (auto& m : mean) m /= weight;
  const auto places = coordinates(sample, basis, dimension, context);
  parallel_for_blocks(context, n, row_block, [&](const Block& block) {
    for (std::size_t i = block.begin; i < block.end && !context.cancelled(); ++i) {
      const double root = std::sqrt(rows[i].weight);
      for (std::size_t j = 0; j < d; ++j) x[i * d + j] = root * (x[i * d + j] - mean[j]);
      for (std::size_t j = 0; j < dimension; ++j)
        y[i * dimension + j] = root * places[rows[i].entry * dimension + j];
    }
  });
  auto products = cross_products(x, d, x, d, n, context);
  auto targets = cross_products(x, d, y, dimension, n, context);
  if (context.cancelled()) return cancelled_error();
  for (std::size_t j = 0; j < d; ++j) products[j * d + j] += options.ridge;
  if (LAPACKE_dposv(LAPACK_ROW_MAJOR, 'U', static_cast<lapack_int>(d),
                    static_cast<lapack_int>(dimension), products.data(), static_cast<lapack_int>(d),
                    targets.data(), static_cast<lapack_int>(dimension)) != 0)
    return failure(ErrorCode::internal, "base.internal", {{"what", "text map: not positive"}});
  return TextMap{{mean.begin(), mean.end()}, {targets.begin(), targets.end()}};
}

}  // namespace celloquy::training
