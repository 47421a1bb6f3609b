#include "space/cells/score.hpp"

#include <cmath>

#include "base/thread_pool.hpp"
#include "space/cells/corrections.hpp"
#include "space/cells/product.hpp"

namespace celloquy::space {
namespace {

constexpr std::size_t most_scores = std::size_t{1} << 31;  ///< cells × texts, 8 GB

}  // namespace

Expected<DenseBlock> score_cells(const ExpressionView& view, const Standardization& standardization,
                                 const TextWeights& texts, const Context& context) {
  CELLOQUY_TRY(const auto genes, measured_genes(view, standardization, context));
  if (texts.n_genes != standardization.n_space_genes())
    return failure(ErrorCode::internal, "base.internal",
                   {{"what", "texts and cells are of different gene spaces"}});
  const std::size_t n_cells = view.n_cells(), n_texts = texts.n_texts;
  if (n_texts > most_scores / n_cells)
    return failure(ErrorCode::cannot_answer, "space.too_many_scores",
                   {{"cells", n_cells}, {"texts", n_texts}});
  CELLOQUY_TRY(const auto weights, pack(texts, genes, context));
  DenseBlock out{n_cells, n_texts, std::vector<float>(n_cells * n_texts)};
  const std::size_t block_size = cells_a_block(view, weights.values.bytes());
  struct Worker {
    Corrections cells;
    std::vector<float> factor;
    CellProduct product;
  };
  std::vector<Worker> workers(worker_count(context));
  parallel_for_blocks(context, n_cells, block_size, [&](const Block& block) {
    auto& worker = workers[block.worker];
    read_corrections(view, genes, block.begin, block.end, worker.cells);
    worker.factor.clear();
    for (const double square : worker.cells.square)
      worker.factor.push_back(square > 0 ? static_cast<float>(1 / std::sqrt(square)) : 0.0f);
    worker.product.multiply(worker.cells, weights, worker.factor,
                            out.values.data() + block.begin * n_texts, n_texts, context);
    if (block.worker == 0)
      context.report("score_cells", static_cast<double>(block.end) / static_cast<double>(n_cells));
  });
  if (context.cancelled()) return cancelled_error();
  return out;
}

Expected<std::vector<float>> cell_norms(const ExpressionView& view,
                                        const Standardization& standardization,
                                        const Context& context) {
  CELLOQUY_TRY(const auto genes, measured_genes(view, standardization, context));
  std::vector<float> norms(view.n_cells());
  const std::size_t block_size = cells_a_block(view, 0);
  std::vector<Corrections> workers(worker_count(context));
  parallel_for_blocks(context, view.n_cells(), block_size, [&](const Block& block) {
    auto& cells = workers[block.worker];
    read_corrections(view, genes, block.begin, block.end, cells);
    for (std::size_t i = 0; i < block.size(); ++i)
      norms[block.begin + i] = static_cast<float>(std::sqrt(cells.square[i]));
    if (block.worker == 0)
      context.report("cell_norms",
                     static_cast<double>(block.end) / static_cast<double>(view.n_cells()));
  });
  if (context.cancelled()) return cancelled_error();
  return norms;
}

}  // namespace celloquy::space
