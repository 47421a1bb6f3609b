#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/markers/markers.hpp"
#include "analysis/markers/rank_sums.hpp"
#include "analysis/normalize/normalize.hpp"
#include "analysis/statistics/distributions.hpp"
#include "base/instruction_set.hpp"
#include "test_stats_matrices.hpp"

namespace celloquy {
namespace {

using Kind = markers::Test;

/// One gene's test of two sets of values by the definition of ranks.
struct Naive {
  double z = 0, auc = 0;
};
Naive naive_wilcoxon(const std::vector<double>& in, const std::vector<double>& out) {
  std::vector<double> all = in;
  all.insert(all.end(), out.begin(), out.end());
  const double n = static_cast<double>(all.size()), n1 = static_cast<double>(in.size()),
               n2 = n - n1;
  double rank_sum = 0, ties = 0;
  for (const double value : in) {
    double below = 0, equal = 0;
    for (const double other : all) below += other < value, equal += other == value;
    rank_sum += below + (equal + 1) / 2;
  }
  for (const double value : all) {
    double equal = 0;
    for (const double other : all) equal += other == value;
    ties += equal * equal - 1;  // summed over the run: t³ − t
  }
  const double u = rank_sum - n1 * (n1 + 1) / 2;
  const double deviation = std::sqrt((1 - ties / (n * n * n - n)) * n1 * n2 * (n + 1) / 12);
  return {deviation > 0 ? (u - n1 * n2 / 2) / deviation : 0, u / (n1 * n2)};
}

std::vector<double> column(const test::Dense& dense, const std::vector<std::int32_t>& groups,
                           std::size_t gene, auto&& wanted) {
  std::vector<double> values;
  for (std::size_t cell = 0; cell < dense.n_cells; ++cell)
    if (groups[cell] >= 0 && wanted(groups[cell])) values.push_back(dense.at(cell, gene));
  return values;
}

void expect_naive(const test::Dense& dense, const std::vector<std::int32_t>& groups,
                  std::uint32_t n_groups, const CountMatrix& matrix) {
  const Normalization identity;
  for (std::int32_t reference = -1; reference < static_cast<std::int32_t>(n_groups); ++reference) {
    markers::Options options;
    options.reference = reference;
    const auto result = markers::compute({&matrix, &identity}, groups, n_groups, options, {});
    if (!result) {
      // Only an empty reference or a single group may be refused.
      EXPECT_EQ(result.error().code, ErrorCode::cannot_answer);
      std::vector<int> sizes(n_groups, 0);
      for (const auto g : groups)
        if (g >= 0) ++sizes[static_cast<std::size_t>(g)];
      const auto filled = std::count_if(sizes.begin(), sizes.end(), [](int s) { return s > 0; });
      EXPECT_TRUE(filled < 2 ||
                  (reference >= 0 && sizes[static_cast<std::size_t>(reference)] == 0));
      continue;
    }
    for (std::int32_t g = 0; g < static_cast<std::int32_t>(n_groups); ++g)
      for (std::size_t gene = 0; gene < dense.n_genes; ++gene) {
        const std::size_t at = static_cast<std::size_t>(g) * dense.n_genes + gene;
        const auto in = column(dense, groups, gene, [&](int c) { return c == g; });
        const auto out = column(dense, groups, gene,
                                [&](int c) { return reference < 0 ? c != g : c == reference; });
        if (g == reference || in.empty() || out.empty()) {
          EXPECT_EQ(result->score[at], 0);
          EXPECT_EQ(result->p_value[at], 1);
          continue;
        }
        const Naive expected = naive_wilcoxon(in, out);
        EXPECT_NEAR(result->score[at], expected.z, 1e-5 * (1 + std::abs(expected.z)));
        EXPECT_NEAR(result->auc[at], expected.auc, 1e-6);
        EXPECT_NEAR(result->p_value[at], std::erfc(std::abs(expected.z) / std::sqrt(2.0)), 1e-9);
      }
  }
}

TEST(Wilcoxon, EverySmallCase) {
  // All 3^5 assignments of values 0, 1, 2 to five cells, as genes, for all 4^5
  // assignments of cells to groups 0, 1, 2 and none that start with group 0 or none.
  constexpr std::size_t n = 5, n_genes = 243;
  test::Dense dense{n, n_genes, std::vector<double>(n * n_genes)};
  for (std::size_t gene = 0; gene < n_genes; ++gene)
    for (std::size_t cell = 0, rest = gene; cell < n; ++cell, rest /= 3)
      dense.at(cell, gene) = static_cast<double>(rest % 3);
  const auto matrix = test::stored_as<std::uint8_t>(dense);
  for (int code = 0; code < 1024; code += 7) {
    std::vector<std::int32_t> groups;
    for (int cell = 0, rest = code; cell < 5; ++cell, rest /= 4) groups.push_back(rest % 4 - 1);
    expect_naive(dense, groups, 3, matrix);
    if (HasFailure()) FAIL() << "groups " << code;
  }
}

TEST(Wilcoxon, RandomCasesWithTiesNegativesAndOddGroups) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    RandomStream random(77, seed);
    const std::size_t n = 20 + random.below(200), n_genes = 25;
    test::Dense dense{n, n_genes, std::vector<double>(n * n_genes, 0.0)};
    for (std::size_t gene = 0; gene < n_genes; ++gene)
      for (std::size_t cell = 0; cell < n; ++cell) {
        const double value = random.normal();
        if (gene == 0) continue;  // all zero
        if (gene == 1)
          dense.at(cell, gene) = 3;  // all tied
        else if (gene < 8)
          dense.at(cell, gene) = std::round(2 * value);  // ties and negatives
        else if (gene < 14)
          dense.at(cell, gene) = std::max(0.0, std::round(value));
        else
          dense.at(cell, gene) = static_cast<float>(value);
      }
    std::vector<std::int32_t> groups(n);
    for (auto& group : groups) group = static_cast<std::int32_t>(random.below(5)) - 1;
    for (auto& group : groups)
      if (group == 3) group = 2;  // group 3 is empty
    groups[0] = 4;                // group 4 has one cell
    expect_naive(dense, groups, 5, test::stored_as<float>(dense));
  }
}

