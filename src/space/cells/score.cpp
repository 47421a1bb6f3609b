#include "space/cells/score.hpp"

#include <cmath>

#include "base/thread_pool.hpp"
#include "space/cells/corrections.hpp"
#include "space/cells/product.hpp"

namespace celloquy::space {

Expected<DenseBlock> score_cells(const ExpressionView& view, const Standardization& standardization,
                                 const TextWeights& texts, const Context& context) {
  CELLOQUY_TRY(const auto genes, measured_genes(view, standardization, context));
  if (texts.n_genes != standardization.n_space_genes())
    return failure(ErrorCode::internal, "base.internal",
                   {{"what", "texts and cells are of different gene spaces"}});
  CELLOQUY_TRY(const auto weights, pack(texts, genes, context));
  const std::size_t n_cells = view.n_cells(), n_texts = texts.n_texts;
  DenseBlock out{n_cells, n_texts, std::vector<float>(n_cells * n_texts)};
  std::vector<Corrections> workers(worker_count(context));
  parallel_for_blocks(context, n_cells, cells_a_block, [&](const Block& block) {
    auto& cells = workers[block.worker];
    read_corrections(view, genes, block.begin, block.end, cells);
    float* scores = out.values.data() + block.begin * n_texts;
    multiply(cells, weights, scores, n_texts);
    for (std::size_t i = 0; i < block.size(); ++i, scores += n_texts) {
      const double square = cells.square[i];
      const float factor = square > 0 ? static_cast<float>(1 / std::sqrt(square)) : 0.0f;
      for (std::size_t text = 0; text < n_texts; ++text) scores[text] *= factor;
    }
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
  std::vector<Corrections> workers(worker_count(context));
  parallel_for_blocks(context, view.n_cells(), cells_a_block, [&](const Block& block) {
    auto& cells = workers[block.worker];
    read_corrections(view, genes, block.begin, block.end, cells);
    for (std::size_t i = 0; i < block.size(); ++i)
      norms[block.begin + i] = static_cast<float>(std::sqrt(cells.square[i]));
  });
  if (context.cancelled()) return cancelled_error();
  return norms;
}

}  // namespace celloquy::space
