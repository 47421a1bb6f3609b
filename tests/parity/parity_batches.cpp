// Against harmonypy and scikit-learn (make_batches_reference.py): three made-up batches
// of the demonstration data's components.
#include "analysis/harmony/harmony.hpp"
#include "analysis/integration_metrics/integration_metrics.hpp"
#include "base/thread_pool.hpp"
#include "input.hpp"
#include "reference.hpp"

namespace celloquy::parity {
namespace {

constexpr std::size_t dimensions = 20;

struct Batches {
  std::vector<float> points = reference<float>("batches", "points");
  std::vector<float> corrected = reference<float>("batches", "corrected");
  std::vector<std::int32_t> batches = reference<std::int32_t>("batches", "batches");
  std::vector<std::int32_t> labels = reference<std::int32_t>("batches", "labels");
  std::vector<double> widths = reference<double>("batches", "widths");
  std::uint32_t n_labels =
      1 + static_cast<std::uint32_t>(*std::max_element(labels.begin(), labels.end()));
  std::size_t n = batches.size();
  ThreadPool pool{2};
  Context context;
  Batches() { context.threads = &pool; }
};

double correlation(const std::vector<float>& a, const std::vector<float>& b, std::size_t column) {
  double ma = 0, mb = 0, ab = 0, aa = 0, bb = 0;
  const double n = static_cast<double>(a.size() / dimensions);
  for (std::size_t i = column; i < a.size(); i += dimensions) {
    ma += a[i] / n;
    mb += b[i] / n;
  }
  for (std::size_t i = column; i < a.size(); i += dimensions) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) * (a[i] - ma);
    bb += (b[i] - mb) * (b[i] - mb);
  }
  return ab / std::sqrt(aa * bb);
}

TEST(BatchesParity, CorrectedComponentsCorrelateWithHarmonypysAbove0_99AndMixAlikeWithin5Percent) {
  Batches data;
  const auto result =
      harmony::compute(data.points, data.n, dimensions, data.batches, 3, {}, data.context);
  ASSERT_TRUE(result) << result.error().message.en;
  double least = 1;
  for (std::size_t c = 0; c < dimensions; ++c)
    least = std::min(least, correlation(result->points, data.corrected, c));
  report("least correlation of a corrected component", least);
  EXPECT_GT(least, 0.99);
  report("rounds", result->rounds);
  const auto measure = [&](const std::vector<float>& points) {
    const auto found = integration_metrics::compute(points, data.n, dimensions, data.batches, 3,
                                                    data.labels, data.n_labels, {}, data.context);
    EXPECT_TRUE(found);
    return *found;
  };
  const auto before = measure(data.points), ours = measure(result->points),
             theirs = measure(data.corrected);
  report("iLISI before", before.ilisi);
  report("iLISI after, ours", ours.ilisi);
  report("iLISI after, harmonypy", theirs.ilisi);
  report("cLISI after, ours", ours.clisi);
  report("cLISI after, harmonypy", theirs.clisi);
  EXPECT_LT(before.ilisi, 1.3);
  EXPECT_NEAR(ours.ilisi / theirs.ilisi, 1, 0.05);
  EXPECT_NEAR(ours.clisi / theirs.clisi, 1, 0.05);
}

TEST(BatchesParity, InverseSimpsonWithin1e3OfHarmonypys) {
  Batches data;
  for (const std::string when : {"before", "after"}) {
    const auto& points = when == "before" ? data.points : data.corrected;
    neighbors::Options options;
    options.n_neighbors = 90;
    const auto nearest = neighbors::compute(points, data.n, dimensions, options, data.context);
    ASSERT_TRUE(nearest);
    const auto batches =
        integration_metrics::inverse_simpson(*nearest, data.batches, 3, 30, data.context);
    const auto labels = integration_metrics::inverse_simpson(*nearest, data.labels, data.n_labels,
                                                             30, data.context);
    const double ilisi = largest_difference(batches, reference<float>("batches", "ilisi_" + when));
    const double clisi = largest_difference(labels, reference<float>("batches", "clisi_" + when));
    report("largest difference of iLISI " + when, ilisi);
    report("largest difference of cLISI " + when, clisi);
    EXPECT_LT(ilisi, 1e-3);
    EXPECT_LT(clisi, 1e-3);
  }
}

TEST(BatchesParity, SilhouetteWidthsWithin1e4OfScikitLearns) {
  Batches data;
  ASSERT_EQ(data.widths.size(), 4u);
  for (const int after : {0, 1}) {
    const auto found =
        integration_metrics::compute(after ? data.corrected : data.points, data.n, dimensions,
                                     data.batches, 3, data.labels, data.n_labels, {}, data.context);
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->label_width, data.widths[static_cast<std::size_t>(2 * after)], 1e-4);
    EXPECT_NEAR(found->batch_width, data.widths[static_cast<std::size_t>(2 * after + 1)], 1e-4);
    report(after ? "label width after" : "label width before", found->label_width);
    report(after ? "batch width after" : "batch width before", found->batch_width);
  }
}

}  // namespace
}  // namespace celloquy::parity
