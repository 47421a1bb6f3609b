#pragma once
// AdamW (Loshchilov & Hutter 2019) with a warm-up and a cosine decay.

#include <cstddef>
#include <vector>

#include "base/context.hpp"
#include "training/parameters.hpp"

namespace celloquy::training {

struct OptimizerOptions {
  double matrix_rate = 2e-4;       ///< of the two input matrices, which begin near the answer
  double network_rate = 1e-3;      ///< of the residual networks, which begin at nothing
  double temperature_rate = 1e-3;  ///< of log_scale
  double weight_decay = 0.05;
  double first_moment = 0.9, second_moment = 0.999, epsilon = 1e-8;
  std::size_t warm_up = 60;  ///< steps over which the rates rise
};

/// What the rates are multiplied by in `step` (from 0) of `steps`: a straight
/// rise, then half a cosine down to 0.
double rate_factor(std::size_t step, std::size_t steps, std::size_t warm_up);

struct Moments {
  std::vector<float> first, second;  ///< of each parameter
};

/// One update in place. Same bits for any number of threads.
void update(const ParameterLayout& layout, const OptimizerOptions& options, std::size_t step,
            std::size_t steps, const std::vector<float>& gradient, std::vector<float>& parameters,
            Moments& moments, const Context& context);

}  // namespace celloquy::training
