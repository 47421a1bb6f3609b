#include "analysis/normalize/normalize.hpp"

#include <algorithm>

namespace celloquy::normalize {
namespace {

/// As numpy.median of the totals above zero; 1 when there are none.
double median_of_positive(const std::vector<double>& totals) {
  std::vector<double> positive;
  positive.reserve(totals.size());
  for (const double total : totals)
    if (total > 0) positive.push_back(total);
  if (positive.empty()) return 1;
  const auto middle = positive.begin() + static_cast<std::ptrdiff_t>(positive.size() / 2);
  std::nth_element(positive.begin(), middle, positive.end());
  if (positive.size() % 2) return *middle;
  return (*std::max_element(positive.begin(), middle) + *middle) / 2;
}

}  // namespace

Normalization compute(const std::vector<double>& total_counts, const Options& options) {
  const double target =
      options.target_sum > 0 ? options.target_sum : median_of_positive(total_counts);
  Normalization out;
  out.kind = options.log1p ? Normalization::Kind::log1p : Normalization::Kind::normalized;
  out.scale.reserve(total_counts.size());
  for (const double total : total_counts)
    out.scale.push_back(total > 0 ? static_cast<float>(target / total) : 0.0f);
  return out;
}

}  // namespace celloquy::normalize
