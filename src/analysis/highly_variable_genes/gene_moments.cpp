#include "analysis/highly_variable_genes/gene_moments.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "base/thread_pool.hpp"

namespace celloquy::highly_variable_genes {
namespace {

/// Sum (upper 24 bits) and sum of squares (lower 40) of small counts in one
/// word: one addition to memory a non-zero. Emptied before either can overflow.
template <class Value>
struct PackedSums {
  static constexpr int shift = 40;
  /// 65,535 · 255² < 2^40 and 65,535 · 255 < 2^24; 255 · 65,535² < 2^40.
  static constexpr std::uint32_t most_cells = sizeof(Value) == 1 ? 65'535 : 255;
  std::vector<std::uint64_t> packed, sum, sum_of_squares;
  std::uint32_t cells_inside = 0;

  void prepare(std::size_t n_genes) {
    if (!packed.empty()) return;
    packed.assign(n_genes, 0);
    sum.assign(n_genes, 0);
    sum_of_squares.assign(n_genes, 0);
  }
  void add_cell() {
    if (++cells_inside > most_cells) empty_packed();
  }
  void empty_packed() {
    for (std::size_t g = 0; g < packed.size(); ++g) {
      sum_of_squares[g] += packed[g] & ((std::uint64_t{1} << shift) - 1);
      sum[g] += packed[g] >> shift;
      packed[g] = 0;
    }
    cells_inside = 1;
  }
};

template <class View>
GeneMoments moments_of_small_counts(const View& view, const Context& context) {
  using Sums = PackedSums<typename View::value_type>;
  std::vector<Sums> workers(worker_count(context));
  parallel_for_blocks(context, view.n_major, 128, [&](const Block& block) {
    Sums& sums = workers[block.worker];
    sums.prepare(view.n_minor);
    std::uint64_t* packed = sums.packed.data();
    for (std::size_t cell = block.begin; cell < block.end; ++cell) {
      sums.add_cell();
      for (auto k = view.offsets[cell]; k < view.offsets[cell + 1]; ++k) {
        const std::uint64_t value = view.values[k];
        packed[view.indices[k]] += value * value + (value << Sums::shift);
      }
    }
  });
  GeneMoments out{std::vector<double>(view.n_minor, 0), std::vector<double>(view.n_minor, 0)};
  std::vector<std::uint64_t> sum(view.n_minor, 0), squares(view.n_minor, 0);
  for (auto& worker : workers) {
    if (worker.packed.empty()) continue;
    worker.empty_packed();
    for (std::size_t g = 0; g < view.n_minor; ++g) {
      sum[g] += worker.sum[g];
      squares[g] += worker.sum_of_squares[g];
    }
  }
  for (std::size_t g = 0; g < view.n_minor; ++g) {
    out.sum[g] = static_cast<double>(sum[g]);
    out.sum_of_squares[g] = static_cast<double>(squares[g]);
  }
  return out;
}

/// Real sums: a few fixed blocks of cells, added in their order.
template <class View, class Convert>
GeneMoments moments_of(const View& view, const Context& context, Convert convert) {
  constexpr std::size_t most_blocks = 16;
  const std::size_t block_size =
      std::max<std::size_t>(64, (view.n_major + most_blocks - 1) / most_blocks);
  const std::size_t n_blocks = block_count(view.n_major, block_size), n_genes = view.n_minor;
  // Sum and sum of squares side by side: one cache line a non-zero.
  std::vector<double> partial(n_blocks * n_genes * 2, 0.0);
  parallel_for_blocks(context, view.n_major, block_size, [&](const Block& block) {
    double* sums = partial.data() + block.index * n_genes * 2;
    for (std::size_t cell = block.begin; cell < block.end && !context.cancelled(); ++cell)
      for (auto k = view.offsets[cell]; k < view.offsets[cell + 1]; ++k) {
        const double value = convert(cell, view.values[k]);
        double* pair = sums + 2 * std::size_t{view.indices[k]};
        pair[0] += value;
        pair[1] += value * value;
      }
  });
  GeneMoments out{std::vector<double>(n_genes, 0), std::vector<double>(n_genes, 0)};
  for (std::size_t b = 0; b < n_blocks; ++b)
    for (std::size_t g = 0; g < n_genes; ++g) {
      out.sum[g] += partial[(b * n_genes + g) * 2];
      out.sum_of_squares[g] += partial[(b * n_genes + g) * 2 + 1];
    }
  return out;
}

}  // namespace

GeneMoments moments_of_counts(const SparseMatrix& by_cell, const Context& context) {
  return by_cell.visit([&](const auto& view) {
    using Value = typename std::remove_cvref_t<decltype(view)>::value_type;
    if constexpr (std::is_integral_v<Value> && sizeof(Value) <= 2)
      return moments_of_small_counts(view, context);
    else
      return moments_of(view, context, [](std::size_t, Value value) -> double { return value; });
  });
}

GeneMoments moments_without_log(const ExpressionView& view, const Context& context) {
  const Normalization& normalization = *view.normalization;
  return view.matrix->by_cell().visit([&](const auto& stored) {
    if (normalization.kind == Normalization::Kind::identity)
      return moments_of(stored, context, [](std::size_t, auto value) {
        return std::expm1(static_cast<double>(value));
      });
    const float* scale = normalization.scale.data();
    return moments_of(stored, context, [scale](std::size_t cell, auto value) {
      return static_cast<double>(static_cast<float>(value) * scale[cell]);
    });
  });
}

Excess excess_above(const SparseMatrix& by_cell, const std::vector<double>& limits,
                    const Context& context) {
  return by_cell.visit([&](const auto& view) {
    using Value = typename std::remove_cvref_t<decltype(view)>::value_type;
    const std::size_t n_genes = view.n_minor;
    // A count is above the limit exactly if it is above the limit's whole part,
    // so the comparison is one of narrow values.
    std::vector<Value> floors(n_genes);
    for (std::size_t g = 0; g < n_genes; ++g) {
      const double largest = static_cast<double>(std::numeric_limits<Value>::max());
      const double whole = std::is_integral_v<Value> ? std::floor(limits[g]) : limits[g];
      floors[g] = whole >= largest ? std::numeric_limits<Value>::max() : static_cast<Value>(whole);
    }
    constexpr std::size_t most_blocks = 16;
    const std::size_t block_size =
        std::max<std::size_t>(64, (view.n_major + most_blocks - 1) / most_blocks);
    struct Above {
      std::uint32_t gene;
      double value;
    };
    std::vector<std::vector<Above>> found(block_count(view.n_major, block_size));
    parallel_for_blocks(context, view.n_major, block_size, [&](const Block& block) {
      const Value* floor = floors.data();
      for (auto k = view.offsets[block.begin]; k < view.offsets[block.end]; ++k)
        if (view.values[k] > floor[view.indices[k]])
          found[block.index].push_back({view.indices[k], static_cast<double>(view.values[k])});
    });
    Excess out{std::vector<double>(n_genes, 0), std::vector<double>(n_genes, 0),
               std::vector<double>(n_genes, 0)};
    for (const auto& block : found)
      for (const auto& [gene, value] : block) {
        out.count[gene] += 1;
        out.sum[gene] += value;
        out.sum_of_squares[gene] += value * value;
      }
    return out;
  });
}

}  // namespace celloquy::highly_variable_genes
