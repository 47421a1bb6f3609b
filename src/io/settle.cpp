// What all readers do at the end.
#include <algorithm>
#include <cmath>

#include "io/gene_names.hpp"
#include "io/input_state.hpp"
#include "io/readers.hpp"

namespace celloquy::io {
namespace {

/// Logarithms of another base become natural ones, which all steps expect.
SparseMatrix times(const SparseMatrix& matrix, double factor) {
  return matrix.visit([&](const auto& view) {
    using Index = typename std::remove_cvref_t<decltype(view)>::index_type;
    Buffer<Index> indices(matrix.n_nonzeros());
    Buffer<float> values(matrix.n_nonzeros());
    for (std::uint64_t k = 0; k < matrix.n_nonzeros(); ++k) {
      indices[k] = view.indices[k];
      values[k] = static_cast<float>(static_cast<double>(view.values[k]) * factor);
    }
    return SparseMatrix(matrix.order(), matrix.n_major(), matrix.n_minor(),
                        {matrix.offsets().begin(), matrix.offsets().end()}, std::move(indices),
                        std::move(values));
  });
}

void put_state(Dataset& dataset, MatrixState state) {
  for (auto& known : dataset.states)
    if (known.where == state.where) {
      known = std::move(state);
      return;
    }
  dataset.states.push_back(std::move(state));
}

}  // namespace

void settle_matrix(Dataset& dataset, PackedRows&& rows, const std::string& where,
                   const Context& context) {
  auto matrix = finish(std::move(rows), context);
  if (matrix.n_cells() == 0 || matrix.n_genes() == 0)
    refuse("io.no_cells", {{"cells", matrix.n_cells()}, {"genes", matrix.n_genes()}});
  double log_base = 0;
  auto state = detect_state({where, rows.summary, matrix, false}, &log_base);
  if (state.n_infinite) refuse("io.infinite", {{"where", where}, {"count", state.n_infinite}});
  if (log_base == 2 || log_base == 10) {
    matrix = times(matrix, std::log(log_base));
    dataset.notes.push_back(
        message("io.note.log_base", {{"base", std::to_string(static_cast<int>(log_base))}}));
  }
  if (rows.sorted_rows)
    dataset.notes.push_back(message("io.note.sorted", {{"count", rows.sorted_rows}}));
  if (rows.merged_values)
    dataset.notes.push_back(message("io.note.merged", {{"count", rows.merged_values}}));
  if (state.n_nan)
    dataset.notes.push_back(message("io.note.nan", {{"count", state.n_nan}, {"where", where}}));
  if (state.state == InputState::noisy_counts)
    dataset.notes.push_back(
        message("io.note.rounded", {{"where", where}, {"noise", rows.summary.noise}}));
  if (state.n_negative && state.state == InputState::unknown)
    dataset.notes.push_back(
        message("io.note.negative", {{"count", state.n_negative}, {"where", where}}));
  dataset.state = state.state;
  dataset.matrix_where = where;
  put_state(dataset, std::move(state));
  dataset.matrix = CountMatrix(std::move(matrix));
}

void keep_gene_expression(Dataset& dataset, const Context& context) {
  const auto* column = dataset.var.find("feature_types");
  if (!column) return;
  const auto types = as_categorical(*column);
  if (!types || types->categories.size() < 2) return;
  const auto wanted =
      std::find(types->categories.begin(), types->categories.end(), "Gene Expression");
  if (wanted == types->categories.end()) return;
  const auto code = static_cast<std::int32_t>(wanted - types->categories.begin());
  std::vector<std::uint32_t> kept;
  for (std::uint32_t g = 0; g < types->codes.size(); ++g)
    if (types->codes[g] == code) kept.push_back(g);
  std::vector<Text> others;
  for (std::size_t c = 0; c < types->categories.size(); ++c)
    if (static_cast<std::int32_t>(c) != code) others.push_back(Text::same(types->categories[c]));
  dataset.notes.push_back(
      message("io.note.feature_types",
              {{"count", types->codes.size() - kept.size()}, {"types", enumerate(others)}}));
  std::vector<std::uint32_t> cells(dataset.matrix.n_cells());
  for (std::uint32_t i = 0; i < cells.size(); ++i) cells[i] = i;
  auto matrix = subset(dataset.matrix.by_cell(), cells, kept, context);
  if (!matrix) throw Refusal{std::move(matrix).error()};
  dataset.matrix = CountMatrix(std::move(*matrix));
  dataset.var = dataset.var.rows(kept);
}

void settle_dataset(Dataset& dataset) {
  settle_names(dataset);
  const auto offsets = dataset.matrix.by_cell().offsets();
  std::uint64_t empty = 0;
  for (std::size_t cell = 0; cell + 1 < offsets.size(); ++cell)
    empty += offsets[cell] == offsets[cell + 1];
  if (empty) dataset.notes.push_back(message("io.note.empty_cells", {{"count", empty}}));
  if (dataset.state == InputState::normalized || dataset.state == InputState::log1p ||
      dataset.state == InputState::scaled)
    dataset.notes.push_back(message("io.note.no_counts." + std::string(name(dataset.state)),
                                    {{"where", dataset.matrix_where}}));
}

}  // namespace celloquy::io
