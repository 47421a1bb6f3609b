#include "tools/export_content.hpp"

#include <filesystem>
#include <functional>

#include "export/h5ad.hpp"
#include "tools/annotation.hpp"
#include "tools/biology.hpp"
#include "tools/build.hpp"
#include "tools/design_columns.hpp"
#include "tools/gene_tables.hpp"
#include "tools/space/search_columns.hpp"
#include "tools/tool.hpp"

namespace celloquy::tools {
namespace {

Categorical categories_of(const Grouping& grouping) {
  Categorical out;
  for (const auto& name : grouping.names) out.categories.push_back(name.en);
  out.codes = grouping.codes;
  return out;
}

template <class T>
std::vector<double> doubles(const std::vector<T>& values) {
  return std::vector<double>(values.begin(), values.end());
}

}  // namespace

namespace {

using Columns = std::vector<std::pair<std::string, Column>>;

/// What people named, under its name: an edited column of the file stands in its place.
Status add_own_fields(Pipeline& pipeline, Columns& out) {
  for (const auto& name : pipeline.own_field_names()) {
    CELLOQUY_TRY(auto column, pipeline.column(name));
    std::erase_if(out, [&](const auto& known) { return known.first == name; });
    out.emplace_back(name, std::move(column));
  }
  return {};
}

Status add_clusters(Pipeline& pipeline, Columns& out) {
  CELLOQUY_TRY(const Grouping clusters, pipeline.cluster_grouping());
  out.emplace_back("leiden", categories_of(clusters));
  const auto labels = annotation(pipeline, clusters);
  if (!labels) return {};  // few known genes: the clusters stay without names
  CELLOQUY_TRY(const Grouping named, label_grouping(pipeline));
  out.emplace_back("celloquy_label", categories_of(named));
  std::vector<double> confidence;
  for (const auto code : clusters.codes)
    confidence.push_back((*labels)->groups[static_cast<std::size_t>(code)].confidence);
  out.emplace_back("celloquy_confidence", std::move(confidence));
  return {};
}

}  // namespace

Expected<std::vector<std::pair<std::string, Column>>> obs_columns(Pipeline& pipeline) {
  Columns out;
  CELLOQUY_TRY(const Values values, pipeline.values());
  if (values == Values::counts) {
    CELLOQUY_TRY(const auto metrics, pipeline.quality());
    NullableInteger genes;
    genes.values.assign(metrics->n_genes.begin(), metrics->n_genes.end());
    out.emplace_back("n_genes_by_counts", std::move(genes));
    out.emplace_back("total_counts", metrics->total_counts);
    out.emplace_back("pct_counts_mt", doubles(metrics->pct_mitochondrial));
    out.emplace_back("pct_counts_ribo", doubles(metrics->pct_ribosomal));
    out.emplace_back("pct_counts_hb", doubles(metrics->pct_hemoglobin));
  }
  CELLOQUY_CHECK(add_clusters(pipeline, out));
  CELLOQUY_CHECK(add_own_fields(pipeline, out));
  return out;
}

Expected<std::vector<std::pair<std::string, Column>>> var_columns(Pipeline& pipeline) {
  CELLOQUY_TRY(const auto variable, pipeline.variable_genes());
  NullableBoolean flag;
  for (const auto rank : variable->rank) flag.values.push_back(rank >= 0);
  std::vector<std::pair<std::string, Column>> out;
  out.emplace_back("highly_variable", std::move(flag));
  return out;
}

exports::Table plain_table(const Table& table, const std::string& name, Language language) {
  exports::Table out{name, {}};
  for (const auto& column : table.columns) {
    bool numbers = !column.cells.empty();
    for (const auto& cell : column.cells)
      numbers = numbers && std::holds_alternative<double>(cell.content);
    exports::TableColumn made{column.id, {}};
    if (numbers) {
      std::vector<double> values;
      for (const auto& cell : column.cells) values.push_back(std::get<double>(cell.content));
      made.values = std::move(values);
    } else {
      std::vector<std::string> values;
      for (const auto& cell : column.cells) values.push_back(written(cell).in(language));
      made.values = std::move(values);
    }
    out.columns.push_back(std::move(made));
  }
  return out;
}

namespace {

/// One row a kept cell: its name and all that was found about it.
Expected<exports::Table> cells_table(Pipeline& pipeline) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(const auto cells, pipeline.cells());
  CELLOQUY_TRY(const auto columns, obs_columns(pipeline));
  CELLOQUY_TRY(const auto layout, pipeline.layout());
  exports::Table table{"cells", {}};
  std::vector<std::string> names;
  for (const auto cell : cells->kept) names.push_back(data->obs.index[cell]);
  table.columns.push_back({"cell", std::move(names)});
  for (const auto& [name, column] : columns) {
    if (const auto* numbers = std::get_if<std::vector<double>>(&column)) {
      table.columns.push_back({name, *numbers});
      continue;
    }
    std::vector<std::string> texts;
    for (std::size_t row = 0; row < length(column); ++row) texts.push_back(value_text(column, row));
    table.columns.push_back({name, std::move(texts)});
  }
  for (std::size_t axis = 0; axis < 2; ++axis) {
    std::vector<double> values;
    for (std::size_t cell = 0; cell < layout->n_points; ++cell)
      values.push_back(layout->layout[cell * layout->n_components + axis]);
    table.columns.push_back({axis == 0 ? "umap_1" : "umap_2", std::move(values)});
  }
  return table;
}

/// Every gene that is significantly higher in a cluster.
Expected<exports::Table> markers_of_clusters(Pipeline& pipeline) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(const Grouping clusters, pipeline.cluster_grouping());
  CELLOQUY_TRY(const auto result, pipeline.markers(clusters, markers::Test::wilcoxon));
  Table table = empty_marker_table();
  std::vector<std::string> groups;
  for (std::uint32_t g = 0; g < clusters.n_groups(); ++g) {
    const auto rows = significant_markers(*result, g, true);
    append_markers(table, *data, *result, g, rows);
    groups.insert(groups.end(), rows.size(), clusters.names[g].en);
  }
  exports::Table out = plain_table(table, "markers", Language::english);
  out.columns.insert(out.columns.begin(), {"cluster", std::move(groups)});
  return out;
}

