// Against limma and edgeR (make_limma_reference.R): cpm(log = TRUE, prior.count =
// 2), lmFit, eBayes(trend = TRUE).
#include <fstream>
#include <sstream>

#include "analysis/pseudobulk/pseudobulk.hpp"
#include "input.hpp"

namespace celloquy::parity {
namespace {

std::vector<std::vector<double>> table(const std::string& name, bool header) {
  const std::string path =
      std::string(CELLOQUY_SOURCE_DIR) + "/tests/parity/reference/limma/" + name + ".tsv";
  std::ifstream file(path);
  if (!file)
    ADD_FAILURE() << path << " is missing; run Rscript tests/parity/make_limma_reference.R";
  std::vector<std::vector<double>> rows;
  std::string line;
  if (header) std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream words(line);
    rows.emplace_back();
    for (double value; words >> value;) rows.back().push_back(value);
  }
  return rows;
}

struct Numbers {
  std::size_t first = 0, second = 0;
  double df_prior = 0;
};
Numbers numbers(const std::string& name) {
  std::ifstream file(std::string(CELLOQUY_SOURCE_DIR) + "/tests/parity/reference/limma/" + name +
                     "_numbers.txt");
  Numbers out;
  std::string word, value;
  while (file >> word >> value) {
    if (word == "first") out.first = std::stoul(value);
    if (word == "second") out.second = std::stoul(value);
    if (word == "df_prior") out.df_prior = value == "Inf" ? INFINITY : std::stod(value);
  }
  return out;
}

/// Each sample's counts as those of ten cells.
CountMatrix as_cells(const std::vector<std::vector<double>>& counts, std::size_t n_samples,
                     std::vector<std::int32_t>& samples) {
  constexpr std::size_t cells = 10;
  std::vector<std::uint64_t> offsets(1, 0);
  std::vector<std::uint32_t> indices, values;
  for (std::size_t sample = 0; sample < n_samples; ++sample)
    for (std::size_t cell = 0; cell < cells; ++cell) {
      for (std::size_t gene = 0; gene < counts.size(); ++gene) {
        const auto total = static_cast<std::uint32_t>(counts[gene][sample]);
        const std::uint32_t part = total / cells + (cell < total % cells);
        if (part == 0) continue;
        indices.push_back(static_cast<std::uint32_t>(gene));
        values.push_back(part);
      }
      offsets.push_back(indices.size());
      samples.push_back(static_cast<std::int32_t>(sample));
    }
  Buffer<std::uint32_t> index_buffer(indices.size()), value_buffer(values.size());
  std::copy(indices.begin(), indices.end(), index_buffer.begin());
  std::copy(values.begin(), values.end(), value_buffer.begin());
  return CountMatrix(SparseMatrix(Order::cell_major, n_samples * cells, counts.size(), offsets,
                                  std::move(index_buffer), std::move(value_buffer)));
}

// With a few dozen genes the flexibility of the variance trend is a choice that
// Smyth's paper leaves open; ours is stiffer than limma's, so that only the set of
// this size ("small") agrees loosely: t within 10 %, log10 p within 0.2.
TEST(PseudobulkParity, TAndLogPOfLimma) {
  for (const std::string set : {"large", "small", "flat"}) {
    const auto counts = table(set + "_counts", false), expected = table(set + "_result", true);
    const Numbers about = numbers(set);
    ASSERT_FALSE(counts.empty());
    ASSERT_EQ(counts[0].size(), about.first + about.second);
    std::vector<std::int32_t> samples;
    const auto matrix = as_cells(counts, counts[0].size(), samples);
    std::vector<std::int8_t> condition(about.first, 0);
    condition.insert(condition.end(), about.second, 1);
    const auto result = pseudobulk::compute(
        matrix, samples, static_cast<std::uint32_t>(condition.size()), condition, {}, {});
    ASSERT_TRUE(result) << result.error().message.en;
    ASSERT_EQ(result->genes.size(), expected.size());
    const bool small = set == "small";
    if (std::isinf(about.df_prior))
      EXPECT_TRUE(std::isinf(result->prior_degrees_of_freedom)) << set;
    else
      EXPECT_NEAR(result->prior_degrees_of_freedom / about.df_prior, 1, small ? 0.5 : 1e-6) << set;
    double t = 0, log_p = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(result->genes[i], expected[i][0]);
      EXPECT_NEAR(result->log2_fold_change[i], expected[i][1], 1e-5);
      EXPECT_NEAR(result->mean_log2_cpm[i], expected[i][2], 1e-5);
      t = std::max(t, std::abs(result->t[i] - expected[i][3]) / (1 + std::abs(expected[i][3])));
      log_p = std::max(log_p, std::abs(std::log10(result->p_value[i] / expected[i][4])));
      log_p = std::max(log_p, std::abs(std::log10(result->p_adjusted[i] / expected[i][5])));
    }
    report(set + ", largest relative difference of t", t);
    report(set + ", largest difference of log10 p", log_p);
    EXPECT_LT(t, small ? 0.1 : 1e-5);
    EXPECT_LT(log_p, small ? 0.2 : 1e-5);
  }
}

}  // namespace
}  // namespace celloquy::parity
