#include "analysis/statistics/group_sums.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>

#include "analysis/statistics/checks.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::statistics {
namespace {

/// Largest n_groups × n_genes: 40 million, 800 MB while summing.
constexpr std::uint64_t most_sums = 40'000'000;

/// Cells sorted by group (in cell order within one) and cut into chunks that
/// never span two groups, so that one group's sums stay in the cache.
struct Chunks {
  std::vector<std::uint32_t> cells;
  struct Chunk {
    std::uint32_t group, begin, end;
  };
  std::vector<Chunk> chunks;
};

Chunks make_chunks(const std::vector<std::int32_t>& groups, std::uint32_t n_groups,
                   std::uint32_t chunk_size) {
  std::vector<std::uint32_t> starts(n_groups + 1, 0);
  for (const auto group : groups)
    if (group >= 0) ++starts[static_cast<std::size_t>(group) + 1];
  for (std::uint32_t g = 0; g < n_groups; ++g) starts[g + 1] += starts[g];
  Chunks out;
  out.cells.resize(starts[n_groups]);
  for (std::uint32_t g = 0; g < n_groups; ++g)
    for (std::uint32_t at = starts[g]; at < starts[g + 1];) {
      const std::uint32_t end = starts[g + 1] - at > chunk_size ? at + chunk_size : starts[g + 1];
      out.chunks.push_back({g, at, end});
      at = end;
    }
  for (std::uint32_t cell = 0; cell < groups.size(); ++cell)
    if (groups[cell] >= 0) out.cells[starts[static_cast<std::size_t>(groups[cell])]++] = cell;
  return out;
}

/// A value and its presence in one word: fixed-point value in the low 48 bits
/// (at most 1,024 cells × 64 × 2^32, or 1,024 32-bit counts), cells above.
/// Whole numbers add up the same in any order.
constexpr std::uint64_t one_cell = std::uint64_t{1} << 48;
constexpr std::uint32_t packed_chunk = 1024;
constexpr double log_unit = 0x1.0p32;

struct PlainCounts {
  double unit = 1;
  void begin_cell(std::uint32_t) {}
  std::uint64_t operator()(std::uint64_t value) const { return value ? one_cell + value : 0; }
};

struct LogCounts {
  double unit = log_unit;
  const float* scale = nullptr;
  float factor = 0;
  static constexpr std::uint32_t table_size = 32;
  std::array<std::uint64_t, table_size> table{};

  std::uint64_t direct(std::uint64_t value) const {
    const double logged = std::log1p(static_cast<double>(static_cast<float>(value) * factor));
    return (value ? one_cell : 0) + static_cast<std::uint64_t>(logged * log_unit + 0.5);
  }
  void begin_cell(std::uint32_t cell) {
    factor = scale[cell];
    for (std::uint32_t value = 0; value < table_size; ++value) table[value] = direct(value);
  }
  std::uint64_t operator()(std::uint64_t value) const {
    return value < table_size ? table[value] : direct(value);
  }
};

template <class View, class Convert>
void sum_packed(const View& view, Convert convert, const Chunks& chunks, GroupSums& out,
                const Context& context) {
  const std::size_t n_genes = out.n_genes;
  std::vector<std::uint64_t> totals(std::size_t{out.n_groups} * n_genes, 0);
  std::vector<std::mutex> group_locks(out.n_groups);
  std::vector<std::vector<std::uint64_t>> workers(worker_count(context));
  parallel_for_blocks(context, chunks.chunks.size(), 1, [&](const Block& block) {
    const auto& chunk = chunks.chunks[block.index];
    auto& packed = workers[block.worker];
    packed.assign(n_genes, 0);
    Convert to_word = convert;
    for (std::uint32_t c = chunk.begin; c < chunk.end; ++c) {
      const auto cell = chunks.cells[c];
      to_word.begin_cell(cell);
      for (auto k = view.offsets[cell]; k < view.offsets[cell + 1]; ++k)
        packed[view.indices[k]] += to_word(view.values[k]);
    }
    std::uint64_t* group_totals = totals.data() + std::size_t{chunk.group} * n_genes;
    std::uint32_t* above = out.n_above.data() + std::size_t{chunk.group} * n_genes;
    std::lock_guard lock(group_locks[chunk.group]);
    for (std::size_t g = 0; g < n_genes; ++g) {
      group_totals[g] += packed[g] & (one_cell - 1);
      above[g] += static_cast<std::uint32_t>(packed[g] >> 48);
    }
  });
  for (std::size_t i = 0; i < totals.size(); ++i)
    out.sum[i] = static_cast<double>(totals[i]) / convert.unit;
}

/// Real values: each group by one thread, in cell order.
void sum_reals(const ExpressionView& view, const Chunks& groups, GroupSums& out,
               const Context& context) {
  const SparseMatrix& matrix = view.matrix->by_cell();
  parallel_for_blocks(context, groups.chunks.size(), 1, [&](const Block& block) {
    const auto& chunk = groups.chunks[block.index];
    double* sum = out.sum.data() + std::size_t{chunk.group} * out.n_genes;
    std::uint32_t* above = out.n_above.data() + std::size_t{chunk.group} * out.n_genes;
    ExpressionDecoder decoder(view, matrix);
    for (std::uint32_t c = chunk.begin; c < chunk.end && !context.cancelled(); ++c) {
      const SparseRow row = decoder.row(groups.cells[c]);
      for (std::size_t k = 0; k < row.indices.size(); ++k) {
        sum[row.indices[k]] += row.values[k];
        above[row.indices[k]] += row.values[k] > 0;
      }
    }
  });
}

}  // namespace

Expected<GroupSums> group_sums(const ExpressionView& view, const std::vector<std::int32_t>& groups,
                               std::uint32_t n_groups, const Context& context) {
  CELLOQUY_CHECK(require_usable(*view.matrix, context));
  if (n_groups == 0) return failure(ErrorCode::cannot_answer, "analysis.no_groups");
  CELLOQUY_CHECK(require_codes(groups, view.n_cells(), n_groups));
  if (std::uint64_t{n_groups} * view.n_genes() > most_sums)
    return failure(ErrorCode::cannot_answer, "analysis.too_many_groups",
                   {{"groups", n_groups}, {"genes", view.n_genes()}});
  GroupSums out;
  out.n_groups = n_groups;
  out.n_genes = static_cast<std::uint32_t>(view.n_genes());
  out.n_cells.assign(n_groups, 0);
  for (const auto group : groups)
    if (group >= 0) ++out.n_cells[static_cast<std::size_t>(group)];
  out.sum.assign(std::size_t{n_groups} * out.n_genes, 0.0);
  out.n_above.assign(std::size_t{n_groups} * out.n_genes, 0);

  const auto kind = view.normalization->kind;
  const bool packed = view.matrix->counts() && kind != Normalization::Kind::normalized;
  const Chunks chunks = make_chunks(groups, n_groups, packed ? packed_chunk : ~0u);
  if (!packed)
    sum_reals(view, chunks, out, context);
  else
    view.matrix->by_cell().visit([&](const auto& counts) {
      using Value = typename std::remove_cvref_t<decltype(counts)>::value_type;
      if constexpr (std::is_integral_v<Value>) {
        if (kind == Normalization::Kind::identity) {
          sum_packed(counts, PlainCounts{}, chunks, out, context);
        } else {
          LogCounts logs;
          logs.scale = view.normalization->scale.data();
          sum_packed(counts, logs, chunks, out, context);
        }
      }
    });
  if (context.cancelled()) return cancelled_error();
  return out;
}

}  // namespace celloquy::statistics
