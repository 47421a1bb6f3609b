#include "training/optimizer.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/thread_pool.hpp"

namespace celloquy::training {
namespace {

double base_rate(const OptimizerOptions& options, Rate rate) {
  switch (rate) {
    case Rate::matrix: return options.matrix_rate;
    case Rate::network: return options.network_rate;
    case Rate::temperature: break;
  }
  return options.temperature_rate;
}

}  // namespace

double rate_factor(std::size_t step, std::size_t steps, std::size_t warm_up) {
  warm_up = std::min(warm_up, steps);
  if (step < warm_up) return static_cast<double>(step + 1) / static_cast<double>(warm_up);
  const double done = static_cast<double>(step - warm_up) /
                      static_cast<double>(std::max<std::size_t>(1, steps - warm_up));
  return 0.5 * (1 + std::cos(std::numbers::pi * std::min(1.0, done)));
}

void update(const ParameterLayout& layout, const OptimizerOptions& options, std::size_t step,
            std::size_t steps, const std::vector<float>& gradient, std::vector<float>& parameters,
            Moments& moments, const Context& context) {
  moments.first.resize(layout.size());
  moments.second.resize(layout.size());
  const double factor = rate_factor(step, steps, options.warm_up);
  const double t = static_cast<double>(step + 1);
  const float unbias_first = static_cast<float>(1 / (1 - std::pow(options.first_moment, t)));
  const float unbias_second = static_cast<float>(1 / (1 - std::pow(options.second_moment, t)));
  const float keep_first = static_cast<float>(options.first_moment),
              keep_second = static_cast<float>(options.second_moment),
              epsilon = static_cast<float>(options.epsilon);
  constexpr std::size_t block_size = std::size_t{1} << 16;
  for (const auto& group : layout.groups()) {
    const float rate = static_cast<float>(factor * base_rate(options, group.rate));
    const float decay = group.decays ? static_cast<float>(1 - rate * options.weight_decay) : 1.0f;
    parallel_for_blocks(context, group.size(), block_size, [&](const Block& block) {
      const std::size_t begin = group.offset + block.begin;
      const float* g = gradient.data() + begin;
      float *p = parameters.data() + begin, *m = moments.first.data() + begin,
            *v = moments.second.data() + begin;
      for (std::size_t i = 0; i < block.size(); ++i) {
        m[i] = keep_first * m[i] + (1 - keep_first) * g[i];
        v[i] = keep_second * v[i] + (1 - keep_second) * g[i] * g[i];
        p[i] = decay * p[i] -
               rate * (m[i] * unbias_first) / (std::sqrt(v[i] * unbias_second) + epsilon);
      }
    });
  }
}

}  // namespace celloquy::training
