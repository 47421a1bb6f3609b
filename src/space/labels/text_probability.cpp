#include "space/labels/text_probability.hpp"

#include <algorithm>
#include <cassert>

#include "space/labels/mixture.hpp"

namespace celloquy::space {

std::vector<float> fit_of_types(std::span<const float> cosines,
                                std::span<const std::uint8_t> is_kind) {
  assert(cosines.size() == is_kind.size());
  std::vector<float> fit(cosines.size(), 0.0f);
  const float largest = cosines.empty() ? 0.0f : *std::max_element(cosines.begin(), cosines.end());
  for (std::size_t t = 0; t < fit.size(); ++t) {
    if (largest > 0) {
      const float relative = std::max(0.0f, cosines[t] / largest);
      fit[t] = relative * relative;
    }
    if (is_kind[t]) fit[t] = 1.0f;
  }
  return fit;
}

std::vector<float> text_probability(std::span<const float> types, std::span<const float> fit,
                                    double nearest_known, const TextProbabilityOptions& options) {
  assert(!fit.empty() && types.size() % fit.size() == 0);
  std::vector<float> probability(types.size() / fit.size(), 0.0f);
  const double known =
      std::clamp((nearest_known - options.unknown) / (options.known - options.unknown), 0.0, 1.0);
  if (known == 0) return probability;
  for (std::size_t cell = 0; cell < probability.size(); ++cell) {
    double fitting = 0;
    for (std::size_t t = 0; t < fit.size(); ++t)
      fitting += static_cast<double>(types[cell * fit.size() + t]) * static_cast<double>(fit[t]);
    probability[cell] =
        static_cast<float>(known * logistic(options.intercept + options.slope * fitting));
  }
  return probability;
}

}  // namespace celloquy::space
