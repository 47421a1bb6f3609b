#include "space/towers/weights.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "space/model/tensor_file.hpp"

namespace celloquy::space {
namespace {

using nlohmann::json;

constexpr std::size_t most_genes = 1 << 16, most_width = 1 << 16;

tl::unexpected<Error> damaged(const std::filesystem::path& path, const char* part) {
  return failure(ErrorCode::unusable_input, "space.towers_damaged",
                 {{"path", path.string()}, {"part", part}});
}

bool read_size(const json& description, const char* name, std::size_t most, std::size_t& to) {
  const auto found = description.find(name);
  if (found == description.end() || !found->is_number_unsigned()) return false;
  to = found->get<std::size_t>();
  return to > 0 && to <= most;
}

Expected<std::vector<float>> read_floats(const TensorFile& file, const std::string& name,
                                         std::size_t size) {
  CELLOQUY_TRY(const auto values, file.array<float>(name, size));
  return std::vector<float>(values.begin(), values.end());
}

/// The large matrix, as floats or as whole numbers with scales.
Expected<std::vector<float>> read_input_weight(const TensorFile& file, const std::string& name,
                                               const TowerShape& shape) {
  const std::size_t size = shape.input * shape.dimension;
  const auto whole = file.array<std::int8_t>(name, size);
  if (!whole) return read_floats(file, name, size);
  QuantizedMatrix matrix{{whole->begin(), whole->end()}, {}};
  CELLOQUY_TRY(matrix.scales, read_floats(file, name + ".scale", shape.input));
  return dequantize(matrix, shape.dimension);
}

Expected<TowerWeights> read_tower(const TensorFile& file, const std::string& name,
                                  const TowerShape& shape) {
  TowerWeights out;
  out.shape = shape;
  const std::size_t d = shape.dimension, m = shape.hidden;
  CELLOQUY_TRY(out.input_weight, read_input_weight(file, name + ".input.weight", shape));
  CELLOQUY_TRY(out.input_bias, read_floats(file, name + ".input.bias", d));
  CELLOQUY_TRY(out.hidden_weight, read_floats(file, name + ".hidden.weight", d * m));
  CELLOQUY_TRY(out.hidden_bias, read_floats(file, name + ".hidden.bias", m));
  CELLOQUY_TRY(out.output_weight, read_floats(file, name + ".output.weight", m * d));
  CELLOQUY_TRY(out.output_bias, read_floats(file, name + ".output.bias", d));
  return out;
}

}  // namespace

QuantizedMatrix quantize(const std::vector<float>& matrix, std::size_t rows, std::size_t columns) {
  QuantizedMatrix out;
  out.values.resize(rows * columns);
  out.scales.resize(rows);
  for (std::size_t r = 0; r < rows; ++r) {
    const float* row = matrix.data() + r * columns;
    float largest = 0;
    for (std::size_t j = 0; j < columns; ++j) largest = std::max(largest, std::abs(row[j]));
    out.scales[r] = largest / 127;
    if (!(out.scales[r] > 0)) continue;
    for (std::size_t j = 0; j < columns; ++j)
      out.values[r * columns + j] =
          static_cast<std::int8_t>(std::clamp(std::lround(row[j] / out.scales[r]), -127L, 127L));
  }
  return out;
}

std::vector<float> dequantize(const QuantizedMatrix& matrix, std::size_t columns) {
  std::vector<float> out(matrix.values.size());
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = matrix.scales[i / columns] * matrix.values[i];
  return out;
}

Expected<TowersFile> read_towers(const std::filesystem::path& folder) {
  const auto path = folder / "towers.json";
  std::ifstream in(path, std::ios::binary);
  if (!in) return damaged(path, "towers.json");
  const auto description = json::parse(in, nullptr, /*allow_exceptions=*/false);
  if (!description.is_object()) return damaged(path, "towers.json");
  if (description.value("format", json()) != "celloquy-towers-1") return damaged(path, "format");
  TowersFile out;
  const auto genes = description.find("genes");
  if (genes == description.end() || !genes->is_array() || genes->empty() ||
      genes->size() > most_genes)
    return damaged(path, "genes");
  for (const auto& gene : *genes) {
    if (!gene.is_string()) return damaged(path, "genes");
    out.genes.push_back(gene.get<std::string>());
  }
  const auto encoder = description.find("encoder");
  if (encoder == description.end() || !encoder->is_string()) return damaged(path, "encoder");
  out.encoder = encoder->get<std::string>();
  TowerShape cell, text;
  cell.input = out.genes.size();
  if (!read_size(description, "dimension", most_width, cell.dimension) ||
      !read_size(description, "hidden", most_width, cell.hidden) ||
      !read_size(description, "text_dimension", most_width, text.input))
    return damaged(path, "dimension, hidden, text_dimension");
  text.dimension = cell.dimension;
  text.hidden = cell.hidden;
  CELLOQUY_TRY(const auto file, TensorFile::read(folder / "towers.safetensors"));
  CELLOQUY_TRY(out.cell, read_tower(file, "cell", cell));
  CELLOQUY_TRY(out.text, read_tower(file, "text", text));
  return out;
}

}  // namespace celloquy::space
