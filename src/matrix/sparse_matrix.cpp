#include "matrix/sparse_matrix.hpp"

#include <algorithm>

#include "base/thread_pool.hpp"

namespace celloquy {

SparseMatrix::SparseMatrix(Order order, std::size_t n_major, std::size_t n_minor,
                           std::vector<std::uint64_t> offsets, Indices indices, Values values)
    : order_(order),
      n_major_(n_major),
      n_minor_(n_minor),
      offsets_(std::move(offsets)),
      indices_(std::move(indices)),
      values_(std::move(values)) {}

std::size_t SparseMatrix::bytes() const {
  const auto size = [](const auto& buffer) { return buffer.bytes(); };
  return offsets_.size() * sizeof(std::uint64_t) + std::visit(size, indices_) +
         std::visit(size, values_);
}

bool SparseMatrix::valid() const {
  const auto length = [](const auto& buffer) { return buffer.size(); };
  if (offsets_.size() != n_major_ + 1 || offsets_.front() != 0) return false;
  if (!std::is_sorted(offsets_.begin(), offsets_.end())) return false;
  if (std::visit(length, indices_) < offsets_.back()) return false;
  if (std::visit(length, values_) < offsets_.back()) return false;
  return visit([](const auto& view) {
    for (std::size_t i = 0; i < view.n_major; ++i)
      for (auto k = view.offsets[i]; k < view.offsets[i + 1]; ++k) {
        if (view.indices[k] >= view.n_minor) return false;
        if (k > view.offsets[i] && view.indices[k] <= view.indices[k - 1]) return false;
      }
    return true;
  });
}

SparseRow RowDecoder::row(std::size_t major) {
  return matrix_->visit([&](const auto& view) -> SparseRow {
    const auto begin = view.offsets[major];
    const std::size_t count = view.offsets[major + 1] - begin;
    if (indices_.size() < count) {
      indices_.resize(count);
      values_.resize(count);
    }
    const auto* from_indices = view.indices + begin;
    const auto* from_values = view.values + begin;
    for (std::size_t k = 0; k < count; ++k) indices_[k] = from_indices[k];
    for (std::size_t k = 0; k < count; ++k) values_[k] = static_cast<float>(from_values[k]);
    return {{indices_.data(), count}, {values_.data(), count}};
  });
}

namespace {

// Major items are dealt with in a few large blocks, each with its own counts a
// column, so that every block knows where its entries of a column begin.
std::size_t transpose_block_size(std::size_t n_major) {
  constexpr std::size_t most_blocks = 16;
  return std::max<std::size_t>(1, (n_major + most_blocks - 1) / most_blocks);
}

template <class NewIndex, class View>
Expected<SparseMatrix> transpose_as(const SparseMatrix& matrix, const View& view,
                                    const Context& context) {
  using Value = typename View::value_type;
  const std::size_t block_size = transpose_block_size(view.n_major);
  const std::size_t blocks = std::max<std::size_t>(1, block_count(view.n_major, block_size));
  std::vector<std::uint64_t> starts(blocks * view.n_minor, 0);
  parallel_for_blocks(context, view.n_major, block_size, [&](const Block& block) {
    auto* count = starts.data() + block.index * view.n_minor;
    for (auto k = view.offsets[block.begin]; k < view.offsets[block.end]; ++k)
      ++count[view.indices[k]];
  });
  std::vector<std::uint64_t> offsets(view.n_minor + 1, 0);
  std::uint64_t at = 0;
  for (std::size_t column = 0; column < view.n_minor; ++column) {
    offsets[column] = at;
    for (std::size_t b = 0; b < blocks; ++b) {
      const auto count = starts[b * view.n_minor + column];
      starts[b * view.n_minor + column] = at;
      at += count;
    }
  }
  offsets[view.n_minor] = at;
  Buffer<NewIndex> indices(at);
  Buffer<Value> values(at);
  parallel_for_blocks(context, view.n_major, block_size, [&](const Block& block) {
    auto* next = starts.data() + block.index * view.n_minor;
    for (std::size_t i = block.begin; i < block.end; ++i)
      for (auto k = view.offsets[i]; k < view.offsets[i + 1]; ++k) {
        const auto to = next[view.indices[k]]++;
        indices[to] = static_cast<NewIndex>(i);
        values[to] = view.values[k];
      }
  });
  if (context.cancelled()) return cancelled_error();
  const Order order = matrix.order() == Order::cell_major ? Order::gene_major : Order::cell_major;
  return SparseMatrix(order, view.n_minor, view.n_major, std::move(offsets), std::move(indices),
                      std::move(values));
}

template <class View>
Expected<SparseMatrix> subset_view(const SparseMatrix& matrix, const View& view,
                                   std::span<const std::uint32_t> major,
                                   std::span<const std::uint32_t> minor, const Context& context) {
  using Index = typename View::index_type;
  using Value = typename View::value_type;
  constexpr std::uint32_t dropped = ~0u;
  std::vector<std::uint32_t> renumbered;
  if (!minor.empty()) {
    renumbered.assign(view.n_minor, dropped);
    for (std::size_t j = 0; j < minor.size(); ++j)
      renumbered[minor[j]] = static_cast<std::uint32_t>(j);
  }
  constexpr std::size_t block_size = 512;
  std::vector<std::uint64_t> offsets(major.size() + 1, 0);
  parallel_for_blocks(context, major.size(), block_size, [&](const Block& block) {
    for (std::size_t r = block.begin; r < block.end; ++r) {
      const auto begin = view.offsets[major[r]], end = view.offsets[major[r] + 1];
      if (minor.empty()) {
        offsets[r + 1] = end - begin;
        continue;
      }
      std::uint64_t kept = 0;
      for (auto k = begin; k < end; ++k) kept += renumbered[view.indices[k]] != dropped;
      offsets[r + 1] = kept;
    }
  });
  for (std::size_t r = 0; r < major.size(); ++r) offsets[r + 1] += offsets[r];
  Buffer<Index> indices(offsets.back());
  Buffer<Value> values(offsets.back());
  parallel_for_blocks(context, major.size(), block_size, [&](const Block& block) {
    for (std::size_t r = block.begin; r < block.end; ++r) {
      auto to = offsets[r];
      for (auto k = view.offsets[major[r]]; k < view.offsets[major[r] + 1]; ++k) {
        const auto column = minor.empty() ? view.indices[k] : renumbered[view.indices[k]];
        if (!minor.empty() && column == dropped) continue;
        indices[to] = static_cast<Index>(column);
        values[to++] = view.values[k];
      }
    }
  });
  if (context.cancelled()) return cancelled_error();
  return SparseMatrix(matrix.order(), major.size(), minor.empty() ? view.n_minor : minor.size(),
                      std::move(offsets), std::move(indices), std::move(values));
}

}  // namespace

Expected<SparseMatrix> transposed(const SparseMatrix& matrix, const Context& context) {
  const bool narrow = matrix.n_major() <= 65536;
  return matrix.visit([&](const auto& view) -> Expected<SparseMatrix> {
    return narrow ? transpose_as<std::uint16_t>(matrix, view, context)
                  : transpose_as<std::uint32_t>(matrix, view, context);
  });
}

Expected<SparseMatrix> subset(const SparseMatrix& matrix, std::span<const std::uint32_t> major,
                              std::span<const std::uint32_t> minor, const Context& context) {
  return matrix.visit([&](const auto& view) -> Expected<SparseMatrix> {
    return subset_view(matrix, view, major, minor, context);
  });
}

}  // namespace celloquy
