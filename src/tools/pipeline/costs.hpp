#pragma once
// What each step has to move and to compute at least, from the sizes of its
// inputs: what scripts/bench sets beside the machine's ceilings. Every formula
// stands in costs.cpp with its reason.

#include "analysis/leiden/leiden.hpp"
#include "analysis/markers/markers.hpp"
#include "analysis/neighbors/neighbors.hpp"
#include "analysis/pca/pca.hpp"
#include "analysis/quality_control/quality_control.hpp"
#include "analysis/umap/umap.hpp"
#include "matrix/count_matrix.hpp"

namespace celloquy::tools {

/// Which of the machine's ceilings operations are to be compared with.
enum class Operation {
  arithmetic,  ///< float32 or float64 additions and multiplications, in vectors
  update,      ///< read, add, write at a place that the data choose; also one place of a sort
};

struct Cost {
  double bytes = 0;       ///< between memory and processor; what stays in a cache is not counted
  double operations = 0;  ///< 0: unknown
  Operation operation = Operation::arithmetic;
};

Cost cost_of_quality_control(const CountMatrix& matrix);
Cost cost_of_variable_genes(const CountMatrix& matrix);
/// `n_chosen`: non-zeros of the chosen genes.
Cost cost_of_pca(const CountMatrix& matrix, double n_chosen, std::size_t n_genes,
                 const pca::Result& result);
Cost cost_of_neighbors(const pca::Result& points, const neighbors::Result& result);
Cost cost_of_leiden(const Graph& graph, const leiden::Options& options,
                    const leiden::Result& result);
Cost cost_of_umap(const Graph& graph, const umap::Options& options);
Cost cost_of_markers(const CountMatrix& matrix, markers::Test test);

}  // namespace celloquy::tools
