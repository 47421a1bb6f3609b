// Against Scrublet (make_doublets_reference.py), on the demonstration data with known
// doublets added.
#include "analysis/doublets/doublets.hpp"

#include <numeric>

#include "analysis/highly_variable_genes/highly_variable_genes.hpp"
#include "input.hpp"

namespace celloquy::parity {
namespace {

std::vector<double> ranks_of(const std::vector<float>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t j = i;
    while (j < order.size() && values[order[j]] == values[order[i]]) ++j;
    for (std::size_t k = i; k < j; ++k) ranks[order[k]] = static_cast<double>(i + j - 1) / 2;
    i = j;
  }
  return ranks;
}

/// Of the last `n_true` values against the others.
double auroc(const std::vector<float>& values, std::size_t n_true) {
  const auto ranks = ranks_of(values);
  const double sum =
      std::accumulate(ranks.end() - static_cast<std::ptrdiff_t>(n_true), ranks.end(), 0.0);
  const double p = static_cast<double>(n_true), q = static_cast<double>(values.size()) - p;
  return (sum - p * (p - 1) / 2) / (p * q);
}

double rank_correlation(const std::vector<float>& a, const std::vector<float>& b) {
  const auto x = ranks_of(a), y = ranks_of(b);
  const double mean = static_cast<double>(x.size() - 1) / 2;
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) * (x[i] - mean);
    yy += (y[i] - mean) * (y[i] - mean);
  }
  return xy / std::sqrt(xx * yy);
}

/// The demonstration data and the sums of these pairs of its cells.
CountMatrix with_doublets(const CountMatrix& cells, const std::vector<std::int32_t>& pairs) {
  std::vector<std::uint64_t> offsets(1, 0);
  std::vector<std::uint32_t> indices, values;
  RowDecoder decoder(cells.by_cell());
  std::vector<std::uint32_t> sum(cells.n_genes(), 0);
  const std::size_t n = cells.n_cells() + pairs.size() / 2;
  for (std::size_t cell = 0; cell < n; ++cell) {
    std::fill(sum.begin(), sum.end(), 0u);
    const auto add = [&](std::size_t from) {
      const SparseRow row = decoder.row(from);
      for (std::size_t i = 0; i < row.indices.size(); ++i)
        sum[row.indices[i]] += static_cast<std::uint32_t>(row.values[i]);
    };
    if (cell < cells.n_cells()) {
      add(cell);
    } else {
      const std::size_t pair = 2 * (cell - cells.n_cells());
      add(static_cast<std::size_t>(pairs[pair]));
      add(static_cast<std::size_t>(pairs[pair + 1]));
    }
    for (std::uint32_t gene = 0; gene < sum.size(); ++gene)
      if (sum[gene]) {
        indices.push_back(gene);
        values.push_back(sum[gene]);
      }
    offsets.push_back(indices.size());
  }
  Buffer<std::uint32_t> index_buffer(indices.size()), value_buffer(values.size());
  std::copy(indices.begin(), indices.end(), index_buffer.begin());
  std::copy(values.begin(), values.end(), value_buffer.begin());
  return CountMatrix(SparseMatrix(Order::cell_major, n, cells.n_genes(), offsets,
                                  std::move(index_buffer), std::move(value_buffer)));
}

TEST(DoubletsParity, AurocOfKnownDoubletsNotBelowScrublets) {
  const Input* data = input("demo");
  ASSERT_TRUE(data);
  const auto pairs = reference<std::int32_t>("doublets", "pairs");
  const auto theirs = reference<float>("doublets", "scores");
  const CountMatrix matrix = with_doublets(data->data.matrix, pairs);
  ASSERT_EQ(theirs.size(), matrix.n_cells());
  const auto metrics = quality_control::compute_metrics(matrix, {}, data->context);
  ASSERT_TRUE(metrics);
  const Normalization logs = normalize::compute(metrics->total_counts, {});
  const Normalization none;
  const auto variable = highly_variable_genes::compute({&matrix, &none}, {}, {}, data->context);
  ASSERT_TRUE(variable);
  const ExpressionView view{&matrix, &logs};
  const auto components = pca::compute(view, variable->genes, {}, data->context);
  ASSERT_TRUE(components);
  const std::vector<std::int32_t> batches(matrix.n_cells(), 0);
  doublets::Options options;
  options.expected_rate = 0.1;
  const auto result =
      doublets::compute(view, *components, variable->genes, batches, 1, options, data->context);
  ASSERT_TRUE(result) << result.error().message.en;
  const double ours_auroc = auroc(result->score, pairs.size() / 2);
  const double their_auroc = auroc(theirs, pairs.size() / 2);
  const double correlation = rank_correlation(result->score, theirs);
  report("AUROC, ours", ours_auroc);
  report("AUROC, Scrublet", their_auroc);
  report("rank correlation with Scrublet", correlation);
  report("called", result->batches[0].n_called);
  report("threshold", result->batches[0].threshold);
  report("detectable", result->batches[0].detectable);
  report("valley", result->batches[0].found == doublets::Threshold::valley);
  std::size_t right = 0;
  for (std::size_t i = data->data.matrix.n_cells(); i < result->called.size(); ++i)
    right += result->called[i];
  report("called of the known", static_cast<double>(right));
  // Ranks of singlets among one another are noise of the simulation and differ.
  EXPECT_GE(ours_auroc, their_auroc);
}

TEST(DoubletsParity, ScoresOnScrubletsOwnComponentsWithin1e5ButForTies) {
  const auto points = reference<float>("doublets", "points");
  const auto theirs = reference<float>("doublets", "point_scores");
  const std::size_t n_cells = reference<float>("doublets", "scores").size();
  ASSERT_EQ(points.size(), theirs.size() * 10);
  const double own = std::round(0.5 * std::sqrt(static_cast<double>(n_cells)));
  const auto ours = doublets::scores(points, n_cells, theirs.size() - n_cells, 10, own, 0.1, {});
  ASSERT_TRUE(ours);
  std::size_t different = 0;
  for (std::size_t i = 0; i < theirs.size(); ++i)
    different += std::abs((*ours)[i] - theirs[i]) > 1e-5;
  report("share of other scores",
         static_cast<double>(different) / static_cast<double>(theirs.size()));
  report("rank correlation", rank_correlation(*ours, theirs));
  EXPECT_LT(static_cast<double>(different), 0.01 * static_cast<double>(theirs.size()));
}

}  // namespace
}  // namespace celloquy::parity
