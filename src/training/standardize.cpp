#include "training/standardize.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace celloquy::training {

Expected<Scales> scales_of(std::span<const std::string> genes,
                           const knowledge::MarkerTable& table) {
  constexpr float offset = 0.15f;
  Scales out;
  std::size_t known = 0;
  for (const auto& gene : genes) {
    const auto row = table.find_gene(gene);
    out.human.push_back(row ? 1 / (table.reference(*row).human_sd + offset) : 0);
    out.mouse.push_back(row ? 1 / (table.reference(*row).mouse_sd + offset) : 0);
    known += row.has_value();
  }
  if (known == 0)
    return failure(ErrorCode::unusable_input, "training.no_genes", {{"genes", genes.size()}});
  return out;
}

GeneChoice::GeneChoice(std::vector<std::uint32_t> chosen, std::size_t n_genes)
    : genes(std::move(chosen)), column(n_genes, none) {
  for (std::size_t i = 0; i < genes.size(); ++i) column[genes[i]] = static_cast<std::uint32_t>(i);
}

void standardize(const PairRow& row, const Source& source, const GeneChoice& choice,
                 const Scales& scales, const float* centre, float* z) {
  const auto& scale = scales.of(source);
  std::fill(z, z + choice.size(), 0.0f);
  for (std::size_t i = 0; i < row.genes.size(); ++i)
    if (const auto column = choice.column[row.genes[i]]; column != GeneChoice::none)
      z[column] = row.values[i];
  for (std::size_t i = 0; i < choice.size(); ++i) {
    const std::uint32_t gene = choice.genes[i];
    z[i] = source.measures(gene)
               ? std::clamp((z[i] - centre[i]) * scale[gene], -largest_z, largest_z)
               : 0.0f;
  }
}

double set_length(float* values, std::size_t n, double length) {
  double square = 0;
  for (std::size_t i = 0; i < n; ++i) square += static_cast<double>(values[i]) * values[i];
  if (!(square > 0)) return 0;
  const double had = std::sqrt(square);
  const float factor = static_cast<float>(length / had);
  for (std::size_t i = 0; i < n; ++i) values[i] *= factor;
  return had;
}

}  // namespace celloquy::training
