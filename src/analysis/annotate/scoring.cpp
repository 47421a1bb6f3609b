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

std::vector<std::uint8_t> bins_of(const std::vector<std::int32_t>& genes,
                                  const knowledge::MarkerTable& markers, bool mouse) {
  std::vector<std::size_t> order(genes.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const float x = reference_mean(markers.reference(genes[a]), mouse);
    const float y = reference_mean(markers.reference(genes[b]), mouse);
    return x != y ? x < y : genes[a] < genes[b];
  });
  std::vector<std::uint8_t> bins(genes.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    bins[order[i]] = static_cast<std::uint8_t>(i * n_bins / order.size());
  return bins;
}

PerBin genes_in_bins(const MappedGroups& mapped) {
  PerBin counts{};
  for (const auto bin : mapped.bin) counts[bin] += 1;
  return counts;
}

/// Centres r in each bin.
void centre_in_bins(GroupSignal& signal, const MappedGroups& mapped, const PerBin& counts) {
  PerBin mean{};
  for (std::size_t i = 0; i < signal.r.size(); ++i) mean[mapped.bin[i]] += signal.r[i];
  for (std::size_t bin = 0; bin < n_bins; ++bin) mean[bin] /= std::max(counts[bin], 1.0);
  signal.variance = {};
  for (std::size_t i = 0; i < signal.r.size(); ++i) {
    signal.r[i] -= static_cast<float>(mean[mapped.bin[i]]);
    signal.variance[mapped.bin[i]] += static_cast<double>(signal.r[i]) * signal.r[i];
  }
  for (std::size_t bin = 0; bin < n_bins; ++bin) signal.variance[bin] /= std::max(counts[bin], 1.0);
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
  mapped.bin = bins_of(mapped.genes, markers, mouse);
  double expected_total = 0;  // what the reference has in these genes, of 10,000
  for (const auto row : mapped.genes)
    expected_total +=
        std::expm1(static_cast<double>(reference_mean(markers.reference(row), mouse)));

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
  const auto counts = genes_in_bins(mapped);
  std::vector<GroupSignal> result(n_groups);
  for (std::uint32_t group = 0; group < n_groups; ++group) {
    auto& signal = result[group];
    signal.r.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      const float z =
          std::clamp((mapped.expression[group * n + i] - centre[i]) * scale[i], -clip, clip);
      signal.r[i] = std::copysign(std::sqrt(std::abs(z)), z);
    }
    centre_in_bins(signal, mapped, counts);
  }
  return result;
}

std::vector<TypeCoverage> coverage(const MappedGroups& mapped,
                                   const knowledge::MarkerTable& markers, const Options& options) {
  std::vector<TypeCoverage> result(markers.size());
  const auto counts = genes_in_bins(mapped);
  for (std::size_t type = 0; type < markers.size(); ++type) {
    auto& t = result[type];
    double squares = 0;
    PerBin sum{};
    for (const auto& marker : markers.markers(type)) {
      const auto place = mapped.position[static_cast<std::size_t>(marker.gene)];
      if (place < 0) continue;
      const double w = marker.weight;
      const auto bin = mapped.bin[static_cast<std::size_t>(place)];
      t.n_markers += w > 0;
      sum[bin] += w;
      t.spread[bin] += w * w;
      squares += w * w;
    }
    if (t.n_markers < least_markers || squares < least_coverage) continue;
    for (std::size_t bin = 0; bin < n_bins; ++bin)
      t.spread[bin] =
          std::max(t.spread[bin] - sum[bin] * sum[bin] / std::max(counts[bin], 1.0), 0.0);
    const auto& about = markers.type(type);
    t.factor = std::pow(static_cast<double>(about.reliability), reliability_power);
    if (!options.tissue.empty() && !about.tissues.empty() && !lists(about.tissues, options.tissue))
      t.factor *= other_tissue_factor;
  }
  return result;
}

double null_deviation(const TypeCoverage& type, const GroupSignal& signal) {
  double variance = 0;
  for (std::size_t bin = 0; bin < n_bins; ++bin)
    variance += signal.variance[bin] * type.spread[bin];
  return std::sqrt(std::max(variance, 1e-12));
}

std::vector<double> scores(const GroupSignal& signal, const MappedGroups& mapped,
                           const knowledge::MarkerTable& markers,
                           const std::vector<TypeCoverage>& types) {
  std::vector<double> result(types.size(), -std::numeric_limits<double>::infinity());
  for (std::size_t type = 0; type < types.size(); ++type) {
    const auto& t = types[type];
    if (t.factor <= 0) continue;
    double sum = 0;
    for (const auto& marker : markers.markers(type)) {
      const auto place = mapped.position[static_cast<std::size_t>(marker.gene)];
      if (place >= 0)
        sum += static_cast<double>(marker.weight) * signal.r[static_cast<std::size_t>(place)];
    }
    const double z = sum / null_deviation(t, signal);
    result[type] = z > 0 ? z * t.factor : z;
  }
  return result;
}

double confidence_of(double score, double lead) {
  // Logistic regression on whether an expert's label is the same, broader or
  // finer; scripts/evaluate-annotation --fit prints these two numbers.
  constexpr double at_zero = 0.36, per_lead = 3.11;
  // Shuffled genes reach 5.6 in 367 groups; real groups are seldom below 7.
  constexpr double chance_below = 4.5, sure_above = 7.0;
  const double beyond_chance =
      std::clamp((score - chance_below) / (sure_above - chance_below), 0.0, 1.0);
  const double x = at_zero + per_lead * std::clamp(lead, 0.0, 1.0);
  return std::min(beyond_chance / (1 + std::exp(-x)), 0.99);
}

}  // namespace celloquy::annotate