Expected<Finding> found(Pipeline& pipeline, const char* tool) {
  return Registry::standard().find(tool)->run(pipeline.study(), nlohmann::json::object(),
                                              pipeline.context());
}

}  // namespace

Expected<std::vector<exports::Table>> result_tables(Pipeline& pipeline) {
  std::vector<exports::Table> tables;
  CELLOQUY_TRY(auto cells, cells_table(pipeline));
  tables.push_back(std::move(cells));
  CELLOQUY_TRY(const Finding clusters, found(pipeline, "list_clusters"));
  tables.push_back(plain_table(clusters.tables.front(), "clusters", Language::english));
  CELLOQUY_TRY(const Grouping grouping, pipeline.cluster_grouping());
  if (grouping.n_groups() >= 2) {
    CELLOQUY_TRY(auto markers, markers_of_clusters(pipeline));
    tables.push_back(std::move(markers));
  }
  return tables;
}

Expected<std::vector<std::pair<Text, Finding>>> report_findings(Pipeline& pipeline) {
  std::vector<std::pair<Text, Finding>> out;
  CELLOQUY_TRY(const Values values, pipeline.values());
  if (values == Values::counts) {
    CELLOQUY_TRY(auto finding, found(pipeline, "quality_control"));
    out.emplace_back(message("tools.export.section_quality"), std::move(finding));
  }
  CELLOQUY_TRY(auto clusters, found(pipeline, "list_clusters"));
  out.emplace_back(message("tools.export.section_clusters"), std::move(clusters));
  for (const auto& [title, tool] : {std::pair{"tools.export.section_labels", "annotate"},
                                    std::pair{"tools.export.section_captions", "caption_clusters"},
                                    std::pair{"tools.export.section_markers", "markers"}}) {
    auto finding = found(pipeline, tool);
    if (finding)
      out.emplace_back(message(title), *std::move(finding));
    else if (finding.error().code != ErrorCode::cannot_answer &&
             finding.error().code != ErrorCode::unusable_input)
      return tl::make_unexpected(finding.error());
  }
  return out;
}

