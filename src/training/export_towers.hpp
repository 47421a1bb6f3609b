#pragma once
// From learned parameters to the files that the space reads.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "training/parameters.hpp"
#include "training/preparation.hpp"

namespace celloquy::training {

/// Share of cells and texts that find their partner, by weights as they are and
/// with the cell tower's matrix in 8 bits.
struct RetrievalCheck {
  double exact = 0, quantized = 0;
  std::size_t rows = 0;
  /// Whether 8 bits cost less than half a percent.
  bool worth_quantizing() const { return quantized > exact - 0.005; }
};

/// The parameters with the cell tower's input matrix rounded to 8 bits and back.
std::vector<float> with_quantized_matrix(const ParameterLayout& layout,
                                         const std::vector<float>& parameters);

/// Writes towers.safetensors and towers.json (docs/formats.md), each atomically.
/// What training did to its inputs (centring texts, lengths) goes into the weights.
/// `about`: options, sources and figures for towers.json.
Status write_towers(const std::filesystem::path& folder, const PairsFolder& pairs,
                    const Preparation& preparation, const ParameterLayout& layout,
                    const std::vector<float>& parameters, const std::string& encoder,
                    bool quantized, nlohmann::ordered_json about);

}  // namespace celloquy::training
