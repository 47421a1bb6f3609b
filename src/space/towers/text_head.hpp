#pragma once
// Texts as points of the trained space: what stands on top of a text encoder.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.hpp"
#include "space/towers/weights.hpp"

namespace celloquy::space {

/// Immutable; may be used from several threads. A text's vector is the same, bit
/// for bit on one kind of processor, whatever else is encoded with it.
class TextHead {
 public:
  TextHead(TowerWeights weights, std::string encoder);

  /// Identity of the text encoder (language/text_encoder.hpp) whose vectors it
  /// expects; those of another mean nothing to it.
  std::string_view encoder() const { return encoder_; }
  std::size_t input_dimension() const { return weights_.shape.input; }
  std::size_t dimension() const { return weights_.shape.dimension; }

  /// n × input_dimension() vectors of the text encoder → n × dimension() unit
  /// vectors. 0.6 million operations a text. Empty when cancelled.
  std::vector<float> encode(std::span<const float> texts, const Context& context) const;

 private:
  TowerWeights weights_;
  std::string encoder_;
};

}  // namespace celloquy::space
