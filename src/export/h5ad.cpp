#include "export/h5ad.hpp"

namespace celloquy::exports {
namespace {

Status check_rows(const std::string& what, std::size_t rows, std::size_t expected) {
  if (rows == expected) return {};
  return failure(ErrorCode::internal, "export.sizes",
                 {{"what", what}, {"rows", rows}, {"expected", expected}});
}

Status check_sizes(const H5adExport& content, std::size_t n_cells) {
  const std::size_t n_genes = content.dataset->n_genes();
  for (const auto& [name, column] : content.obs)
    CELLOQUY_CHECK(check_rows("obs/" + name, length(column), n_cells));
  for (const auto& [name, column] : content.var)
    CELLOQUY_CHECK(check_rows("var/" + name, length(column), n_genes));
  for (const auto& [name, block] : content.obsm)
    CELLOQUY_CHECK(check_rows("obsm/" + name, block->n_rows, n_cells));
  for (const auto& [name, square] : content.obsp)
    CELLOQUY_CHECK(check_rows("obsp/" + name, square->offsets.size(), n_cells + 1));
  if (content.normalization && content.normalization->kind != Normalization::Kind::identity)
    CELLOQUY_CHECK(check_rows("normalization", content.normalization->scale.size(), n_cells));
  return {};
}

}  // namespace

std::map<std::string, DenseBlock> kept_embeddings(const H5adExport& content) {
  std::map<std::string, DenseBlock> out;
  for (const auto& [name, block] : content.dataset->obsm) {
    bool replaced = false;
    for (const auto& [other, ignored] : content.obsm) replaced |= other == name;
    if (replaced) continue;
    if (!content.cells) {
      out[name] = block;
      continue;
    }
    DenseBlock kept{content.cells->size(), block.n_columns, {}};
    for (const auto cell : *content.cells) {
      const auto* row = block.values.data() + std::size_t{cell} * block.n_columns;
      kept.values.insert(kept.values.end(), row, row + block.n_columns);
    }
    out[name] = std::move(kept);
  }
  return out;
}

Status write_h5ad_export(const std::string& path, const H5adExport& content,
                         const Context& context) {
  const Dataset& data = *content.dataset;
  const std::size_t n_cells = content.cells ? content.cells->size() : data.n_cells();
  CELLOQUY_CHECK(check_sizes(content, n_cells));
  // The kept counts: the file's own matrix where all cells are kept.
  CountMatrix counts = data.matrix;
  DataFrame obs = data.obs, var = data.var;
  if (content.cells && n_cells != data.n_cells()) {
    CELLOQUY_TRY(auto kept, subset(data.matrix.by_cell(), *content.cells, {}, context));
    counts = CountMatrix(std::move(kept));
    obs = data.obs.rows(*content.cells);
  }
  for (const auto& [name, column] : content.obs) obs.set(name, column);
  for (const auto& [name, column] : content.var) var.set(name, column);
  const auto embeddings = kept_embeddings(content);

  H5adContent file;
  file.source_path = data.path;
  file.x = &counts;
  file.obs = &obs;
  file.var = &var;
  if (content.normalization && content.normalization->kind != Normalization::Kind::identity) {
    file.x_normalization = content.normalization;
    file.layers.emplace_back("counts", &counts);
  }
  file.obsm = content.obsm;
  for (const auto& [name, block] : embeddings) file.obsm.emplace_back(name, &block);
  file.obsp = content.obsp;
  for (const auto& [key, value] : content.facts) file.uns.emplace_back("celloquy/" + key, value);
  for (const auto* table : content.tables)
    file.uns.emplace_back("celloquy/tables/" + table->name, table_text(*table, Separator::comma));
  return write_h5ad(path, file, context);
}

}  // namespace celloquy::exports
