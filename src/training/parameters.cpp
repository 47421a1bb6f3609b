#include "training/parameters.hpp"

#include <algorithm>
#include <cassert>

namespace celloquy::training {

ParameterLayout::ParameterLayout(const space::TowerShape& cell, const space::TowerShape& text)
    : cell_(cell), text_(text) {
  add_tower("cell", cell);
  add_tower("text", text);
  add("log_scale", 1, 1, Rate::temperature, false);
}

void ParameterLayout::add_tower(const std::string& name, const space::TowerShape& shape) {
  add(name + ".input.weight", shape.input, shape.dimension, Rate::matrix, true);
  add(name + ".input.bias", 1, shape.dimension, Rate::matrix, false);
  add(name + ".hidden.weight", shape.dimension, shape.hidden, Rate::network, true);
  add(name + ".hidden.bias", 1, shape.hidden, Rate::network, false);
  add(name + ".output.weight", shape.hidden, shape.dimension, Rate::network, true);
  add(name + ".output.bias", 1, shape.dimension, Rate::network, false);
}

void ParameterLayout::add(std::string name, std::size_t rows, std::size_t columns, Rate rate,
                          bool decays) {
  groups_.push_back({std::move(name), size_, rows, columns, rate, decays});
  size_ += rows * columns;
}

const ParameterGroup& ParameterLayout::group(std::string_view name) const {
  const auto found = std::find_if(groups_.begin(), groups_.end(),
                                  [&](const ParameterGroup& g) { return g.name == name; });
  assert(found != groups_.end());
  return *found;
}

}  // namespace celloquy::training