TEST(Wilcoxon, SortsLongColumnsOfAnyKeys) {
  for (const std::size_t n : {10u, 49u, 1000u, 5000u, 30'000u})
    for (const int bits : {0, 3, 20, 27, 32}) {
      std::vector<std::uint64_t> words(n), scratch;
      for (std::size_t i = 0; i < n; ++i)
        words[i] = (bits ? RandomStream(5, i).next() >> (64 - bits) : 7) << 32 | i;
      auto expected = words;
      std::sort(expected.begin(), expected.end());
      const auto sorted = markers::sort_by_key(words, scratch);
      // Stable, so the low halves ascend within equal keys.
      EXPECT_TRUE(std::equal(sorted.begin(), sorted.end(), expected.begin(), expected.end()))
          << n << " " << bits;
    }
}

struct Data {
  test::Dense dense = test::random_counts(900, 120, 6);
  CountMatrix matrix = test::stored_as<std::uint8_t>(dense);
  Normalization logs = normalize::compute(test::totals_of(dense), {});
  std::vector<std::int32_t> groups;
  Data() {
    for (std::size_t cell = 0; cell < 900; ++cell)
      groups.push_back(cell % 17 == 0 ? -1 : cell >= 450 ? 2 : static_cast<int>(cell % 2));
  }
  ExpressionView view() const { return {&matrix, &logs}; }
};

TEST(Markers, FoldChangesSharesAndWelchByDefinition) {
  const Data data;
  test::Dense values = data.dense;
  for (std::size_t cell = 0; cell < 900; ++cell)
    for (std::size_t gene = 0; gene < 120; ++gene)
      values.at(cell, gene) = std::log1p(data.dense.at(cell, gene) * data.logs.scale[cell]);
  for (const std::int32_t reference : {-1, 1}) {
    markers::Options options{Kind::t_test, reference};
    const auto result = *markers::compute(data.view(), data.groups, 3, options, {});
    EXPECT_TRUE(std::isnan(result.auc[0]));
    for (std::int32_t g = 0; g < 3; ++g)
      for (std::size_t gene = 0; gene < 120; ++gene) {
        if (g == reference) continue;
        const std::size_t at = static_cast<std::size_t>(g) * 120 + gene;
        const auto in = column(values, data.groups, gene, [&](int c) { return c == g; });
        const auto out = column(values, data.groups, gene,
                                [&](int c) { return reference < 0 ? c != g : c == reference; });
        const auto moments = [](const std::vector<double>& x) {
          const double n = static_cast<double>(x.size());
          const double mean = std::accumulate(x.begin(), x.end(), 0.0) / n;
          double squares = 0;
          for (const double v : x) squares += (v - mean) * (v - mean);
          return std::pair(mean, squares / (n - 1) / n);
        };
        const auto [mean_in, variance_in] = moments(in);
        const auto [mean_out, variance_out] = moments(out);
        const double t = (mean_in - mean_out) / std::sqrt(variance_in + variance_out);
        EXPECT_NEAR(result.score[at], t, 1e-4 * (1 + std::abs(t)));
        const double freedom =
            std::pow(variance_in + variance_out, 2) /
            (variance_in * variance_in / (static_cast<double>(in.size()) - 1) +
             variance_out * variance_out / (static_cast<double>(out.size()) - 1));
        EXPECT_NEAR(std::log(result.p_value[at]),
                    std::log(statistics::student_t_two_sided(t, freedom)), 1e-3);
        EXPECT_NEAR(result.log2_fold_change[at],
                    std::log2((std::expm1(mean_in) + 1e-9) / (std::expm1(mean_out) + 1e-9)), 1e-4);
        const auto share = [](const std::vector<double>& x) {
          return static_cast<double>(
                     std::count_if(x.begin(), x.end(), [](double v) { return v > 0; })) /
                 static_cast<double>(x.size());
        };
        EXPECT_NEAR(result.fraction_in[at], share(in), 1e-6);
        EXPECT_NEAR(result.fraction_out[at], share(out), 1e-6);
      }
  }
}

TEST(Markers, PlantedGenesComeFirst) {
  const Data data;
  for (const auto test : {Kind::wilcoxon, Kind::t_test}) {
    const auto result = *markers::compute(data.view(), data.groups, 3, {test, -1}, {});
    const auto order = markers::ranked(result, 2);
    EXPECT_EQ(order.size(), 120u);
    EXPECT_GE(
        std::count_if(order.begin(), order.begin() + 12, [](std::uint32_t g) { return g < 12; }),
        9);
    for (std::size_t i = 1; i < 120; ++i)
      EXPECT_GE(result.score[2 * 120 + order[i - 1]], result.score[2 * 120 + order[i]]);
  }
}

TEST(Markers, SameBitsForThreadsAndOrderOfCells) {
  const Data data;
  test::Dense reversed = data.dense;
  std::vector<std::int32_t> groups(data.groups.rbegin(), data.groups.rend());
  for (std::size_t cell = 0; cell < 900; ++cell)
    for (std::size_t gene = 0; gene < 120; ++gene)
      reversed.at(cell, gene) = data.dense.at(899 - cell, gene);
  const auto matrix = test::stored_as<std::uint16_t>(reversed);
  const auto logs = normalize::compute(test::totals_of(reversed), {});
  for (const std::int32_t reference : {-1, 0}) {
    const markers::Options options{Kind::wilcoxon, reference};
    const auto results = test::with_threads([&](const Context& context) {
      return *markers::compute(data.view(), data.groups, 3, options, context);
    });
    const auto backwards = *markers::compute({&matrix, &logs}, groups, 3, options, {});
    for (const auto* result : {&results[1], &results[2], &backwards}) {
      EXPECT_TRUE(test::same_bits(result->score, results[0].score));
      EXPECT_TRUE(test::same_bits(result->p_adjusted, results[0].p_adjusted));
      EXPECT_TRUE(test::same_bits(result->auc, results[0].auc));
      EXPECT_TRUE(test::same_bits(result->log2_fold_change, results[0].log2_fold_change));
    }
  }
  const auto welch = test::with_threads([&](const Context& context) {
    return *markers::compute(data.view(), data.groups, 3, {Kind::t_test, -1}, context);
  });
  for (const auto& result : welch) EXPECT_TRUE(test::same_bits(result.p_value, welch[0].p_value));
}

TEST(Markers, RanksDoNotDependOnTheInstructionSet) {
  const Data data;
  const auto best = *markers::compute(data.view(), data.groups, 3, {}, {});
  set_instruction_set(InstructionSet::plain);
  const auto plain = *markers::compute(data.view(), data.groups, 3, {}, {});
  set_instruction_set(best_instruction_set());
  EXPECT_TRUE(test::same_bits(best.score, plain.score));
  EXPECT_TRUE(test::same_bits(best.log2_fold_change, plain.log2_fold_change));
}

TEST(Markers, Refusals) {
  const Data data;
  const std::vector<std::int32_t> one(900, 1), nobody(900, -1);
  EXPECT_EQ(markers::compute(data.view(), one, 3, {}, {}).error().code, ErrorCode::cannot_answer);
  EXPECT_EQ(markers::compute(data.view(), nobody, 3, {}, {}).error().code,
            ErrorCode::cannot_answer);
  EXPECT_EQ(markers::compute(data.view(), data.groups, 4, {Kind::wilcoxon, 3}, {}).error().code,
            ErrorCode::cannot_answer);
}

TEST(Distributions, TailsAgainstKnownValues) {
  // scipy.stats.norm.sf and t.sf, doubled.
  const auto near = [](double value, double expected) {
    EXPECT_NEAR(value / expected, 1, 1e-10) << expected;
  };
  near(statistics::normal_two_sided(-1.959963984540054), 0.05);
  near(statistics::normal_two_sided(10), 1.523970604832094e-23);
  near(statistics::normal_two_sided(37), 1.1451142445047853e-299);
  EXPECT_EQ(statistics::normal_two_sided(40), 0);
  EXPECT_EQ(statistics::normal_two_sided(0), 1);
  near(statistics::student_t_two_sided(0.5, 3.5), 0.6468504393225509);
  near(statistics::student_t_two_sided(2.0, 10.0), 0.07338803477074037);
  near(statistics::student_t_two_sided(12.0, 40.0), 7.82417130425598e-15);
  near(statistics::student_t_two_sided(30.0, 1234.5), 5.7276524162785125e-149);
  near(statistics::student_t_two_sided(5.0, 10000.0), 5.830326613662659e-07);
  near(statistics::student_t_two_sided(60.0, 250.0), 1.8919304857032654e-150);
  near(statistics::student_t_two_sided(2, INFINITY), statistics::normal_two_sided(2));
  EXPECT_EQ(statistics::student_t_two_sided(0, 5), 1);
  EXPECT_EQ(statistics::student_t_two_sided(INFINITY, 5), 0);
  // Exact: t with one degree of freedom is Cauchy, with two algebraic.
  for (const double t : {1e-3, 0.7, 4.0, 1e6}) {
    near(statistics::student_t_two_sided(t, 1), 2 / M_PI * std::atan(1 / t));
    const double root = std::sqrt(2 + t * t);
    near(statistics::student_t_two_sided(t, 2), 2 / (root * (root + t)));
  }
  near(statistics::digamma(1), -0.5772156649015329);
  near(statistics::digamma(0.5), -1.9635100260214235);
  near(statistics::trigamma(1), M_PI * M_PI / 6);
  near(statistics::trigamma(0.5), M_PI * M_PI / 2);
  for (const double x : {1e-9, 1e-3, 0.4, 1.0, 7.0, 1e4, 1e9})
    EXPECT_NEAR(statistics::trigamma(statistics::trigamma_inverse(x)) / x, 1, 1e-6);
}

TEST(Distributions, BenjaminiHochbergByDefinition) {
  const std::vector<double> p = {0.01, 0.04, NAN, 0.03, 0.005, 0.5, 0.04};
  const auto adjusted = statistics::benjamini_hochberg(p.data(), p.size());
  for (std::size_t i = 0; i < p.size(); ++i) {
    // min over all p_j ≥ p_i of p_j·n / #{p_k ≤ p_j}
    const auto value = [&](std::size_t j) { return std::isnan(p[j]) ? 1.0 : p[j]; };
    double expected = 1;
    for (std::size_t j = 0; j < p.size(); ++j) {
      if (value(j) < value(i)) continue;
      double rank = 0;
      for (std::size_t k = 0; k < p.size(); ++k) rank += value(k) <= value(j);
      expected = std::min(expected, value(j) * static_cast<double>(p.size()) / rank);
    }
    EXPECT_NEAR(adjusted[i], expected, 1e-15);
  }
}

}  // namespace
}  // namespace celloquy
