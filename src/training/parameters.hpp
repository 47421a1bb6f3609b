#pragma once
// All numbers that are learned, one after another in one array: what the
// optimiser walks over, a checkpoint holds and processes add up.

#include <array>
#include <span>
#include <string>
#include <vector>

#include "space/towers/tower.hpp"

namespace celloquy::training {

/// Which learning rate a group follows.
enum class Rate { matrix, network, temperature };

struct ParameterGroup {
  std::string name;  ///< "cell.input.weight"
  std::size_t offset = 0, rows = 0, columns = 0;
  Rate rate = Rate::network;
  bool decays = false;  ///< weights do, biases and the temperature do not
  std::size_t size() const { return rows * columns; }
};

class ParameterLayout {
 public:
  ParameterLayout(const space::TowerShape& cell, const space::TowerShape& text);

  std::span<const ParameterGroup> groups() const { return groups_; }
  const ParameterGroup& group(std::string_view name) const;
  std::size_t size() const { return size_; }
  const space::TowerShape& cell() const { return cell_; }
  const space::TowerShape& text() const { return text_; }

  template <class Real>
  space::TowerView<Real> cell_tower(const Real* parameters) const {
    return tower(cell_, 0, parameters);
  }
  template <class Real>
  space::TowerView<Real> text_tower(const Real* parameters) const {
    return tower(text_, groups_a_tower, parameters);
  }
  /// Natural logarithm of what cosines are multiplied by in the loss.
  std::size_t log_scale() const { return size_ - 1; }

 private:
  static constexpr std::size_t groups_a_tower = 6;
  void add_tower(const std::string& name, const space::TowerShape& shape);
  void add(std::string name, std::size_t rows, std::size_t columns, Rate rate, bool decays);
  template <class Real>
  space::TowerView<Real> tower(const space::TowerShape& shape, std::size_t first,
                               const Real* parameters) const {
    const auto at = [&](std::size_t i) { return parameters + groups_[first + i].offset; };
    return {shape, at(0), at(1), at(2), at(3), at(4), at(5)};
  }

  space::TowerShape cell_, text_;
  std::vector<ParameterGroup> groups_;
  std::size_t size_ = 0;
};

}  // namespace celloquy::training
