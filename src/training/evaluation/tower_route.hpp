#pragma once
// Route D: profiles against texts by trained towers, beside the pool.

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "language/text_encoder.hpp"
#include "matrix/dataset.hpp"
#include "space/cells/standardization.hpp"
#include "space/towers/cell_tower.hpp"
#include "space/towers/text_head.hpp"
#include "training/evaluation/study_profiles.hpp"

namespace celloquy::training {

/// The towers of one training run.
class TowerRoute {
 public:
  /// Errors: as space::read_towers; unusable_input when towers.json does not say what was left out.
  static Expected<TowerRoute> open(const std::filesystem::path& folder);

  /// Whether all sources of the folder that belong to the study were left out of the training.
  bool blind_to(const PairsFolder& pairs, const Study& study) const;

  /// texts × dimension, unit vectors of `texts` (English). Each text is encoded once in the
  /// life of this object. Error (unusable_input): towers of another text encoder.
  Expected<std::vector<float>> texts(std::span<const std::string> texts,
                                     language::TextEncoder& encoder, const Context& context);

  /// profiles × dimension, unit vectors. `standard` as for score_cells with a matrix whose columns
  /// are the genes of the folder.
  Expected<std::vector<float>> profiles(const PairsFolder& pairs,
                                        std::span<const StudyProfile> profiles,
                                        const space::Standardization& standard,
                                        const Context& context) const;

  std::size_t dimension() const { return cells_.dimension(); }

 private:
  TowerRoute(space::TowersFile file, std::vector<std::string> left_out);

  space::CellTower cells_;
  space::TextHead head_;
  std::vector<std::string> left_out_;
  std::map<std::string, std::vector<float>, std::less<>> encoded_;
};

/// n × dimension vectors with `contrast` of their mean taken off, of length 1 again.
std::vector<float> contrasted(std::vector<float> vectors, std::size_t dimension, double contrast);

/// rows × columns: the products of two lists of vectors.
DenseBlock products(std::span<const float> rows, std::span<const float> columns,
                    std::size_t dimension);

}  // namespace celloquy::training