namespace {

/// Calls `write` with all that an h5ad holds; what it borrows lives as long.
Status with_h5ad_content(Pipeline& pipeline, std::span<const std::string> searches,
                         const std::function<Status(exports::H5adExport&)>& write) {
  exports::H5adExport content;
  CELLOQUY_TRY(content.dataset, pipeline.dataset());
  CELLOQUY_TRY(const auto cells, pipeline.cells());
  if (!pipeline.all_cells_kept()) content.cells = &cells->kept;
  content.facts.emplace_back("state", pipeline.study().state().id);
  content.facts.emplace_back("fingerprint", pipeline.study().fingerprint());
  CELLOQUY_TRY(const auto history, pipeline.study().history());
  std::string steps;
  for (const auto& state : history)
    steps += state.tool + (state.summary.empty() ? "" : ": " + state.summary.en) + "\n";
  content.facts.emplace_back("history", steps);
  Shared<Normalization> scale;
  DenseBlock scores, corrected, layout;
  SquareSparse graph;
  std::vector<exports::Table> tables;
  // Values that allow no analysis: the chosen cells are still worth writing.
  if (pipeline.values()) {
    CELLOQUY_TRY(scale, pipeline.normalization());
    if (scale->kind != Normalization::Kind::identity) content.normalization = scale.get();
    CELLOQUY_TRY(content.obs, obs_columns(pipeline));
    CELLOQUY_TRY(auto found, search_columns(pipeline, searches));
    std::move(found.begin(), found.end(), std::back_inserter(content.obs));
    for (std::size_t i = 0; i < searches.size(); ++i)
      content.facts.emplace_back("search" + (i == 0 ? "" : "_" + std::to_string(i + 1)),
                                 searches[i]);
    CELLOQUY_TRY(content.var, var_columns(pipeline));
    CELLOQUY_TRY(const auto components, pipeline.pca());
    scores = {components->n_cells, components->n_components, components->scores};
    CELLOQUY_TRY(const auto umap, pipeline.layout());
    layout = {umap->n_points, umap->n_components, umap->layout};
    CELLOQUY_TRY(const auto connected, pipeline.connectivities());
    graph = {connected->offsets, connected->indices, connected->weights};
    content.obsm = {{"X_pca", &scores}, {"X_umap", &layout}};
    if (!pipeline.batch_field().empty()) {
      CELLOQUY_TRY(const auto both, pipeline.components());
      corrected = {both->n_cells, both->n_components, both->scores};
      content.obsm.emplace_back("X_pca_harmony", &corrected);
    }
    content.obsp = {{"connectivities", &graph}};
    CELLOQUY_TRY(const Grouping clusters, pipeline.cluster_grouping());
    if (clusters.n_groups() >= 2) {
      CELLOQUY_TRY(auto markers, markers_of_clusters(pipeline));
      tables.push_back(std::move(markers));
      content.tables.push_back(&tables.front());
    }
  }
  if (content.obs.empty()) CELLOQUY_CHECK(add_own_fields(pipeline, content.obs));
  return write(content);
}

/// Cell Ontology terms of the file's own cell types, else of my labels;
/// "unknown" where a name is not exactly one.
Expected<Categorical> ontology_terms(Pipeline& pipeline) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  Grouping named;
  if (const auto own = cell_type_column(*data)) {
    CELLOQUY_TRY(named, pipeline.field_grouping(*own));
  } else {
    CELLOQUY_TRY(named, label_grouping(pipeline));
  }
  std::vector<std::string> terms;
  for (const auto code : named.codes) {
    const auto type =
        code < 0 ? std::nullopt : find_cell_type(named.names[static_cast<std::size_t>(code)].en);
    terms.push_back(type ? type->id : "unknown");
  }
  return *as_categorical(Column(std::move(terms)));
}

}  // namespace

Status write_h5ad_file(Pipeline& pipeline, const std::string& path,
                       std::span<const std::string> searches) {
  return with_h5ad_content(pipeline, searches, [&](const exports::H5adExport& content) {
    return exports::write_h5ad_export(path, content, pipeline.context());
  });
}

Expected<exports::CellxgeneGenes> write_cellxgene_file(Pipeline& pipeline, const std::string& path,
                                                       std::span<const std::string> searches) {
  exports::CellxgeneGenes genes;
  CELLOQUY_CHECK(with_h5ad_content(pipeline, searches, [&](exports::H5adExport& content) -> Status {
    if (auto terms = ontology_terms(pipeline))
      content.obs.emplace_back("cell_type_ontology_term_id", *std::move(terms));
    const std::string title = std::filesystem::path(pipeline.study().path()).stem().string();
    CELLOQUY_TRY(genes, exports::write_cellxgene(path, content, title, pipeline.context()));
    return {};
  }));
  return genes;
}

}  // namespace celloquy::tools
