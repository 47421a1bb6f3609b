#include "analysis/integration_metrics/integration_metrics.hpp"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/statistics/linear_algebra.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::integration_metrics {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

double median(std::vector<float> values) {
  if (values.empty()) return undefined;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (double{*middle} + *std::max_element(values.begin(), middle)) / 2;
}

std::size_t categories_present(std::span<const std::int32_t> codes, std::uint32_t n) {
  std::vector<std::uint8_t> present(n, 0);
  for (const auto code : codes)
    if (code >= 0) present[static_cast<std::size_t>(code)] = 1;
  return static_cast<std::size_t>(std::count(present.begin(), present.end(), 1));
}

struct Sample {
  std::vector<float> points;
  std::vector<std::int32_t> batches, labels;
};

Sample evenly_spaced(std::span<const float> points, std::size_t n, std::size_t d,
                     std::span<const std::int32_t> batches, std::span<const std::int32_t> labels,
                     std::size_t most) {
  Sample out;
  const std::size_t count = std::min(n, most);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t cell = i * n / count;
    out.points.insert(out.points.end(), points.begin() + static_cast<std::ptrdiff_t>(cell * d),
                      points.begin() + static_cast<std::ptrdiff_t>((cell + 1) * d));
    out.batches.push_back(batches[cell]);
    out.labels.push_back(labels[cell]);
  }
  return out;
}

/// scIB's batch width: of each label with several batches the mean of 1 − |width|, then
/// the mean over those labels.
double batch_width(const Sample& sample, std::size_t d, std::uint32_t n_batches,
                   std::uint32_t n_labels, const Context& context) {
  double total = 0;
  std::size_t labels = 0;
  for (std::uint32_t label = 0; label < n_labels; ++label) {
    Sample own;
    for (std::size_t i = 0; i < sample.labels.size(); ++i) {
      if (sample.labels[i] != static_cast<std::int32_t>(label)) continue;
      own.points.insert(own.points.end(),
                        sample.points.begin() + static_cast<std::ptrdiff_t>(i * d),
                        sample.points.begin() + static_cast<std::ptrdiff_t>((i + 1) * d));
      own.batches.push_back(sample.batches[i]);
    }
    const std::size_t present = categories_present(own.batches, n_batches);
    if (present < 2 || present == own.batches.size()) continue;
    double sum = 0;
    for (const float width : silhouette_widths(own.points, d, own.batches, n_batches, context))
      sum += 1 - std::abs(double{width});
    total += sum / static_cast<double>(own.batches.size());
    ++labels;
  }
  return labels ? total / static_cast<double>(labels) : undefined;
}

}  // namespace

std::vector<float> silhouette_widths(std::span<const float> points, std::size_t n_dimensions,
                                     std::span<const std::int32_t> categories,
                                     std::uint32_t n_categories, const Context& context) {
  statistics::use_one_blas_thread();
  const std::size_t n = categories.size(), d = n_dimensions;
  std::vector<float> centred(points.begin(), points.end()), square(n, 0.0f), width(n, 0.0f);
  // |a|² + |b|² − 2ab loses digits far from the origin.
  for (std::size_t j = 0; j < d; ++j) {
    double mean = 0;
    for (std::size_t i = 0; i < n; ++i) mean += points[i * d + j];
    for (std::size_t i = 0; i < n; ++i)
      centred[i * d + j] -= static_cast<float>(mean / static_cast<double>(n));
  }
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < d; ++j) square[i] += centred[i * d + j] * centred[i * d + j];
  std::vector<double> sizes(n_categories, 0.0);
  for (const auto category : categories)
    if (category >= 0) ++sizes[static_cast<std::size_t>(category)];
  constexpr std::size_t rows = 64;
  parallel_for_blocks(context, n, rows, [&](const Block& block) {
    std::vector<float> dots(block.size() * n);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(block.size()),
                static_cast<int>(n), static_cast<int>(d), 1.0f, centred.data() + block.begin * d,
                static_cast<int>(d), centred.data(), static_cast<int>(d), 0.0f, dots.data(),
                static_cast<int>(n));
    std::vector<double> sums(n_categories);
    for (std::size_t i = block.begin; i < block.end; ++i) {
      if (categories[i] < 0) continue;
      const auto own = static_cast<std::size_t>(categories[i]);
      std::fill(sums.begin(), sums.end(), 0.0);
      const float* row = dots.data() + (i - block.begin) * n;
      for (std::size_t j = 0; j < n; ++j)
        if (j != i && categories[j] >= 0)
          sums[static_cast<std::size_t>(categories[j])] +=
              std::sqrt(std::max(0.0f, square[i] + square[j] - 2 * row[j]));
      if (sizes[own] < 2) continue;
      const double inside = sums[own] / (sizes[own] - 1);
      double outside = INFINITY;
      for (std::size_t c = 0; c < n_categories; ++c)
        if (c != own && sizes[c] > 0) outside = std::min(outside, sums[c] / sizes[c]);
      const double larger = std::max(inside, outside);
      if (std::isfinite(outside) && larger > 0)
        width[i] = static_cast<float>((outside - inside) / larger);
    }
  });
  return width;
}

