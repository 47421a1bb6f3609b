#include "tools/space/embedding.hpp"

#include <mutex>

#include "export/h5ad.hpp"
#include "space/model/pool_basis.hpp"
#include "tools/space/cell_view.hpp"

namespace celloquy::tools {
namespace {

/// Made once a process.
Expected<const space::Basis*> basis(const Context& context) {
  static std::mutex mutex;
  static space::Basis made;
  std::lock_guard lock(mutex);
  if (made.n_dimensions == 0) {
    CELLOQUY_TRY(const auto pool, space::read_pool());
    CELLOQUY_TRY(made, space::pool_basis(pool, embedding_dimensions, context));
  }
  return &made;
}

}  // namespace

Expected<space::CellEmbedding> embed_kept_cells(Pipeline& pipeline) {
  CELLOQUY_TRY(const auto cells, cell_view(pipeline));
  CELLOQUY_TRY(const auto* directions, basis(pipeline.context()));
  return space::embed_cells(cells->view(), cells->standardization, *directions, pipeline.context());
}

Expected<std::vector<float>> embed_texts(std::span<const std::string> texts,
                                         const Context& context) {
  CELLOQUY_TRY(auto* tower, text_tower());
  CELLOQUY_TRY(const auto vectors, tower->encode(texts, space::TextUse::search, context));
  CELLOQUY_TRY(const auto* directions, basis(context));
  return space::texts_in_basis(space::contrasted(vectors, 0), *directions);
}

Status write_embedding_h5ad(Pipeline& pipeline, const space::CellEmbedding& cells,
                            const std::string& path) {
  exports::H5adExport content;
  CELLOQUY_TRY(content.dataset, pipeline.dataset());
  CELLOQUY_TRY(const auto kept, pipeline.cells());
  if (!pipeline.all_cells_kept()) content.cells = &kept->kept;
  DenseBlock vectors{cells.n_cells, cells.n_dimensions, {}};
  vectors.values.resize(cells.n_cells * cells.n_dimensions);
  for (std::size_t i = 0; i < vectors.values.size(); ++i)
    vectors.values[i] =
        static_cast<float>(cells.values.data()[i]) * cells.scale[i / cells.n_dimensions];
  content.obsm = {{"X_celloquy", &vectors}};
  content.facts.emplace_back("fingerprint", pipeline.study().fingerprint());
  return exports::write_h5ad_export(path, content, pipeline.context());
}

}  // namespace celloquy::tools
