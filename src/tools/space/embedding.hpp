#pragma once
// Kept cells and texts as short unit vectors of one space.

#include <span>
#include <string>
#include <vector>

#include "space/cells/embed.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

inline constexpr std::size_t embedding_dimensions = 256;

/// The kept cells: 260 bytes each. Errors: as cell_view, and those of the model's files.
Expected<space::CellEmbedding> embed_kept_cells(Pipeline& pipeline);

/// texts × embedding_dimensions, of length 1. Errors: a missing text encoder, an empty text.
Expected<std::vector<float>> embed_texts(std::span<const std::string> texts,
                                         const Context& context);

/// The study's file with its kept cells as obsm/X_celloquy.
Status write_embedding_h5ad(Pipeline& pipeline, const space::CellEmbedding& cells,
                            const std::string& path);

}  // namespace celloquy::tools
