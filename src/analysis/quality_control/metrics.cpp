// One pass over the non-zeros gives everything a cell and everything a gene.

#include <algorithm>
#include <type_traits>

#include "analysis/quality_control/quality_control.hpp"
#include "analysis/statistics/checks.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::quality_control {
namespace {

enum Kind : std::uint8_t { mitochondrial = 1, ribosomal = 2, hemoglobin = 4 };

std::vector<std::uint8_t> kinds_of(const GeneFlags& flags, std::size_t n_genes) {
  std::vector<std::uint8_t> kinds(n_genes, 0);
  const auto mark = [&](const std::vector<std::uint8_t>& flag, Kind kind) {
    for (std::size_t g = 0; g < std::min(flag.size(), n_genes); ++g)
      if (flag[g]) kinds[g] |= kind;
  };
  mark(flags.mitochondrial, mitochondrial);
  mark(flags.ribosomal, ribosomal);
  mark(flags.hemoglobin, hemoglobin);
  return kinds;
}

/// What one cell contributes besides the gene sums.
struct CellSums {
  double total = 0, mitochondrial = 0, ribosomal = 0, hemoglobin = 0;
  std::uint32_t n_genes = 0;
  void add_kind(std::uint8_t kind, double value) {
    if (kind & Kind::mitochondrial) mitochondrial += value;
    if (kind & Kind::ribosomal) ribosomal += value;
    if (kind & Kind::hemoglobin) hemoglobin += value;
  }
};

void store(Metrics& out, std::size_t cell, const CellSums& sums) {
  const auto percent = [&](double part) {
    return sums.total > 0 ? static_cast<float>(100 * part / sums.total) : 0.0f;
  };
  out.n_genes[cell] = sums.n_genes;
  out.total_counts[cell] = sums.total;
  out.pct_mitochondrial[cell] = percent(sums.mitochondrial);
  out.pct_ribosomal[cell] = percent(sums.ribosomal);
  out.pct_hemoglobin[cell] = percent(sums.hemoglobin);
}

/// Sum (low bits) and number (high bits) of a gene's counts in one word, so that
/// a non-zero costs one addition to memory. Small counts go into 32 bits: the
/// counters of 20,000 genes are then half as many cache lines, and fetching
/// these is what a non-zero costs. Emptied before either part can overflow.
template <class Value>
struct GeneCounters {
  using Word = std::conditional_t<sizeof(Value) == 1, std::uint32_t, std::uint64_t>;
  /// 4,095 · 255 < 2^20, 4,095 < 2^12; 65,535 · (2^32 − 1) < 2^48, 65,535 < 2^16.
  static constexpr int sum_bits = sizeof(Value) == 1 ? 20 : 48;
  static constexpr std::uint32_t most_cells = sizeof(Value) == 1 ? 4'095 : 65'535;
  static constexpr Word one = Word{1} << sum_bits;
  std::vector<Word> packed;
  std::vector<std::uint64_t> totals;
  std::vector<std::uint32_t> n_cells;
  std::uint32_t cells_inside = 0;

  explicit GeneCounters(std::size_t n_genes = 0)
      : packed(n_genes, 0), totals(n_genes, 0), n_cells(n_genes, 0) {}
  void empty_packed() {
    for (std::size_t g = 0; g < packed.size(); ++g) {
      totals[g] += packed[g] & (one - 1);
      n_cells[g] += static_cast<std::uint32_t>(packed[g] >> sum_bits);
      packed[g] = 0;
    }
    cells_inside = 0;
  }
};

/// The sums of the three kinds side by side in one word: a count is shifted to
/// the field of its gene's kind, or, for most genes, so far that only its lowest
/// bit is left, which no field holds. No branch, which the processor would guess
/// wrongly for every ribosomal gene.
struct KindFields {
  static constexpr int bits = 21;
  static constexpr std::uint64_t most = std::uint64_t{1} << bits;
  std::vector<std::uint8_t> shift;  ///< a gene
  bool usable = true;               ///< no gene is of two kinds

