#include "space/cells/embed.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/thread_pool.hpp"
#include "space/cells/corrections.hpp"
#include "space/cells/product.hpp"
#include "space/cells/rounding.kernels.hpp"

namespace celloquy::space {

Expected<CellEmbedding> embed_cells(const ExpressionView& view,
                                    const Standardization& standardization, const Basis& basis,
                                    const Context& context) {
  CELLOQUY_TRY(const auto genes, measured_genes(view, standardization, context));
  if (basis.n_genes != standardization.n_space_genes() || basis.n_dimensions == 0 ||
      basis.n_dimensions > most_dimensions)
    return failure(ErrorCode::internal, "base.internal",
                   {{"what", "basis and cells are of different gene spaces"}});
  CELLOQUY_TRY(const auto weights, pack(basis, genes, context));
  CellEmbedding out;
  out.n_cells = view.n_cells();
  out.n_dimensions = basis.n_dimensions;
  out.values = Buffer<std::int8_t>(out.n_cells * out.n_dimensions);
  out.scale.resize(out.n_cells);
  struct Worker {
    Corrections cells;
    std::vector<float> vectors;
  };
  std::vector<Worker> workers(worker_count(context));
  const auto round = CELLOQUY_SELECT(round_vectors);
  parallel_for_blocks(context, out.n_cells, cells_a_block, [&](const Block& block) {
    auto& worker = workers[block.worker];
    worker.vectors.resize(cells_a_block * out.n_dimensions);
    read_corrections(view, genes, block.begin, block.end, worker.cells);
    multiply(worker.cells, weights, worker.vectors.data(), out.n_dimensions);
    round(worker.vectors.data(), block.size(), out.n_dimensions, out.n_dimensions,
          out.values.data() + block.begin * out.n_dimensions, out.scale.data() + block.begin);
    if (block.worker == 0)
      context.report("embed_cells",
                     static_cast<double>(block.end) / static_cast<double>(out.n_cells));
  });
  if (context.cancelled()) return cancelled_error();
  return out;
}

std::vector<float> search(const CellEmbedding& cells, std::span<const float> query,
                          const Context& context) {
  assert(query.size() == cells.n_dimensions);
  double square = 0;
  float largest = 0;
  for (const float x : query) {
    square += static_cast<double>(x) * x;
    largest = std::max(largest, std::abs(x));
  }
  std::vector<float> cosines(cells.n_cells);
  if (!(square > 0) || !std::isfinite(square)) return cosines;
  // As whole numbers, so that the order of additions does not matter.
  constexpr double one = 16384;
  std::vector<std::int16_t> rounded;
  rounded.reserve(query.size());
  for (const float x : query)
    rounded.push_back(static_cast<std::int16_t>(std::lrint(one * x / largest)));
  const auto factor = static_cast<float>(largest / (one * std::sqrt(square)));
  const auto kernel = CELLOQUY_SELECT(dot_products);
  constexpr std::size_t block_size = 4096;
  parallel_for_blocks(context, cells.n_cells, block_size, [&](const Block& block) {
    kernel(cells.values.data() + block.begin * cells.n_dimensions, cells.scale.data() + block.begin,
           block.size(), cells.n_dimensions, rounded.data(), factor, cosines.data() + block.begin);
  });
  if (context.cancelled()) return {};
  return cosines;
}

}  // namespace celloquy::space
