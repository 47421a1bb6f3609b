#include "tools/space/cell_view.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "knowledge/model_files.hpp"
#include "knowledge/table.hpp"
#include "space/cells/centre.hpp"

namespace celloquy::tools {
namespace {

/// Neighbours need this many cells to be of the same kind.
constexpr std::size_t fewest_for_neighbors = 60;

/// Logarithms of values whose cells add up to something else than 10,000: counts per million,
/// or intensities of microarrays. Where the sum is not known they are taken for what they are
/// compared with.
bool other_scale(const Dataset& data) {
  constexpr double target = 1e4, tolerance = 0.05;
  for (const auto& matrix : data.states)
    if (matrix.where == data.matrix_where)
      return matrix.target_sum > 0 && std::abs(matrix.target_sum / target - 1) > tolerance;
  return false;
}

/// exp(x) − 1 of each stored value; `Index`: wide enough for the genes.
template <class Index>
CountMatrix without_logarithm(const SparseMatrix& from) {
  std::vector<std::uint64_t> offsets(from.offsets().begin(), from.offsets().end());
  Buffer<Index> genes(from.n_nonzeros());
  Buffer<float> values(from.n_nonzeros());
  RowDecoder rows(from);
  std::size_t at = 0;
  for (std::size_t cell = 0; cell < from.n_major(); ++cell) {
    const auto row = rows.row(cell);
    for (std::size_t k = 0; k < row.values.size(); ++k, ++at) {
      genes[at] = static_cast<Index>(row.indices[k]);
      values[at] = std::max(0.0f, std::expm1(row.values[k]));
    }
  }
  return CountMatrix(SparseMatrix(Order::cell_major, from.n_major(), from.n_minor(),
                                  std::move(offsets), std::move(genes), std::move(values)));
}

/// log1p(CP10K) whatever the file holds; `matrix` is replaced where it must be turned back first.
Expected<Normalization> log_counts_per_10k(Pipeline& pipeline, CountMatrix& matrix) {
  CELLOQUY_TRY(const Values kind, pipeline.values());
  if (kind == Values::counts) {
    CELLOQUY_TRY(const auto shared, pipeline.normalization());
    return *shared;
  }
  if (kind == Values::logged) {
    CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
    if (!other_scale(*data)) return Normalization{};
    const auto& stored = matrix.by_cell();
    matrix = stored.n_genes() <= 0x10000 ? without_logarithm<std::uint16_t>(stored)
                                         : without_logarithm<std::uint32_t>(stored);
  }
  // Normalised values of any scale (TPM, CPM, library-size normalised means).
  Normalization out;
  out.kind = Normalization::Kind::log1p;
  RowDecoder rows(matrix.by_cell());
  for (std::size_t cell = 0; cell < matrix.n_cells(); ++cell) {
    double total = 0;
    for (const float value : rows.row(cell).values) total += static_cast<double>(value);
    out.scale.push_back(total > 0 ? static_cast<float>(1e4 / total) : 0.0f);
  }
  return out;
}

Expected<std::vector<std::string>> panel_names() {
  CELLOQUY_TRY(const auto text, knowledge::read_model_file("space/panel.tsv"));
  CELLOQUY_TRY(auto rows, knowledge::TableReader::open("panel.tsv", text, {"name"}));
  std::vector<std::string> names;
  std::vector<std::string_view> f;
  while (rows.next(f)) names.emplace_back(f[0]);
  return names;
}

/// The neighbours that are among these cells; where one is not, the cell itself.
neighbors::Result among(const neighbors::Result& all, std::span<const std::uint32_t> positions) {
  std::vector<std::uint32_t> place(all.n_points, all.n_points);
  for (std::uint32_t i = 0; i < positions.size(); ++i) place[positions[i]] = i;
  neighbors::Result out;
  out.n_points = static_cast<std::uint32_t>(positions.size());
  out.n_neighbors = all.n_neighbors;
  for (std::uint32_t i = 0; i < positions.size(); ++i)
    for (std::uint32_t k = 0; k < all.n_neighbors; ++k) {
      const std::size_t at = std::size_t{positions[i]} * all.n_neighbors + k;
      const bool inside = place[all.indices[at]] < all.n_points;
      out.indices.push_back(inside ? place[all.indices[at]] : i);
      out.distances.push_back(inside ? all.distances[at] : 0.0f);
    }
  return out;
}

}  // namespace

Expected<space::TextTower*> text_tower() {
  static std::mutex mutex;
  static std::unique_ptr<space::TextTower> tower;
  std::lock_guard lock(mutex);
  if (!tower) {
    CELLOQUY_TRY(tower, space::open_text_tower());
  }
  return tower.get();
}

Expected<Shared<CellView>> cell_view(Pipeline& pipeline) {
  CELLOQUY_TRY(const std::string cells, pipeline.cells_key());
  const std::string key = workspace::result_key(std::vector<std::string>{cells}, "cell_view",
                                                nlohmann::json::object(), 1);
  auto& memory = Memory::of(pipeline.study());
  if (auto known = memory.find<CellView>(key)) return known;
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  const auto& organism = data->organism.organism;
  if (organism != "human" && organism != "mouse" && organism != "unknown")
    return failure(ErrorCode::cannot_answer, "tools.space.organism", {{"organism", organism}});
  CellView view;
  CELLOQUY_TRY(view.matrix, pipeline.matrix());
  CELLOQUY_TRY(view.normalization, log_counts_per_10k(pipeline, view.matrix));
  CELLOQUY_TRY(view.standardization,
               space::standardize_cells(
                   view.view(), data->var.index,
                   organism == "mouse" ? knowledge::Organism::mouse : knowledge::Organism::human,
                   pipeline.context()));
  auto shared = std::make_shared<const CellView>(std::move(view));
  memory.put(key, shared);
  return shared;
}

Expected<space::Decoding> label_kept_cells(Pipeline& pipeline,
                                           std::span<const space::TextVector> labels,
                                           const space::LabelOptions& options) {
  CELLOQUY_TRY(const auto cells, cell_view(pipeline));
  Shared<neighbors::Result> nearest;
  if (cells->matrix.n_cells() >= fewest_for_neighbors) {
    // Without them (a panel of three genes) the labels rest on each cell alone.
    if (auto found = pipeline.neighbors()) nearest = *found;
    if (pipeline.context().cancelled()) return cancelled_error();
  }
  return space::label_cells(cells->view(), cells->standardization, labels, nearest.get(), options,
                            pipeline.context());
}

Expected<space::Decoding> label_some_cells(Pipeline& pipeline,
                                           std::span<const space::TextVector> labels,
                                           std::span<const std::uint32_t> positions,
                                           const space::LabelOptions& options) {
  CELLOQUY_TRY(const auto cells, cell_view(pipeline));
  if (positions.size() == cells->matrix.n_cells())
    return label_kept_cells(pipeline, labels, options);
  const auto weights = space::contrasted(labels, options.contrast);
  CELLOQUY_TRY(const auto all, space::score_cells(cells->view(), cells->standardization, weights,
                                                  pipeline.context()));
  DenseBlock scores{positions.size(), all.n_columns, {}};
  for (const auto position : positions) {
    const float* row = all.values.data() + std::size_t{position} * all.n_columns;
    scores.values.insert(scores.values.end(), row, row + all.n_columns);
  }
  neighbors::Result nearest;
  if (positions.size() >= fewest_for_neighbors) {
    if (const auto found = pipeline.neighbors()) nearest = among(**found, positions);
    if (pipeline.context().cancelled()) return cancelled_error();
  }
  return space::decode_labels(scores, space::cosines_of(weights),
                              nearest.n_points > 0 ? &nearest : nullptr, options.decode,
                              pipeline.context());
}

Expected<const std::vector<space::TextVector>*> panel_types(const Context& context) {
  static std::mutex mutex;
  static std::vector<space::TextVector> vectors;
  std::lock_guard lock(mutex);
  if (vectors.empty()) {
    CELLOQUY_TRY(const auto names, panel_names());
    CELLOQUY_TRY(auto* tower, text_tower());
    CELLOQUY_TRY(vectors, tower->encode(names, space::TextUse::labels, context));
  }
  return &vectors;
}

float cosine(const space::TextVector& a, const space::TextVector& b) {
  double sum = 0;
  for (std::size_t g = 0; g < a.weights.size(); ++g)
    sum += static_cast<double>(a.weights[g]) * b.weights[g];
  return static_cast<float>(sum);
}

}  // namespace celloquy::tools
