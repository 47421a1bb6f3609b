#pragma once
// Cells as points of the trained space.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "space/towers/weights.hpp"

namespace celloquy::space {

/// Immutable; may be used from several threads. A cell's vector is the same, bit
/// for bit on one kind of processor, whatever else is encoded with it and by how
/// many threads: rows are dealt with in blocks of fixed shape.
class CellTower {
 public:
  CellTower(TowerWeights weights, std::vector<std::string> genes);

  /// Approved human symbols: the order of the numbers in a z.
  std::span<const std::string> genes() const { return genes_; }
  std::size_t dimension() const { return weights_.shape.dimension; }

  /// n × genes().size() z-scores (space/cells/standardization.hpp; 0: not measured)
  /// → n × dimension() unit vectors. Only the direction of z matters; a z of zeros
  /// gives the vector of a cell of which nothing is known. 4.9 million
  /// operations a cell at 8,000 genes. Empty when cancelled.
  std::vector<float> encode(std::span<const float> z, const Context& context) const;

  /// Cells that differ from a common z (that of a cell without counts) in some
  /// genes: the same vectors within rounding, for a tenth of the work or less.
  struct Differences {
    std::span<const float> background;       ///< genes().size(): z of an empty cell
    std::span<const std::uint64_t> offsets;  ///< n + 1, from 0
    std::span<const std::uint32_t> genes;    ///< ascending within a cell
    std::span<const float> values;           ///< z − background
  };
  std::vector<float> encode(const Differences& cells, const Context& context) const;

 private:
  void finish(std::size_t n, float* linear, float* vectors) const;

  TowerWeights weights_;
  std::vector<std::string> genes_;
};

}  // namespace celloquy::space
