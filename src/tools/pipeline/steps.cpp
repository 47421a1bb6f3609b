// The steps themselves: which inputs, which options, which key.

#include <algorithm>
#include <cmath>

#include "analysis/normalize/normalize.hpp"
#include "knowledge/gene_kinds.hpp"
#include "knowledge/knowledge.hpp"
#include "knowledge/organism.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

using nlohmann::json;

namespace {

/// Raised when a step's meaning changes, so that stored results are not taken for new ones.
constexpr int step_version = 1;

std::string key_of(const std::string& input, std::string_view step, const json& options) {
  return workspace::result_key(std::span(&input, 1), step, options, step_version);
}

/// Mitochondrial, ribosomal and haemoglobin genes, by symbol or Ensembl id.
quality_control::GeneFlags gene_flags(const Dataset& data) {
  const auto organism =
      data.organism.organism == "mouse" ? knowledge::Organism::mouse : knowledge::Organism::human;
  const bool symbols = data.organism.gene_ids == GeneIdKind::symbols;
  // Without the table Ensembl ids stay unknown, which the quality report says.
  const auto table =
      symbols ? Expected<const knowledge::GeneTable*>(nullptr) : knowledge::genes_of(organism);
  auto kinds = knowledge::classify_genes(data.var.index, table ? *table : nullptr);
  return {std::move(kinds.mitochondrial), std::move(kinds.ribosomal), std::move(kinds.hemoglobin)};
}

Status enough_cells(std::size_t cells, std::size_t least) {
  if (cells >= least) return {};
  return failure(ErrorCode::cannot_answer, "tools.cells.too_few",
                 {{"cells", cells}, {"least", least}});
}

}  // namespace

/// Fewer than this many cells have no neighbourhoods worth the name.
constexpr std::size_t least_cells = 10;

Expected<Shared<quality_control::Metrics>> Pipeline::quality_of_file() {
  return memo<quality_control::Metrics>(
      "quality_control", key_of(file_key() + ":all", "quality_control", json::object()),
      [&]() -> Expected<quality_control::Metrics> {
        CELLOQUY_TRY(const Dataset* data, dataset());
        if (!data->matrix.counts())
          return failure(ErrorCode::cannot_answer, "tools.values.no_counts",
                         {{"where", data->matrix_where}});
        auto result = quality_control::compute_metrics(data->matrix, gene_flags(*data), context_);
        if (result) next_cost_ = cost_of_quality_control(data->matrix);
        return result;
      });
}

Expected<Shared<quality_control::Metrics>> Pipeline::quality() {
  if (all_cells_kept()) return quality_of_file();
  CELLOQUY_TRY(const std::string input, cells_key());
  return memo<quality_control::Metrics>(
      "quality_control", key_of(input, "quality_control", json::object()),
      [&]() -> Expected<quality_control::Metrics> {
        CELLOQUY_TRY(const Dataset* data, dataset());
        if (!data->matrix.counts())
          return failure(ErrorCode::cannot_answer, "tools.values.no_counts",
                         {{"where", data->matrix_where}});
        CELLOQUY_TRY(const CountMatrix kept, matrix());
        auto result = quality_control::compute_metrics(kept, gene_flags(*data), context_);
        if (result) next_cost_ = cost_of_quality_control(kept);
        return result;
      });
}

/// Not stored: one division a cell is cheaper than any file.
Expected<Shared<Normalization>> Pipeline::normalization() {
  CELLOQUY_TRY(const Values kind, values());
  CELLOQUY_TRY(const std::string input, cells_key());
  const std::string key = key_of(input, "normalize", {{"target_sum", options_.target_sum}});
  if (auto known = memory_.find<Normalization>(key)) return known;
  Normalization made;
  if (kind == Values::counts) {
    CELLOQUY_TRY(const auto metrics, quality());
    made = normalize::compute(metrics->total_counts, {options_.target_sum, true});
  } else if (kind == Values::normalized) {
    CELLOQUY_TRY(const auto list, cells());
    made.kind = Normalization::Kind::log1p;
    made.scale.assign(list->kept.size(), 1.0f);
  } else {
    made = normalize::identity();
  }
  auto shared = std::make_shared<const Normalization>(std::move(made));
  memory_.put(key, shared);
  return shared;
}

