#include "training/export_towers.hpp"

#include <nlohmann/json.hpp>

#include "space/model/tensor_file.hpp"
#include "space/towers/weights.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::training {
namespace {

using space::QuantizedMatrix;
using space::TowerWeights;

TowerWeights weights_of(const ParameterLayout& layout, const std::string& name,
                        const space::TowerShape& shape, const std::vector<float>& parameters) {
  const auto values = [&](const char* group) {
    const auto& g = layout.group(name + group);
    const auto first = parameters.begin() + static_cast<std::ptrdiff_t>(g.offset);
    return std::vector<float>(first, first + static_cast<std::ptrdiff_t>(g.size()));
  };
  TowerWeights out{shape,
                   values(".input.weight"),
                   values(".input.bias"),
                   values(".hidden.weight"),
                   values(".hidden.bias"),
                   values(".output.weight"),
                   values(".output.bias")};
  for (auto& weight : out.input_weight) weight *= static_cast<float>(input_length);
  return out;
}

/// (x − mean)·W + b = x·W + (b − mean·W).
void take_in_mean(TowerWeights& tower, const std::vector<float>& mean) {
  const std::size_t d = tower.shape.dimension;
  std::vector<double> shift(d, 0.0);
  for (std::size_t i = 0; i < mean.size(); ++i)
    for (std::size_t j = 0; j < d; ++j)
      shift[j] += static_cast<double>(mean[i]) * tower.input_weight[i * d + j];
  for (std::size_t j = 0; j < d; ++j)
    tower.input_bias[j] = static_cast<float>(tower.input_bias[j] - shift[j]);
}

void add_tensors(space::TensorWriter& file, const std::string& name, const TowerWeights& tower) {
  const std::size_t d = tower.shape.dimension, m = tower.shape.hidden;
  const auto add = [&](const char* group, const std::vector<float>& values,
                       std::vector<std::size_t> shape) {
    file.add(name + group, std::span<const float>(values), std::move(shape));
  };
  add(".input.bias", tower.input_bias, {d});
  add(".hidden.weight", tower.hidden_weight, {d, m});
  add(".hidden.bias", tower.hidden_bias, {m});
  add(".output.weight", tower.output_weight, {m, d});
  add(".output.bias", tower.output_bias, {d});
}

}  // namespace

std::vector<float> with_quantized_matrix(const ParameterLayout& layout,
                                         const std::vector<float>& parameters) {
  const auto& group = layout.group("cell.input.weight");
  const auto first = parameters.begin() + static_cast<std::ptrdiff_t>(group.offset);
  const auto matrix =
      space::quantize(std::vector<float>(first, first + static_cast<std::ptrdiff_t>(group.size())),
                      group.rows, group.columns);
  auto out = parameters;
  const auto rounded = space::dequantize(matrix, group.columns);
  std::copy(rounded.begin(), rounded.end(),
            out.begin() + static_cast<std::ptrdiff_t>(group.offset));
  return out;
}

Status write_towers(const std::filesystem::path& folder, const PairsFolder& pairs,
                    const Preparation& preparation, const ParameterLayout& layout,
                    const std::vector<float>& parameters, const std::string& encoder,
                    bool quantized, nlohmann::ordered_json about) {
  const TowerWeights cell = weights_of(layout, "cell", layout.cell(), parameters);
  TowerWeights text = weights_of(layout, "text", layout.text(), parameters);
  take_in_mean(text, preparation.text_map.mean);

  space::TensorWriter file;
  file.set_metadata("format", "celloquy-towers-1");
  file.set_metadata("encoder", encoder);
  add_tensors(file, "cell", cell);
  add_tensors(file, "text", text);
  file.add("text.input.weight", std::span<const float>(text.input_weight),
           {text.shape.input, text.shape.dimension});
  const std::vector<std::size_t> matrix_shape = {cell.shape.input, cell.shape.dimension};
  QuantizedMatrix matrix;
  if (quantized) {
    matrix = space::quantize(cell.input_weight, cell.shape.input, cell.shape.dimension);
    file.add("cell.input.weight.scale", std::span<const float>(matrix.scales), {cell.shape.input});
    file.add("cell.input.weight", std::span<const std::int8_t>(matrix.values), matrix_shape);
  } else {
    file.add("cell.input.weight", std::span<const float>(cell.input_weight), matrix_shape);
  }
  CELLOQUY_CHECK(
      workspace::write_file_atomically((folder / "towers.safetensors").string(), file.bytes()));

  nlohmann::ordered_json description = {{"format", "celloquy-towers-1"},
                                        {"dimension", cell.shape.dimension},
                                        {"hidden", cell.shape.hidden},
                                        {"text_dimension", text.shape.input},
                                        {"encoder", encoder},
                                        {"bits", quantized ? 8 : 32}};
  description.update(about);
  auto& genes = description["genes"] = nlohmann::ordered_json::array();
  for (const auto gene : preparation.choice.genes) genes.push_back(pairs.genes()[gene]);
  return workspace::write_file_atomically((folder / "towers.json").string(),
                                          description.dump(1) + "\n");
}

}  // namespace celloquy::training
