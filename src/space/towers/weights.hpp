#pragma once
// The trained weights of both towers on disk: towers.safetensors beside
// towers.json, which describes them (docs/formats.md).

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/expected.hpp"
#include "space/towers/tower.hpp"

namespace celloquy::space {

/// Owns what a TowerView borrows.
struct TowerWeights {
  TowerShape shape;
  std::vector<float> input_weight, input_bias, hidden_weight, hidden_bias, output_weight,
      output_bias;

  TowerView<float> view() const {
    return {shape,
            input_weight.data(),
            input_bias.data(),
            hidden_weight.data(),
            hidden_bias.data(),
            output_weight.data(),
            output_bias.data()};
  }
};

struct TowersFile {
  std::vector<std::string> genes;  ///< inputs of the cell tower: approved human symbols
  std::string encoder;  ///< identity of the text encoder that the text tower was trained on
  TowerWeights cell, text;
};

/// A matrix of whole numbers with a scale for each row: a quarter of the bytes.
struct QuantizedMatrix {
  std::vector<std::int8_t> values;  ///< −127 … 127
  std::vector<float> scales;        ///< by row
};
QuantizedMatrix quantize(const std::vector<float>& matrix, std::size_t rows, std::size_t columns);
std::vector<float> dequantize(const QuantizedMatrix& matrix, std::size_t columns);

/// Reads both files of `folder`. Error (unusable_input) names what is missing or damaged.
Expected<TowersFile> read_towers(const std::filesystem::path& folder);

}  // namespace celloquy::space
