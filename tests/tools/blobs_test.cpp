// What is stored is what is read back, field by field; another shape is refused.

#include <gtest/gtest.h>

#include <limits>

#include "tools/pipeline/blobs.hpp"

namespace celloquy::tools {
namespace {

template <class T>
T there_and_back(const T& value) {
  T out;
  EXPECT_TRUE(from_blob(to_blob(value), out));
  T ignored;
  EXPECT_FALSE(from_blob(workspace::Blob{nlohmann::json::object(), {}}, ignored));
  return out;
}

TEST(Blobs, VariableGenesAndComponents) {
  const highly_variable_genes::Result genes{{1, 2}, {1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {-1, 0, 1}};
  const auto read = there_and_back(genes);
  EXPECT_EQ(read.genes, genes.genes);
  EXPECT_EQ(read.rank, genes.rank);
  EXPECT_EQ(read.score, genes.score);
  pca::Result components;
  components.n_cells = 2;
  components.n_components = 2;
  components.scores = {1, 2, 3, 4};
  components.loadings = {5, 6, 7, 8, 9, 10};
  components.variance = {2, 1};
  components.variance_ratio = {0.5, 0.25};
  components.passes = 3;
  const auto again = there_and_back(components);
  EXPECT_EQ(again.scores, components.scores);
  EXPECT_EQ(again.loadings, components.loadings);
  EXPECT_EQ(again.passes, 3u);
}

TEST(Blobs, GraphsClustersAndLists) {
  const neighbors::Result near{2, 1, {1, 0}, {0.5f, 0.5f}};
  EXPECT_EQ(there_and_back(near).indices, near.indices);
  const Graph graph{2, {0, 1, 2}, {1, 0}, {0.5f, 0.5f}};
  EXPECT_EQ(there_and_back(graph).weights, graph.weights);
  leiden::Result clusters;
  clusters.membership = {0, 1, 0};
  clusters.n_communities = 2;
  clusters.modularity = 0.4;
  EXPECT_EQ(there_and_back(clusters).membership, clusters.membership);
  EXPECT_EQ(there_and_back(clusters).modularity, 0.4);
  const CellList cells{{1, 5, 7}};
  EXPECT_EQ(there_and_back(cells).kept, cells.kept);
}

TEST(Blobs, PseudobulkKeepsAnInfinitePrior) {
  pseudobulk::Result result;
  result.samples_first = {0, 1};
  result.samples_second = {2};
  result.genes = {3};
  result.log2_fold_change = {1};
  result.mean_log2_cpm = {2};
  result.t = {3};
  result.p_value = {0.1};
  result.p_adjusted = {0.2};
  result.prior_degrees_of_freedom = std::numeric_limits<double>::infinity();
  const auto read = there_and_back(result);
  EXPECT_EQ(read.samples_first, result.samples_first);
  EXPECT_EQ(read.prior_degrees_of_freedom, result.prior_degrees_of_freedom);
  EXPECT_EQ(read.p_adjusted, result.p_adjusted);
}

TEST(Blobs, SizesThatDoNotFitAreRefused) {
  auto blob = to_blob(CellList{{1, 2, 3}});
  blob.facts["n_kept"] = 4;
  CellList out;
  EXPECT_FALSE(from_blob(blob, out));
}

}  // namespace
}  // namespace celloquy::tools
