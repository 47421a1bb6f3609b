#pragma once
// The data that the reference values were computed from, read by celloquy.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

#include "analysis/normalize/normalize.hpp"
#include "analysis/quality_control/quality_control.hpp"
#include "base/thread_pool.hpp"
#include "io/assets.hpp"
#include "io/read.hpp"
#include "reference.hpp"

namespace celloquy::parity {

/// "demo" with counts and the normalisation of the reference (10,000 counts a
/// cell, log1p), or "pbmc68k" with its log values.
struct Input {
  Dataset data;
  std::vector<double> totals;
  Normalization identity, logs;
  ThreadPool pool{2};
  Context context;

  ExpressionView counts() const { return {&data.matrix, &identity}; }
  ExpressionView logged() const { return {&data.matrix, &logs}; }
};

/// Null and a failure that says what to run if the data are not there.
inline Input* input(const std::string& set) {
  static std::map<std::string, std::unique_ptr<Input>> loaded;
  auto& entry = loaded[set];
  if (entry) return entry.get();
  std::string path = set;
  if (set == "pbmc68k") {
    const auto found = asset_path("pbmc68k_reduced", "10x_pbmc68k_reduced.h5ad");
    if (!found) {
      ADD_FAILURE() << found.error().message.en << " " << found.error().remedy.en;
      return nullptr;
    }
    path = *found;
  }
  auto data = read_dataset(path, {});
  if (!data) {
    ADD_FAILURE() << data.error().message.en << " " << data.error().remedy.en;
    return nullptr;
  }
  entry = std::make_unique<Input>();
  entry->data = *std::move(data);
  entry->context.threads = &entry->pool;
  if (entry->data.matrix.counts()) {
    const auto metrics = quality_control::compute_metrics(entry->data.matrix, {}, entry->context);
    if (metrics) entry->totals = metrics->total_counts;
    entry->logs = normalize::compute(entry->totals, {});
  }
  return entry.get();
}

/// Largest |a − b| where both are finite; NaN and infinities must be at the same places.
template <class A, class B>
double largest_difference(const std::vector<A>& a, const std::vector<B>& b) {
  if (a.size() != b.size()) {
    ADD_FAILURE() << a.size() << " values against " << b.size();
    return INFINITY;
  }
  double largest = 0;
  std::size_t odd = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    if (std::isfinite(x) && std::isfinite(y))
      largest = std::max(largest, std::abs(x - y));
    else
      odd += !(x == y || (std::isnan(x) && std::isnan(y)));
  }
  EXPECT_EQ(odd, 0u) << "values that only one side has";
  return largest;
}

/// Says in the test's output how near it was, not only that it passed.
inline void report(const std::string& what, double value) {
  testing::Test::RecordProperty(what, std::to_string(value));
  std::printf("  %s: %.3g\n", what.c_str(), value);
}

}  // namespace celloquy::parity
