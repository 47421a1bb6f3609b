#pragma once
// How sure it is that cells are what any text says: a description, a list of
// genes, a name. Such a text is no further label beside the common cell types:
// it describes some of them, and would compete with the very cells that it
// means. So a cell is what the text says as far as the types that it may be are
// ones that the text fits. A text that resembles nothing known fits nothing.
// How the sum becomes a probability was calibrated on labelled cells
// (docs/joint_space.md); how high a cell's own score is added nothing to it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace celloquy::space {

/// Log odds = intercept + slope · Σ of the cell's type probabilities × fit.
/// Chosen on half of the queries of bench/eval/search.json.
struct TextProbabilityOptions {
  double intercept = -5.5, slope = 8.5;
  /// A text further from all that is known than the first gets probability 0;
  /// from the second on its distance does not matter.
  double unknown = 0.40, known = 0.60;
};

/// How well a text fits each of some types, 0 to 1: the square of its cosine with the
/// type, relative to the largest; 1 where `is_kind` says that the type is a kind of
/// what the text names. All 0 where no cosine is above 0.
std::vector<float> fit_of_types(std::span<const float> cosines,
                                std::span<const std::uint8_t> is_kind);

/// One a cell, 0 to 1. `types`: cells × fit.size(), probabilities of the types.
/// `nearest_known`: TextVector::nearest_known.
std::vector<float> text_probability(std::span<const float> types, std::span<const float> fit,
                                    double nearest_known,
                                    const TextProbabilityOptions& options = {});

}  // namespace celloquy::space