Expected<Shared<highly_variable_genes::Result>> Pipeline::variable_genes() {
  CELLOQUY_TRY(const std::string key, variable_genes_key());
  return memo<highly_variable_genes::Result>(
      "highly_variable_genes", key, [&]() -> Expected<highly_variable_genes::Result> {
        CELLOQUY_TRY(const Values kind, values());
        CELLOQUY_TRY(const CountMatrix kept, matrix());
        CELLOQUY_CHECK(enough_cells(kept.n_cells(), least_cells));
        highly_variable_genes::Options options;
        options.n_top_genes = options_.n_top_genes;
        std::vector<std::uint8_t> usable;
        if (kind == Values::counts) {
          CELLOQUY_TRY(const auto metrics, quality());
          usable.resize(metrics->n_cells.size());
          for (std::size_t gene = 0; gene < usable.size(); ++gene)
            usable[gene] = metrics->n_cells[gene] >= options_.min_cells_per_gene;
          const Normalization none;
          auto result = highly_variable_genes::compute({&kept, &none}, usable, options, context_);
          if (result) next_cost_ = cost_of_variable_genes(kept);
          return result;
        }
        options.flavor = highly_variable_genes::Flavor::seurat;
        CELLOQUY_TRY(const auto scale, normalization());
        return highly_variable_genes::compute({&kept, scale.get()}, usable, options, context_);
      });
}

Expected<Shared<pca::Result>> Pipeline::pca() {
  CELLOQUY_TRY(const std::string key, pca_key());
  return memo<pca::Result>("pca", key, [&]() -> Expected<pca::Result> {
    CELLOQUY_TRY(const Values kind, values());
    CELLOQUY_TRY(const auto variable, variable_genes());
    CELLOQUY_TRY(const auto scale, normalization());
    CELLOQUY_TRY(const CountMatrix kept, matrix());
    const std::size_t most = std::min(kept.n_cells(), variable->genes.size());
    if (variable->genes.size() < 3)
      return failure(ErrorCode::cannot_answer, "tools.genes.too_few_variable",
                     {{"genes", variable->genes.size()}});
    pca::Options options;
    options.n_components =
        static_cast<std::uint32_t>(std::min<std::size_t>(options_.n_components, most - 1));
    // How many values the chosen genes have is known where they were counted.
    double n_chosen = 0;
    if (kind == Values::counts) {
      CELLOQUY_TRY(const auto metrics, quality());
      for (const auto gene : variable->genes) n_chosen += metrics->n_cells[gene];
    }
    auto result = pca::compute({&kept, scale.get()}, variable->genes, options, context_);
    if (result) next_cost_ = cost_of_pca(kept, n_chosen, variable->genes.size(), *result);
    return result;
  });
}

Expected<Shared<neighbors::Result>> Pipeline::neighbors() {
  CELLOQUY_TRY(const std::string key, neighbors_key());
  return memo<neighbors::Result>("neighbors", key, [&]() -> Expected<neighbors::Result> {
    CELLOQUY_TRY(const auto components, this->components());
    neighbors::Options options;
    options.n_neighbors = options_.n_neighbors;
    auto result = neighbors::compute(components->scores, components->n_cells,
                                     components->n_components, options, context_);
    if (result) next_cost_ = cost_of_neighbors(*components, *result);
    return result;
  });
}

Expected<Shared<Graph>> Pipeline::connectivities() {
  CELLOQUY_TRY(const std::string key, graph_key());
  return memo<Graph>("neighbor_graph", key, [&]() -> Expected<Graph> {
    CELLOQUY_TRY(const auto nearest, neighbors());
    return neighbor_graph::umap_connectivities(*nearest, context_);
  });
}

double Pipeline::resolution() const {
  const auto& slots = state().slots;
  const auto chosen = slots.find("resolution");
  if (chosen == slots.end()) return options_.resolution;
  return std::strtod(chosen->second.c_str(), nullptr);
}

Expected<Shared<leiden::Result>> Pipeline::clusters() { return clusters_at(resolution()); }

Expected<Shared<leiden::Result>> Pipeline::clusters_at(double resolution) {
  CELLOQUY_TRY(const std::string key, clusters_key(resolution));
  return memo<leiden::Result>("leiden", key, [&]() -> Expected<leiden::Result> {
    CELLOQUY_TRY(const auto graph, connectivities());
    leiden::Options options;
    options.resolution = resolution;
    options.seed = context_.seed;
    auto result = leiden::compute(*graph, options, context_);
    if (result) next_cost_ = cost_of_leiden(*graph, options, *result);
    return result;
  });
}

