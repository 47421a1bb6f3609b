// Against sc.pp.pca (ARPACK in double precision) of Scanpy.
#include "analysis/pca/pca.hpp"

#include "analysis/statistics/linear_algebra.hpp"
#include "input.hpp"

namespace celloquy::parity {
namespace {

/// Largest sine of the angles between the spans of two sets of centred scores,
/// of the first `count` components.
double sine_between(const std::vector<float>& ours, const std::vector<float>& theirs,
                    std::size_t n_cells, std::size_t k, std::size_t count) {
  const auto columns = [&](const std::vector<float>& scores) {
    std::vector<double> out(n_cells * count);
    for (std::size_t i = 0; i < n_cells; ++i)
      for (std::size_t c = 0; c < count; ++c) out[c * n_cells + i] = scores[i * k + c];
    statistics::orthonormalize(out.data(), n_cells, count);
    return out;
  };
  const auto a = columns(ours), b = columns(theirs);
  // 1 − cos² of the worst direction: the largest eigenvalue of I − CᵀC.
  std::vector<double> cosines(count * count, 0.0), rest(count * count, 0.0);
  for (std::size_t p = 0; p < count; ++p)
    for (std::size_t q = 0; q < count; ++q)
      for (std::size_t i = 0; i < n_cells; ++i)
        cosines[p * count + q] += b[q * n_cells + i] * a[p * n_cells + i];
  for (std::size_t p = 0; p < count; ++p)
    for (std::size_t q = 0; q < count; ++q) {
      rest[p * count + q] = p == q;
      for (std::size_t r = 0; r < count; ++r)
        rest[p * count + q] -= cosines[p * count + r] * cosines[q * count + r];
    }
  const auto eigen = statistics::largest_eigenpairs(rest, count, 1);
  return std::sqrt(std::max(0.0, eigen.values.at(0)));
}

TEST(PcaParity, SubspaceOf50ComponentsWithin1e3) {
  for (const std::string set : {"demo", "pbmc68k"}) {
    const Input* data = input(set);
    ASSERT_TRUE(data);
    std::vector<std::uint32_t> genes;
    if (set == "demo") {
      const auto ranks = reference<std::int32_t>(set, "hvg_seurat_v3_rank");
      for (std::uint32_t g = 0; g < ranks.size(); ++g)
        if (ranks[g] >= 0) genes.push_back(g);
    } else {
      const auto chosen = reference<std::uint8_t>(set, "hvg_seurat_chosen");
      for (std::uint32_t g = 0; g < chosen.size(); ++g)
        if (chosen[g]) genes.push_back(g);
    }
    for (const bool scale : {false, true}) {
      pca::Options options;
      options.scale = scale;
      const auto result = pca::compute(data->logged(), genes, options, data->context);
      ASSERT_TRUE(result) << result.error().message.en;
      const std::string name = scale ? "pca_scaled" : "pca";
      const auto scores = reference<float>(set, name + "_scores");
      ASSERT_EQ(scores.size(), result->scores.size());
      const double sine = sine_between(result->scores, scores, result->n_cells, 50, 50);
      report(set + " " + name + ", sine of the largest angle", sine);
      EXPECT_LT(sine, 1e-3);
      const auto variance = reference<double>(set, name + "_variance");
      const auto ratio = reference<double>(set, name + "_variance_ratio");
      for (std::size_t c = 0; c < 50; ++c) {
        EXPECT_NEAR(result->variance[c] / variance[c], 1, 1e-4) << name << " " << c;
        EXPECT_NEAR(result->variance_ratio[c] / ratio[c], 1, 1e-4) << name << " " << c;
      }
    }
  }
}

}  // namespace
}  // namespace celloquy::parity
