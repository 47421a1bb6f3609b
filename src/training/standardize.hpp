#pragma once
// From a profile's values to z-scores, as src/space/cells does it for cells:
//   z = clip((x − centre) · scale, −8, 8),  0 for genes that were not measured.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "knowledge/marker_table.hpp"
#include "training/pairs_folder.hpp"

namespace celloquy::training {

inline constexpr float largest_z = 8.0f;

/// 1 / (sd + 0.15) of each gene of the pairs folder, sd over the reference cell
/// types of the species; 0 for genes that the reference does not have.
struct Scales {
  std::vector<float> human, mouse;
  const std::vector<float>& of(const Source& source) const { return source.mouse ? mouse : human; }
};

/// From the marker table, so that cells and training are scaled alike. Error
/// (unusable_input) when no gene is in it.
Expected<Scales> scales_of(std::span<const std::string> genes, const knowledge::MarkerTable& table);

/// Which genes of the pairs folder are inputs of the cell tower.
struct GeneChoice {
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  std::vector<std::uint32_t> genes;   ///< of the pairs folder, ascending
  std::vector<std::uint32_t> column;  ///< by gene of the pairs folder; none: not chosen

  GeneChoice() = default;
  GeneChoice(std::vector<std::uint32_t> chosen, std::size_t n_genes);
  std::size_t size() const { return genes.size(); }
};

/// z of a profile at the chosen genes; `centre` and `z` are by column.
void standardize(const PairRow& row, const Source& source, const GeneChoice& choice,
                 const Scales& scales, const float* centre, float* z);

/// Brings a vector to this length in place; a vector of zeros stays. Returns the
/// length that it had.
double set_length(float* values, std::size_t n, double length);

}  // namespace celloquy::training