Expected<Shared<umap::Result>> Pipeline::layout() {
  CELLOQUY_TRY(const std::string key, layout_key());
  return memo<umap::Result>("umap", key, [&]() -> Expected<umap::Result> {
    CELLOQUY_TRY(const auto components, this->components());
    CELLOQUY_TRY(const auto graph, connectivities());
    umap::Options options;
    options.seed = context_.seed;
    // The two strongest components: the layout starts with the large distances right.
    const std::size_t width = components->n_components;
    std::vector<float> initial(std::size_t{components->n_cells} * 2, 0.0f);
    for (std::size_t cell = 0; cell < components->n_cells; ++cell)
      for (std::size_t axis = 0; axis < std::min<std::size_t>(2, width); ++axis)
        initial[cell * 2 + axis] = components->scores[cell * width + axis];
    auto result = umap::compute(*graph, initial, 2, options, context_);
    if (result) next_cost_ = cost_of_umap(*graph, options);
    return result;
  });
}

Expected<Shared<markers::Result>> Pipeline::markers(const Grouping& grouping, markers::Test test,
                                                    std::int32_t reference) {
  const json options = {{"test", test == markers::Test::wilcoxon ? "wilcoxon" : "t_test"},
                        {"reference", reference}};
  return memo<markers::Result>(
      "markers", key_of(grouping.key, "markers", options), [&]() -> Expected<markers::Result> {
        CELLOQUY_TRY(const CountMatrix kept, matrix());
        CELLOQUY_TRY(const auto scale, normalization());
        markers::Options chosen;
        chosen.test = test;
        chosen.reference = reference;
        auto result = markers::compute({&kept, scale.get()}, grouping.codes, grouping.n_groups(),
                                       chosen, context_);
        // The copy by gene is as large as the data; little else needs it.
        kept.release_by_gene();
        if (result) next_cost_ = cost_of_markers(kept, test);
        return result;
      });
}

Expected<Shared<group_summary::Result>> Pipeline::summary(const Grouping& grouping) {
  return memo<group_summary::Result>(
      "group_summary", key_of(grouping.key, "group_summary", json::object()),
      [&]() -> Expected<group_summary::Result> {
        CELLOQUY_TRY(const CountMatrix kept, matrix());
        CELLOQUY_TRY(const auto scale, normalization());
        return group_summary::compute({&kept, scale.get()}, grouping.codes, grouping.n_groups(),
                                      context_);
      });
}

Expected<std::vector<float>> Pipeline::gene_values(std::uint32_t gene) {
  CELLOQUY_TRY(const CountMatrix kept, matrix());
  CELLOQUY_TRY(const auto scale, normalization());
  return group_summary::gene_values({&kept, scale.get()}, gene, context_);
}

// ---- Keys: each names everything that its result depends on ------------------

Expected<std::string> Pipeline::variable_genes_key() {
  CELLOQUY_TRY(const std::string input, cells_key());
  return key_of(input, "highly_variable_genes",
                {{"n_top_genes", options_.n_top_genes},
                 {"min_cells", options_.min_cells_per_gene},
                 {"target_sum", options_.target_sum}});
}

Expected<std::string> Pipeline::pca_key() {
  CELLOQUY_TRY(const std::string input, variable_genes_key());
  return key_of(input, "pca", {{"n_components", options_.n_components}, {"seed", context_.seed}});
}

Expected<std::string> Pipeline::components_key() {
  CELLOQUY_TRY(const std::string input, pca_key());
  const std::string field = batch_field();
  if (field.empty()) return input;
  return key_of(input, "harmony", {{"batch", field}});
}

Expected<std::string> Pipeline::neighbors_key() {
  CELLOQUY_TRY(const std::string input, components_key());
  return key_of(input, "neighbors", {{"n_neighbors", options_.n_neighbors}});
}

Expected<std::string> Pipeline::graph_key() {
  CELLOQUY_TRY(const std::string input, neighbors_key());
  return key_of(input, "umap_connectivities", json::object());
}

Expected<std::string> Pipeline::clusters_key(double resolution) {
  CELLOQUY_TRY(const std::string input, graph_key());
  return key_of(input, "leiden", {{"resolution", resolution}, {"seed", context_.seed}});
}

Expected<std::string> Pipeline::layout_key() {
  CELLOQUY_TRY(const std::string input, graph_key());
  return key_of(input, "umap", {{"seed", context_.seed}});
}

}  // namespace celloquy::tools
