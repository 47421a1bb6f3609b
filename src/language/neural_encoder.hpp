#pragma once
// A text encoder of the BERT family, run by llama.cpp.

#include <memory>
#include <string>

#include "base/expected.hpp"
#include "language/text_encoder.hpp"
#include "language/tokenizer.hpp"

namespace celloquy::language {

struct NeuralEncoderFiles {
  std::string name;     ///< for identity()
  std::string weights;  ///< path of the GGUF file
  std::string prefix;   ///< what the model was trained to see before each text
  std::unique_ptr<Tokenizer> tokenizer;
};

/// Error (unusable_input): the weights cannot be read. Error (internal): the
/// runtime was built for another processor.
Expected<std::unique_ptr<TextEncoder>> open_neural_encoder(NeuralEncoderFiles files);

}  // namespace celloquy::language
