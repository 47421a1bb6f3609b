#include "space/labels/decode.hpp"

#include <cmath>

#include "base/thread_pool.hpp"
#include "space/labels/label_scores.hpp"
#include "space/labels/offset.hpp"
#include "space/labels/pairs.hpp"

namespace celloquy::space {

Expected<Decoding> decode_labels(const DenseBlock& scores, std::span<const float> cosines,
                                 const neighbors::Result* neighbors, const DecodeOptions& options,
                                 const Context& context) {
  const std::size_t n_cells = scores.n_rows, n_labels = scores.n_columns;
  if (cosines.size() != n_labels * n_labels)
    return failure(ErrorCode::internal, "base.internal",
                   {{"what", "the scores and the cosines are of different labels"}});
  for (const float cosine : cosines)
    if (!std::isfinite(cosine))
      return failure(ErrorCode::internal, "base.internal",
                     {{"what", "a cosine between labels is not a number"}});
  Decoding out;
  out.n_cells = n_cells;
  out.n_labels = n_labels;
  out.offset.assign(n_labels, 0.0);
  if (n_cells == 0 || n_labels == 0) return out;

  CELLOQUY_TRY(const auto kept, label_scores(scores, neighbors, options, context));
  const std::size_t n_kept = kept.n_labels();
  std::vector<double> kept_cosines;
  for (const auto a : kept.labels)
    for (const auto b : kept.labels)
      kept_cosines.push_back(static_cast<double>(cosines[a * n_labels + b]));
  CELLOQUY_TRY(auto model, fit_offset(kept, kept_cosines, options.offset_weight, context));
  CELLOQUY_TRY(out.pairs, decide_by_pairs(kept, kept_cosines, model, options, context));

  out.scale = model.scale;
  for (std::size_t l = 0; l < n_kept; ++l) out.offset[kept.labels[l]] = model.offset[l];
  for (auto& pair : out.pairs) {
    pair.first = kept.labels[pair.first];
    pair.second = kept.labels[pair.second];
  }
  out.probability.assign(n_cells * n_labels, 0.0f);
  parallel_for_blocks(context, n_cells, 256, [&](const Block& block) {
    for (std::size_t l = 0; l < n_kept; ++l)
      for (std::size_t cell = block.begin; cell < block.end; ++cell)
        out.probability[cell * n_labels + kept.labels[l]] =
            model.responsibility[l * n_cells + cell];
  });
  if (context.cancelled()) return cancelled_error();
  return out;
}

}  // namespace celloquy::space
