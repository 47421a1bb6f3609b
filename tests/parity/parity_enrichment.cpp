// Against GSEApy (make_enrichment_reference.py).
#include <fstream>
#include <sstream>

#include "analysis/enrichment/enrichment.hpp"
#include "input.hpp"

namespace celloquy::parity {
namespace {

template <class T>
std::vector<std::vector<T>> rows_of(const std::string& name, bool header) {
  std::ifstream file(std::string(CELLOQUY_SOURCE_DIR) + "/tests/parity/reference/enrichment/" +
                     name + ".tsv");
  std::vector<std::vector<T>> rows;
  std::string line;
  if (header) std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string first;
    if (header) words >> first;
    rows.emplace_back();
    for (T value; words >> value;) rows.back().push_back(value);
  }
  if (rows.empty()) ADD_FAILURE() << name << ".tsv cannot be read";
  return rows;
}

enum Column { hits, p, es, nes, nominal_p, n_leading };

TEST(EnrichmentParity, POfOverRepresentationWithin1e9OfGSEApys) {
  const auto sets = rows_of<std::uint32_t>("sets", false);
  const auto expected = rows_of<double>("result", true);
  std::vector<std::uint32_t> list;
  for (const auto& row : rows_of<std::uint32_t>("list", false)) list.push_back(row.at(0));
  const auto result = enrichment::over_representation(list, 3000, sets, {}, {});
  ASSERT_TRUE(result);
  ASSERT_EQ(result->set.size(), expected.size());
  double worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(result->hits[i], expected[i].at(hits));
    worst = std::max(worst, std::abs(result->p_value[i] / expected[i].at(p) - 1));
  }
  report("largest relative difference of p", worst);
  EXPECT_LT(worst, 1e-9);
}

// Both sides draw 10,000 random sets: a mean of 5,000 has an error of about 0.5 %, p one of
// √(p(1 − p) / 5,000).
TEST(EnrichmentParity, ScoresWithin1e9NormalisedWithin3PercentAndPWithin4Errors) {
  const auto sets = rows_of<std::uint32_t>("sets", false);
  const auto expected = rows_of<double>("result", true);
  std::vector<double> statistic;
  for (const auto& row : rows_of<double>("statistic", false)) statistic.push_back(row.at(0));
  enrichment::Options options;
  options.n_permutations = 10000;
  const auto result = enrichment::preranked(statistic, sets, options, {});
  ASSERT_TRUE(result);
  ASSERT_EQ(result->set.size(), expected.size());
  double worst = 0, worst_normalised = 0, worst_p = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    worst = std::max(worst, std::abs(result->score[i] - expected[i].at(es)));
    worst_normalised =
        std::max(worst_normalised, std::abs(result->normalized_score[i] / expected[i].at(nes) - 1));
    const double x = expected[i].at(nominal_p), error = std::sqrt(2 * x * (1 - x) / 4000);
    worst_p =
        std::max(worst_p, (std::abs(result->p_value[i] - x) - 1.0 / 4000) / std::max(error, 1e-4));
    EXPECT_EQ(static_cast<double>(result->leading_edge[i].size()), expected[i].at(n_leading)) << i;
  }
  report("largest difference of enrichment scores", worst);
  report("largest relative difference of normalised scores", worst_normalised);
  report("largest difference of p in standard errors", worst_p);
  EXPECT_LT(worst, 1e-9);
  EXPECT_LT(worst_normalised, 0.03);
  EXPECT_LT(worst_p, 4);
}

}  // namespace
}  // namespace celloquy::parity