Expected<Result> compute(std::span<const float> points, std::size_t n_cells,
                         std::size_t n_dimensions, std::span<const std::int32_t> batches,
                         std::uint32_t n_batches, std::span<const std::int32_t> labels,
                         std::uint32_t n_labels, const Options& options, const Context& context) {
  if (points.size() != n_cells * n_dimensions || batches.size() != n_cells ||
      labels.size() != n_cells)
    return failure(ErrorCode::internal, "base.internal", {{"what", "integration_metrics: sizes"}});
  if (n_cells < 20)
    return failure(ErrorCode::cannot_answer, "harmony.too_few_cells", {{"cells", n_cells}});
  const std::size_t present = categories_present(batches, n_batches);
  if (present < 2) return failure(ErrorCode::cannot_answer, "harmony.one_batch");
  neighbors::Options near;
  near.n_neighbors = static_cast<std::uint32_t>(
      std::min<std::size_t>(n_cells - 1, static_cast<std::size_t>(3 * options.perplexity)));
  CELLOQUY_TRY(const auto nearest,
               neighbors::compute(points, n_cells, n_dimensions, near, context));
  Result result;
  result.ilisi = median(inverse_simpson(nearest, batches, n_batches, options.perplexity, context));
  result.ilisi_scaled = (result.ilisi - 1) / static_cast<double>(present - 1);
  std::vector<double> share(n_batches, 0.0);
  for (const auto batch : batches)
    if (batch >= 0) share[static_cast<std::size_t>(batch)] += 1 / static_cast<double>(n_cells);
  double simpson = 0;
  for (const double s : share) simpson += s * s;
  // Also batches that are mixed at random differ within as few neighbours as are seen.
  result.ilisi_perfect = 1 / (simpson + (1 - simpson) / options.perplexity);

  const std::size_t kinds = categories_present(labels, n_labels);
  result.clisi = result.clisi_scaled = result.label_width = result.batch_width = undefined;
  if (kinds >= 2) {
    result.clisi = median(inverse_simpson(nearest, labels, n_labels, options.perplexity, context));
    result.clisi_scaled =
        (static_cast<double>(kinds) - result.clisi) / static_cast<double>(kinds - 1);
  }
  const Sample sample =
      evenly_spaced(points, n_cells, n_dimensions, batches, labels, options.most_silhouette_cells);
  if (kinds >= 2) {
    double sum = 0, held = 0;
    const auto widths =
        silhouette_widths(sample.points, n_dimensions, sample.labels, n_labels, context);
    for (std::size_t i = 0; i < widths.size(); ++i)
      if (sample.labels[i] >= 0) {
        sum += widths[i];
        ++held;
      }
    if (held > 0) result.label_width = (sum / held + 1) / 2;
  }
  if (kinds >= 1)
    result.batch_width = batch_width(sample, n_dimensions, n_batches, n_labels, context);
  if (context.cancelled()) return cancelled_error();
  return result;
}

}  // namespace celloquy::integration_metrics
