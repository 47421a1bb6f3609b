#pragma once
// Which cells are what a text says.

#include <span>
#include <string>
#include <vector>

#include "tools/pipeline/pipeline.hpp"
#include "tools/space/cell_view.hpp"

namespace celloquy::tools {

/// What the common cell types (models/space/panel.tsv) say of the kept cells.
struct PanelLabels {
  const std::vector<space::TextVector>* types = nullptr;
  space::Decoding decoded;  ///< kept cells × types
};
/// Decoded once for a state of the study.
Expected<Shared<PanelLabels>> panel_labels(Pipeline& pipeline);

/// What is kept of a search: as the study stores it, found again by the text.
struct SearchScores {
  std::vector<float> score;        ///< cosine, a kept cell
  std::vector<float> probability;  ///< that the cell is what the text says
};
workspace::Blob to_blob(const SearchScores& result);
bool from_blob(const workspace::Blob& blob, SearchScores& result);

/// A common cell type that the text resembles.
struct NearType {
  std::uint32_t type = 0;  ///< of the panel
  float fit = 0;           ///< 0 to 1
  double probability = 0;  ///< mean over the kept cells
};

struct TextSearch {
  space::TextVector text;
  std::vector<float> score, probability;  ///< as SearchScores
  std::vector<NearType> types;            ///< best fit first, at most 5
  /// It names a cell type that none of the panel is, nor is a kind of.
  bool finer = false;
};
/// The 0.5-or-more that counts as being meant.
inline constexpr double least_probability = 0.5;
/// Positions of the cells that a search found: from least_probability on, ascending.
std::vector<std::uint32_t> found_cells(std::span<const float> probability);
/// What a type of the panel is called.
Expected<Text> type_name(const space::TextVector& type);
/// Nothing known resembles the text: its probability is 0 everywhere.
bool is_unknown(const space::TextVector& text);

/// How near each kept cell is to a text, and how sure it is that it is meant
/// (space/labels/text_probability.hpp). The result is stored under the text.
Expected<TextSearch> search_cells(Pipeline& pipeline, const std::string& text);

/// Whether cells are one of several texts, by the panel: a type that the best of the
/// texts fits counts for them.
struct AnyOfTexts {
  std::vector<float> probability;  ///< a kept cell
  std::vector<float> fit;          ///< a type of the panel, 0 to 1
};
Expected<AnyOfTexts> any_of(Pipeline& pipeline, std::span<const space::TextVector> texts);

/// The same without what only an answer needs; from the store where it was made before.
Expected<Shared<SearchScores>> search_scores(Pipeline& pipeline, const std::string& text);

}  // namespace celloquy::tools