  explicit KindFields(const std::vector<std::uint8_t>& kinds) : shift(kinds.size()) {
    for (std::size_t g = 0; g < kinds.size(); ++g) switch (kinds[g]) {
        case 0: shift[g] = 3 * bits; break;
        case mitochondrial: shift[g] = 0; break;
        case ribosomal: shift[g] = bits; break;
        case hemoglobin: shift[g] = 2 * bits; break;
        default: usable = false;
      }
  }
  static void read(std::uint64_t fields, CellSums& sums) {
    sums.mitochondrial = static_cast<double>(fields & (most - 1));
    sums.ribosomal = static_cast<double>(fields >> bits & (most - 1));
    sums.hemoglobin = static_cast<double>(fields >> 2 * bits & (most - 1));
  }
};

/// Looks at all of them: a loop that can stop early is not vectorised.
template <class Value>
bool holds_zero(const Value* values, std::size_t count) {
  Value found = 0;
  for (std::size_t i = 0; i < count; ++i) found |= static_cast<Value>(values[i] == 0);
  return found != 0;
}

/// Any counts: stored zeros, genes of two kinds, huge cells.
template <class View, class Word>
CellSums count_any_cell(const View& view, std::size_t cell, const std::uint8_t* kinds, Word one,
                        Word* packed) {
  CellSums sums;
  for (auto k = view.offsets[cell]; k < view.offsets[cell + 1]; ++k) {
    const Word value = view.values[k];
    if (value == 0) continue;
    packed[view.indices[k]] += value + one;
    sums.total += static_cast<double>(value);
    sums.n_genes += 1;
    sums.add_kind(kinds[view.indices[k]], static_cast<double>(value));
  }
  return sums;
}

template <class View, class Word>
CellSums count_cell(const View& view, std::size_t cell, const std::uint8_t* kinds,
                    const KindFields& fields, Word one, Word* packed) {
  const auto begin = view.offsets[cell], end = view.offsets[cell + 1];
  if (!fields.usable || holds_zero(view.values + begin, end - begin))
    return count_any_cell(view, cell, kinds, one, packed);
  const std::uint8_t* const shift = fields.shift.data();
  const auto* const values = view.values;
  const auto* const indices = view.indices;
  std::uint64_t total = 0, by_kind = 0;
  for (auto k = begin; k < end; ++k) {
    const Word value = values[k];
    const auto gene = indices[k];
    total += value;
    packed[gene] += value + one;
    by_kind += static_cast<std::uint64_t>(value) << shift[gene];
  }
  CellSums sums;
  sums.total = static_cast<double>(total);
  sums.n_genes = static_cast<std::uint32_t>(end - begin);
  if (total < KindFields::most) {
    KindFields::read(by_kind, sums);
    return sums;
  }
  for (auto k = begin; k < end; ++k)
    sums.add_kind(kinds[view.indices[k]], static_cast<double>(view.values[k]));
  return sums;
}

/// Counts: whole numbers may be added in any order, so a worker keeps its own sums.
template <class View>
void count_integers(const View& view, const std::vector<std::uint8_t>& kinds, Metrics& out,
                    const Context& context) {
  using Counters = GeneCounters<typename View::value_type>;
  std::vector<Counters> workers(worker_count(context));
  const KindFields fields(kinds);
  constexpr std::size_t block_size = 256;
  parallel_for_blocks(context, view.n_major, block_size, [&](const Block& block) {
    Counters& counters = workers[block.worker];
    if (counters.packed.empty()) counters = Counters(view.n_minor);
    if (counters.cells_inside + block.size() > Counters::most_cells) counters.empty_packed();
    counters.cells_inside += static_cast<std::uint32_t>(block.size());
    for (std::size_t cell = block.begin; cell < block.end; ++cell)
      store(out, cell,
            count_cell(view, cell, kinds.data(), fields, Counters::one, counters.packed.data()));
  });
  for (auto& counters : workers) {
    if (counters.packed.empty()) continue;
    counters.empty_packed();
    for (std::size_t g = 0; g < view.n_minor; ++g) {
      out.n_cells[g] += counters.n_cells[g];
      out.gene_totals[g] += static_cast<double>(counters.totals[g]);
    }
  }
}

/// Real values: a few fixed blocks of cells with sums of their own, added in order.
template <class View>
void count_reals(const View& view, const std::vector<std::uint8_t>& kinds, Metrics& out,
                 const Context& context) {
  constexpr std::size_t most_blocks = 16;
  const std::size_t block_size =
      std::max<std::size_t>(64, (view.n_major + most_blocks - 1) / most_blocks);
  const std::size_t n_blocks = block_count(view.n_major, block_size);
  std::vector<double> totals(n_blocks * view.n_minor, 0.0);
  std::vector<std::uint32_t> n_cells(n_blocks * view.n_minor, 0);
  parallel_for_blocks(context, view.n_major, block_size, [&](const Block& block) {
    double* gene_totals = totals.data() + block.index * view.n_minor;
    std::uint32_t* gene_cells = n_cells.data() + block.index * view.n_minor;
    for (std::size_t cell = block.begin; cell < block.end && !context.cancelled(); ++cell) {
      CellSums sums;
      for (auto k = view.offsets[cell]; k < view.offsets[cell + 1]; ++k) {
        const double value = view.values[k];
        const auto gene = view.indices[k];
        sums.total += value;
        sums.n_genes += value != 0;
        gene_totals[gene] += value;
        gene_cells[gene] += value != 0;
        if (kinds[gene]) sums.add_kind(kinds[gene], value);
      }
      store(out, cell, sums);
    }
  });
  for (std::size_t b = 0; b < n_blocks; ++b)
    for (std::size_t g = 0; g < view.n_minor; ++g) {
      out.gene_totals[g] += totals[b * view.n_minor + g];
      out.n_cells[g] += n_cells[b * view.n_minor + g];
    }
}

}  // namespace

Expected<Metrics> compute_metrics(const CountMatrix& matrix, const GeneFlags& flags,
                                  const Context& context) {
  CELLOQUY_CHECK(statistics::require_usable(matrix, context));
  const std::size_t n_cells = matrix.n_cells(), n_genes = matrix.n_genes();
  const auto kinds = kinds_of(flags, n_genes);
  Metrics out;
  out.n_genes.resize(n_cells);
  out.total_counts.resize(n_cells);
  out.pct_mitochondrial.resize(n_cells);
  out.pct_ribosomal.resize(n_cells);
  out.pct_hemoglobin.resize(n_cells);
  out.n_cells.assign(n_genes, 0);
  out.gene_totals.assign(n_genes, 0.0);
  matrix.by_cell().visit([&](const auto& view) {
    using Value = typename std::remove_cvref_t<decltype(view)>::value_type;
    if constexpr (std::is_integral_v<Value>)
      count_integers(view, kinds, out, context);
    else
      count_reals(view, kinds, out, context);
  });
  if (context.cancelled()) return cancelled_error();
  return out;
}

}  // namespace celloquy::quality_control
