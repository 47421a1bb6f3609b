#pragma once
// Cells as z0, a constant of each gene, plus corrections on their non-zeros.

#include <cstdint>
#include <vector>

#include "base/buffer.hpp"
#include "space/cells/standardization.hpp"

namespace celloquy::space {

/// |z| of a gene is at most this: one gene cannot decide alone.
inline constexpr float largest_z = 8.0f;

/// Cells that are dealt with at a time: each block fetches the weights into the
/// cache once.
inline constexpr std::size_t cells_a_block = 64;

/// The genes that file and space share, numbered as rows in the order of the space.
struct MeasuredGenes {
  static constexpr std::uint32_t none = ~0u;
  std::vector<std::uint32_t> row;            ///< by gene of the file; `none`: not in the space
  std::vector<std::int32_t> space_gene;      ///< by row
  std::vector<float> centre, inverse_scale;  ///< by row
  std::vector<float> zero;                   ///< by row: z of a count of zero
  double zero_square = 0;                    ///< |z|² of a cell without counts

  std::size_t n_rows() const { return space_gene.size(); }
};

/// Checks that the view can be standardized so; errors as mean_expression.
Expected<MeasuredGenes> measured_genes(const ExpressionView& view,
                                       const Standardization& standardization,
                                       const Context& context);

/// cannot_answer without cells or without a gene of the space, unusable_input for
/// values that are not numbers, internal when sizes disagree or two genes of the
/// file are one of the space.
Status check_genes(const ExpressionView& view, const std::vector<std::int32_t>& space_gene,
                   std::size_t n_space_genes, const Context& context);

/// Reads the values of one cell whose gene has a row; the others are skipped.
/// `rows` and `values` have room for all non-zeros of the cell. Returns how many.
std::size_t read_cell(const ExpressionView& view, const std::vector<std::uint32_t>& row_of_gene,
                      std::size_t cell, std::uint32_t* rows, float* values);

/// The corrections z − z0 of some cells. Reused: fresh memory is slow.
struct Corrections {
  std::vector<std::uint64_t> offsets;  ///< cells + 1
  Buffer<std::uint32_t> rows;
  Buffer<float> values;
  std::vector<double> square;  ///< |z|² by cell
};

/// Reads cells [begin, end) into `out`. About 3 ns a non-zero.
void read_corrections(const ExpressionView& view, const MeasuredGenes& genes, std::size_t begin,
                      std::size_t end, Corrections& out);

}  // namespace celloquy::space
