#pragma once
// Cells against texts: cosines, and which genes they rest on.

#include <cstdint>
#include <span>
#include <vector>

#include "matrix/dataset.hpp"
#include "space/cells/standardization.hpp"

namespace celloquy::space {

/// A weight for each gene of the space: what a text is to cells.
struct TextWeights {
  std::size_t n_texts = 0, n_genes = 0;
  std::vector<float> values;  ///< text by text, by gene of the space; of any length |w|
};

/// n_cells × n_texts: the cosine of each cell's z with each text, over all genes
/// of the space (those that the file lacks have z = 0, and count in |w|). 0
/// where z or w is 0; never NaN; off by less than 1e-6. A cell's scores do not
/// depend on the other cells, and are the same bits for any number of threads.
/// Cost on one thread: 2.5 ns a non-zero and about 2 ns more for every 32 texts, that
/// is 106 µs for a cell of 2,500 genes and 700 texts: the second-level cache gives no
/// more (bench/micro/space_cells.cpp). Memory: 4 bytes a cell and
/// text, and meanwhile 4 bytes a gene and text.
/// Errors: as mean_expression; internal when sizes disagree or a weight is not a number.
Expected<DenseBlock> score_cells(const ExpressionView& view, const Standardization& standardization,
                                 const TextWeights& texts, const Context& context);

/// |z| of each cell: how far it is from the centre of the space.
Expected<std::vector<float>> cell_norms(const ExpressionView& view,
                                        const Standardization& standardization,
                                        const Context& context);

/// What one gene adds to a score: above 0 it speaks for the text, below against.
struct CellContribution {
  std::int32_t space_gene = 0;
  double contribution = 0;
};

struct Contributions {
  double score = 0;                     ///< the sum of all contributions
  std::vector<CellContribution> genes;  ///< all that are not 0, strongest first, either way
};

/// The exact shares z·w / (|z||w|) of the genes in the score of `cells` with one
/// text (its weights by gene of the space); for several cells the means of the
/// shares, whose sum is the mean of their scores. A gene that is silent in a
/// cell contributes as well, by its z0. O(non-zeros of these cells).
Expected<Contributions> cell_contributions(const ExpressionView& view,
                                           const Standardization& standardization,
                                           std::span<const float> text,
                                           std::span<const std::uint32_t> cells,
                                           const Context& context);

}  // namespace celloquy::space
