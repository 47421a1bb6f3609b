#include "analysis/statistics/checks.hpp"

#include <atomic>
#include <cmath>

#include "base/thread_pool.hpp"

namespace celloquy::statistics {
namespace {

/// True if `ok` holds for every stored value of a matrix of real values.
template <class Test>
bool all_values(const CountMatrix& matrix, const Context& context, Test ok) {
  if (matrix.counts()) return true;
  std::atomic<bool> good{true};
  matrix.by_cell().visit([&](const auto& view) {
    constexpr std::size_t block_size = std::size_t{1} << 20;
    parallel_for_blocks(context, view.offsets[view.n_major], block_size, [&](const Block& block) {
      bool block_good = true;
      for (auto k = block.begin; k < block.end; ++k)
        block_good &= ok(static_cast<float>(view.values[k]));
      if (!block_good) good.store(false, std::memory_order_relaxed);
    });
  });
  return good.load();
}

}  // namespace

Status require_usable(const CountMatrix& matrix, const Context& context) {
  if (matrix.n_cells() == 0) return failure(ErrorCode::cannot_answer, "analysis.no_cells");
  if (matrix.n_genes() == 0) return failure(ErrorCode::cannot_answer, "analysis.no_genes");
  if (!all_values(matrix, context, [](float value) { return std::isfinite(value); }))
    return failure(ErrorCode::unusable_input, "analysis.not_finite");
  if (context.cancelled()) return cancelled_error();
  return {};
}

bool non_negative(const CountMatrix& matrix, const Context& context) {
  return all_values(matrix, context, [](float value) { return value >= 0; });
}

Status require_codes(const std::vector<std::int32_t>& codes, std::size_t n_cells,
                     std::uint32_t n_groups) {
  if (codes.size() != n_cells)
    return failure(ErrorCode::internal, "base.internal",
                   {{"what", "one group code a cell is needed"}});
  for (const auto code : codes)
    if (code >= static_cast<std::int64_t>(n_groups))
      return failure(ErrorCode::internal, "base.internal", {{"what", "a group code is too large"}});
  return {};
}

}  // namespace celloquy::statistics
