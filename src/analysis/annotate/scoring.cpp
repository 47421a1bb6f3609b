#include "analysis/annotate/scoring.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace celloquy::annotate {
namespace {

constexpr float clip = 8.0f;
constexpr float sd_offset = 0.15f;
constexpr std::uint32_t least_markers = 5;
constexpr double least_coverage = 0.1;  ///< share of Σw² whose genes the data have
constexpr double reliability_power = 0.3;
constexpr double other_tissue_factor = 0.85;

float reference_mean(const knowledge::GeneReference& gene, bool mouse) {
  return mouse ? gene.mouse_mean : gene.human_mean;
}
float reference_sd(const knowledge::GeneReference& gene, bool mouse) {
  return mouse ? gene.mouse_sd : gene.human_sd;
}

bool lists(std::string_view tissues, std::string_view tissue) {
  while (!tissues.empty()) {
    const auto end = tissues.find('|');
    if (tissues.substr(0, end) == tissue) return true;
    if (end == std::string_view::npos) return false;
    tissues.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace

MappedGroups map_groups(const Inputs& inputs, const knowledge::MarkerTable& markers,
                        const std::vector<std::int32_t>& rows, knowledge::Organism organism) {
  const bool mouse = organism == knowledge::Organism::mouse;
  MappedGroups mapped;
  mapped.position.assign(markers.n_genes(), -1);
  std::vector<std::int32_t> index(inputs.n_genes, -1);
  for (std::uint32_t column = 0; column < inputs.n_genes; ++column) {
    const auto row = rows[column];
    if (row < 0) continue;
    auto& place = mapped.position[static_cast<std::size_t>(row)];
    if (place < 0) {
      place = static_cast<std::int32_t>(mapped.genes.size());
      mapped.genes.push_back(row);
      mapped.column.push_back(static_cast<std::int32_t>(column));
    }
    index[column] = place;
    ++mapped.n_input_genes;
  }
  double expected_total = 0;  // what the reference has in these genes, of 10,000
  for (const auto row : mapped.genes)
    expected_total += std::expm1(static_cast<double>(reference_mean(markers.reference(row), mouse)));

  const auto n = mapped.genes.size();
  mapped.expression.assign(n * inputs.n_groups, 0.0f);
  mapped.empty.assign(inputs.n_groups, 0);
  for (std::uint32_t group = 0; group < inputs.n_groups; ++group) {
    const auto source = inputs.mean.subspan(std::size_t{group} * inputs.n_genes, inputs.n_genes);
    const auto target = std::span(mapped.expression).subspan(group * n, n);
    double total = 0;
    for (std::uint32_t column = 0; column < inputs.n_genes; ++column) {
      if (index[column] < 0) continue;
      const float value = source[column];
      if (!(value > 0)) continue;  // NaN too
      const float amount = std::expm1(std::min(value, 20.0f));
      target[static_cast<std::size_t>(index[column])] += amount;
      total += amount;
    }
    mapped.empty[group] = total <= 0;
    const auto factor = static_cast<float>(total > 0 ? expected_total / total : 0);
    for (auto& value : target) value = std::log1p(value * factor);
  }
  return mapped;
}

std::vector<GroupSignal> signals(const MappedGroups& mapped, const knowledge::MarkerTable& markers,
                                 std::uint32_t n_groups, double own_mean_share,
                                 knowledge::Organism organism) {
  const bool mouse = organism == knowledge::Organism::mouse;
  const auto n = mapped.genes.size();
  std::vector<double> own(n, 0.0);
  std::uint32_t used = 0;
  for (std::uint32_t group = 0; group < n_groups; ++group) {
    if (mapped.empty[group]) continue;
    ++used;
    for (std::size_t i = 0; i < n; ++i) own[i] += mapped.expression[group * n + i];
  }
  std::vector<float> centre(n), scale(n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto& reference = markers.reference(mapped.genes[i]);
    const double mean = used ? own[i] / used : 0;
    centre[i] = static_cast<float>(own_mean_share * mean +
                                   (1 - own_mean_share) * reference_mean(reference, mouse));
    scale[i] = 1.0f / (reference_sd(reference, mouse) + sd_offset);
  }
  std::vector<GroupSignal> result(n_groups);
  for (std::uint32_t group = 0; group < n_groups; ++group) {
    auto& signal = result[group];
    signal.r.resize(n);
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const float z = std::clamp((mapped.expression[group * n + i] - centre[i]) * scale[i], -clip, clip);
      const float r = std::copysign(std::sqrt(std::abs(z)), z);
      signal.r[i] = r;
      sum += r;
      squares += static_cast<double>(r) * r;
    }
    signal.mean = sum / static_cast<double>(n);
    signal.deviation =
        std::sqrt(std::max(squares / static_cast<double>(n) - signal.mean * signal.mean, 1e-12));
  }
  return result;
}

std::vector<TypeCoverage> coverage(const MappedGroups& mapped,
                                   const knowledge::MarkerTable& markers, const Options& options) {
  std::vector<TypeCoverage> result(markers.size());
  const auto n = static_cast<double>(mapped.genes.size());
  for (std::size_t type = 0; type < markers.size(); ++type) {
    auto& t = result[type];
    double squares = 0;
    for (const auto& marker : markers.markers(type)) {
      if (mapped.position[static_cast<std::size_t>(marker.gene)] < 0) continue;
      t.n_markers += marker.weight > 0;
      t.sum += marker.weight;
      squares += static_cast<double>(marker.weight) * marker.weight;
    }
    if (t.n_markers < least_markers || squares < least_coverage) continue;
    t.scale = std::sqrt(std::max(squares - t.sum * t.sum / n, 0.0));
    const auto& about = markers.type(type);
    t.factor = std::pow(static_cast<double>(about.reliability), reliability_power);
    if (!options.tissue.empty() && !about.tissues.empty() && !lists(about.tissues, options.tissue))
      t.factor *= other_tissue_factor;
  }
  return result;
}

std::vector<double> scores(const GroupSignal& signal, const MappedGroups& mapped,
                           const knowledge::MarkerTable& markers,
                           const std::vector<TypeCoverage>& types) {
  std::vector<double> result(types.size(), -std::numeric_limits<double>::infinity());
  for (std::size_t type = 0; type < types.size(); ++type) {
    const auto& t = types[type];
    if (t.scale <= 0) continue;
    double sum = 0;
    for (const auto& marker : markers.markers(type)) {
      const auto place = mapped.position[static_cast<std::size_t>(marker.gene)];
      if (place >= 0) sum += static_cast<double>(marker.weight) * signal.r[static_cast<std::size_t>(place)];
    }
    const double z = (sum - signal.mean * t.sum) / (signal.deviation * t.scale);
    result[type] = z > 0 ? z * t.factor : z;
  }
  return result;
}

double confidence_of(double score, double lead) {
  // Logistic regression on whether an expert's label is the same, broader or
  // finer; scripts/evaluate-annotation --fit prints these three numbers.
  constexpr double at_zero = -1.10, per_log_score = 0.41, per_lead = 4.67;
  if (score <= 0) return 0;
  const double x = at_zero + per_log_score * std::log(score) + per_lead * std::clamp(lead, 0.0, 1.0);
  return std::clamp(1 / (1 + std::exp(-x)), 0.01, 0.99);
}

}  // namespace celloquy::annotate
