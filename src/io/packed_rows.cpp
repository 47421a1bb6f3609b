#include "io/packed_rows.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "io/blocks.hpp"

namespace celloquy::io {
namespace {

constexpr std::size_t rows_a_block = 512;

struct Entry {
  std::uint32_t index;
  double value;
};

/// The entries of one row in ascending order without repeats; true if it was already so.
template <class Index, class Value>
bool sorted_entries(const Index* indices, const Value* values, std::size_t count,
                    std::vector<Entry>& out) {
  out.clear();
  bool ascending = true;
  for (std::size_t k = 0; k < count; ++k) {
    ascending &= k == 0 || indices[k - 1] < indices[k];
    out.push_back({indices[k], static_cast<double>(values[k])});
  }
  if (ascending) return true;
  std::stable_sort(out.begin(), out.end(),
                   [](const Entry& a, const Entry& b) { return a.index < b.index; });
  std::size_t to = 0;
  for (std::size_t k = 1; k < out.size(); ++k) {
    if (out[k].index == out[to].index)
      out[to].value += out[k].value;
    else
      out[++to] = out[k];
  }
  out.resize(out.empty() ? 0 : to + 1);
  return false;
}

struct BlockTotals {
  std::uint64_t sorted = 0, merged = 0;
  double largest = 0;
};

/// Copies the rows to new arrays, keeping what keep(value) says.
template <class Keep>
void compact(PackedRows& rows, const Context& context, Keep keep) {
  std::visit(
      [&](auto& indices, auto& values) {
        using Index = std::remove_cvref_t<decltype(indices[0])>;
        using Value = std::remove_cvref_t<decltype(values[0])>;
        std::vector<std::uint64_t> offsets(rows.n_major + 1, 0);
        guarded_blocks(context, rows.n_major, rows_a_block, nullptr, [&](const Block& block) {
          for (std::size_t r = block.begin; r < block.end; ++r)
            for (auto k = rows.offsets[r]; k < rows.offsets[r + 1]; ++k)
              offsets[r + 1] += keep(values[k]);
        });
        std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
        Buffer<Index> new_indices(offsets.back());
        Buffer<Value> new_values(offsets.back());
        guarded_blocks(context, rows.n_major, rows_a_block, nullptr, [&](const Block& block) {
          for (std::size_t r = block.begin; r < block.end; ++r) {
            auto to = offsets[r];
            for (auto k = rows.offsets[r]; k < rows.offsets[r + 1]; ++k) {
              if (!keep(values[k])) continue;
              new_indices[to] = indices[k];
              new_values[to++] = values[k];
            }
          }
        });
        rows.dropped_zeros += rows.offsets.back() - offsets.back();
        rows.offsets = std::move(offsets);
        rows.indices = std::move(new_indices);
        rows.values = std::move(new_values);
      },
      rows.indices, rows.values);
}

}  // namespace

std::size_t RowBand::size() const {
  return std::visit([](const auto& buffer) { return buffer.size(); }, values);
}

RowBand make_band(std::vector<std::uint32_t> counts, const std::vector<std::uint32_t>& columns,
                  const void* numbers, NumberKind kind, std::size_t n_minor) {
  RowBand band;
  band.counts = std::move(counts);
  band.scan = scan_numbers(numbers, kind, columns.size());
  band.needed = width_needed(band.scan);
  // Noise must stay as it is until the whole matrix is known to be counts.
  band.values = make_values(band.scan.whole ? band.needed : Width::real, columns.size());
  store_numbers(numbers, kind, columns.size(), band.scan.whole, band.values, 0);
  if (n_minor <= 65536) {
    Buffer<std::uint16_t> narrow(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i)
      narrow[i] = static_cast<std::uint16_t>(columns[i]);
    band.indices = std::move(narrow);
  } else {
    Buffer<std::uint32_t> wide(columns.size());
    std::copy(columns.begin(), columns.end(), wide.begin());
    band.indices = std::move(wide);
  }
  return band;
}

PackedRows join_bands(std::vector<RowBand>& bands, Order order, std::size_t n_minor,
                      const Context& context) {
  PackedRows out;
  out.order = order;
  out.n_minor = n_minor;
  Width final_width = Width::bits8;
  std::vector<std::uint64_t> starts;
  out.offsets.assign(1, 0);
  for (const auto& band : bands) {
    starts.push_back(out.offsets.back());
    for (const auto count : band.counts) out.offsets.push_back(out.offsets.back() + count);
    final_width = std::max(final_width, band.needed);
    out.summary.add(band.scan, band.size());
  }
  out.n_major = out.offsets.size() - 1;
  if (!out.summary.counts()) final_width = Width::real;
  out.values = make_values(final_width, out.offsets.back());
  if (n_minor <= 65536)
    out.indices = Buffer<std::uint16_t>(out.offsets.back());
  else
    out.indices = Buffer<std::uint32_t>(out.offsets.back());
  guarded_blocks(context, bands.size(), 1, nullptr, [&](const Block& block) {
    auto& band = bands[block.index];
    const auto start = starts[block.index];
    std::visit(
        [&](const auto& from, auto& to) {
          using W = std::remove_cvref_t<decltype(to[0])>;
          using F = std::remove_cvref_t<decltype(from[0])>;
          for (std::size_t i = 0; i < from.size(); ++i) {
            if constexpr (std::is_same_v<F, float> && !std::is_same_v<W, float>)
              to[start + i] = static_cast<W>(from[i] + 0.5f);  // counts with noise
            else
              to[start + i] = static_cast<W>(from[i]);
          }
        },
        band.values, out.values);
    std::visit(
        [&](const auto& from, auto& to) {
          using W = std::remove_cvref_t<decltype(to[0])>;
          for (std::size_t i = 0; i < from.size(); ++i) to[start + i] = static_cast<W>(from[i]);
        },
        band.indices, out.indices);
    band = RowBand();
  });
  return out;
}

void sort_and_merge(PackedRows& rows, const Context& context) {
  std::vector<std::uint64_t> offsets(rows.n_major + 1, 0);
  std::vector<BlockTotals> totals(block_count(rows.n_major, rows_a_block));
  std::visit(
      [&](auto& indices, auto& values) {
        guarded_blocks(context, rows.n_major, rows_a_block, nullptr, [&](const Block& block) {
          std::vector<Entry> entries;
          auto& total = totals[block.index];
          for (std::size_t r = block.begin; r < block.end; ++r) {
            const auto begin = rows.offsets[r], count = rows.offsets[r + 1] - begin;
            total.sorted +=
                !sorted_entries(indices.data() + begin, values.data() + begin, count, entries);
            total.merged += count - entries.size();
            offsets[r + 1] = entries.size();
            for (const auto& entry : entries) total.largest = std::max(total.largest, entry.value);
          }
        });
      },
      rows.indices, rows.values);
  BlockTotals sum;
  for (const auto& total : totals) {
    sum.sorted += total.sorted;
    sum.merged += total.merged;
    sum.largest = std::max(sum.largest, total.largest);
  }
  rows.ascending = true;
  if (sum.sorted == 0) return;
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  // Sums of repeated entries may need wider storage than each of them did.
  Width width = width_of(rows.values);
  if (width != Width::real) {
    NumberScan scan;
    scan.largest = sum.largest;
    width = std::max(width, width_needed(scan));
  }
  auto new_values = make_values(width, offsets.back());
  std::visit(
      [&](auto& indices, auto& values, auto& out_values) {
        using Index = std::remove_cvref_t<decltype(indices[0])>;
        using Out = std::remove_cvref_t<decltype(out_values[0])>;
        Buffer<Index> out_indices(offsets.back());
        guarded_blocks(context, rows.n_major, rows_a_block, nullptr, [&](const Block& block) {
          std::vector<Entry> entries;
          for (std::size_t r = block.begin; r < block.end; ++r) {
            const auto begin = rows.offsets[r];
            sorted_entries(indices.data() + begin, values.data() + begin,
                           rows.offsets[r + 1] - begin, entries);
            auto to = offsets[r];
            for (const auto& entry : entries) {
              out_indices[to] = static_cast<Index>(entry.index);
              out_values[to++] = static_cast<Out>(entry.value);
            }
          }
        });
        rows.indices = std::move(out_indices);
      },
      rows.indices, rows.values, new_values);
  rows.values = std::move(new_values);
  rows.offsets = std::move(offsets);
  rows.sorted_rows = sum.sorted;
  rows.merged_values = sum.merged;
  rows.summary.largest = std::max(rows.summary.largest, sum.largest);
}

void drop_zeros(PackedRows& rows, const Context& context) {
  compact(rows, context, [](auto value) {
    if constexpr (std::is_same_v<decltype(value), float>)
      return value != 0 && !std::isnan(value);
    else
      return value != 0;
  });
}

SparseMatrix finish(PackedRows&& rows, const Context& context) {
  if (!rows.ascending) sort_and_merge(rows, context);
  // Noise around zero becomes zero when counts are rounded.
  const bool rounded = rows.summary.counts() && !rows.summary.whole;
  if (rows.summary.zeros || rows.summary.nan || rounded) drop_zeros(rows, context);
  SparseMatrix matrix(rows.order, rows.n_major, rows.n_minor, std::move(rows.offsets),
                      std::move(rows.indices), std::move(rows.values));
  if (matrix.order() == Order::cell_major) return matrix;
  auto by_cell = transposed(matrix, context);
  if (!by_cell) throw Refusal{std::move(by_cell).error()};
  return std::move(*by_cell);
}

}  // namespace celloquy::io
