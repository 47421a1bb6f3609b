#include "analysis/annotate/annotate.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/annotate/scoring.hpp"
#include "knowledge/knowledge.hpp"

namespace celloquy::annotate {
namespace {

using knowledge::CellOntology;
using knowledge::MarkerTable;

constexpr std::uint32_t least_genes = 50;
constexpr std::uint32_t few_genes = 1000;
constexpr double chance_score = 5.7;  ///< the best of 367 groups of shuffled genes had 5.6

Status check(const Inputs& inputs) {
  const auto cells = std::size_t{inputs.n_groups} * inputs.n_genes;
  if (inputs.mean.size() != cells || inputs.gene_names.size() != inputs.n_genes ||
      (!inputs.fraction.empty() && inputs.fraction.size() != cells))
    return failure(ErrorCode::internal, "annotate.sizes");
  return {};
}

double automatic_share(std::uint32_t n_groups) {
  if (n_groups <= 1) return 0;
  return std::min(0.6, 0.15 * (n_groups - 1));
}

Candidate candidate(std::size_t type, double score, std::uint32_t n_markers,
                    const MarkerTable& markers, const CellOntology& ontology) {
  const auto& about = markers.type(type);
  Candidate result{std::string(about.id), Text::same(std::string(about.name)), score, n_markers};
  if (const auto term = ontology.find_id(about.id)) result.label = ontology.label(*term);
  return result;
}

/// By type: broader or finer than `type`, or itself.
std::vector<std::uint8_t> related_types(std::size_t type, const MarkerTable& markers,
                                        const CellOntology& ontology) {
  std::vector<std::uint8_t> related(markers.size());
  related[type] = 1;
  const auto term = ontology.find_id(markers.type(type).id);
  if (!term) return related;
  for (const auto& terms : {ontology.ancestors(*term), ontology.descendants(*term)})
    for (const auto other : terms)
      if (const auto found = markers.find_type(ontology.id(other))) related[*found] = 1;
  return related;
}

std::vector<GeneEvidence> evidence(std::size_t type, std::uint32_t group, const GroupSignal& signal,
                                   const MappedGroups& mapped, const MarkerTable& markers,
                                   const TypeCoverage& t, const Inputs& inputs, std::size_t limit) {
  std::vector<GeneEvidence> genes;
  const double deviation = null_deviation(t, signal);
  for (const auto& marker : markers.markers(type)) {
    const auto place = mapped.position[static_cast<std::size_t>(marker.gene)];
    if (place < 0) continue;
    GeneEvidence gene;
    gene.gene = static_cast<std::uint32_t>(mapped.column[static_cast<std::size_t>(place)]);
    gene.contribution =
        marker.weight * signal.r[static_cast<std::size_t>(place)] * t.factor / deviation;
    gene.sources = marker.sources;
    gene.marker = marker.weight > 0;
    genes.push_back(gene);
  }
  std::sort(genes.begin(), genes.end(), [](const GeneEvidence& a, const GeneEvidence& b) {
    const double x = std::abs(a.contribution), y = std::abs(b.contribution);
    return x != y ? x > y : a.gene < b.gene;
  });
  if (genes.size() > limit) genes.resize(limit);
  for (auto& gene : genes) {
    const auto at = std::size_t{group} * inputs.n_genes + gene.gene;
    gene.mean = inputs.mean[at];
    if (!inputs.fraction.empty()) gene.fraction = inputs.fraction[at];
    double others = 0;
    for (std::uint32_t other = 0; other < inputs.n_groups; ++other)
      if (other != group) others += inputs.mean[std::size_t{other} * inputs.n_genes + gene.gene];
    if (inputs.n_groups > 1)
      gene.mean_elsewhere = static_cast<float>(others / (inputs.n_groups - 1));
  }
  return genes;
}

struct Step {
  const Inputs& inputs;
  const MarkerTable& markers;
  const CellOntology& ontology;
  const Options& options;
  MappedGroups mapped;
  std::vector<TypeCoverage> types;

  GroupLabel unknown(Text reason) const {
    GroupLabel label;
    label.label = message("annotate.unknown");
    label.reason = std::move(reason);
    return label;
  }

  GroupLabel name(std::uint32_t group, const GroupSignal& signal) const {
    if (mapped.empty[group]) return unknown(message("annotate.reason.empty"));
    const auto score = scores(signal, mapped, markers, types);
    std::vector<std::size_t> order(score.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return score[a] != score[b] ? score[a] > score[b] : a < b;
    });
    if (order.empty() || !(score[order[0]] > 0))
      return unknown(message("annotate.reason.nothing_fits"));

    GroupLabel label;
    const auto best = order[0];
    label.score = score[best];
    const auto related = related_types(best, markers, ontology);
    for (const auto type : order) {
      if (!(score[type] > 0)) break;
      if (label.candidates.size() < options.n_candidates)
        label.candidates.push_back(
            candidate(type, score[type], types[type].n_markers, markers, ontology));
      if (!label.alternative && !related[type])
        label.alternative = candidate(type, score[type], types[type].n_markers, markers, ontology);
      if (label.alternative && label.candidates.size() >= options.n_candidates) break;
    }
    const double other = label.alternative ? label.alternative->score : 0;
    label.confidence = confidence_of(label.score, (label.score - other) / label.score);
    label.evidence =
        evidence(best, group, signal, mapped, markers, types[best], inputs, options.n_evidence);
    label.known = label.confidence >= options.least_confidence;
    if (label.known) {
      label.id = label.candidates.front().id;
      label.label = label.candidates.front().label;
    } else {
      label.label = message("annotate.unknown");
      label.reason = message(label.score < chance_score ? "annotate.reason.no_better_than_chance"
                                                        : "annotate.reason.undecided",
                             {{"label", label.candidates.front().label}, {"score", label.score}});
    }
    return label;
  }
};

}  // namespace

Expected<Result> compute(const Inputs& inputs, const MarkerTable& markers,
                         const CellOntology& ontology, const knowledge::GeneTable& genes,
                         const Options& options, const Context& context) {
  CELLOQUY_CHECK(check(inputs));
  const auto rows = knowledge::map_genes(inputs.gene_names, markers, genes);
  Step step{inputs, markers, ontology, options, map_groups(inputs, markers, rows, options.organism),
            {}};
  Result result;
  result.n_genes_used = step.mapped.n_input_genes;
  if (step.mapped.genes.size() < least_genes)
    return failure(ErrorCode::cannot_answer, "annotate.few_known_genes",
                   {{"known", step.mapped.genes.size()},
                    {"total", inputs.n_genes},
                    {"organism", knowledge::name_of(options.organism)}});
  if (step.mapped.genes.size() < few_genes)
    result.caveats.push_back(
        message("annotate.caveat.few_genes", {{"known", step.mapped.genes.size()}}));
  if (inputs.n_groups < 3) result.caveats.push_back(message("annotate.caveat.few_groups"));

  const double share = options.own_mean_share >= 0 ? std::min(options.own_mean_share, 1.0)
                                                   : automatic_share(inputs.n_groups);
  result.own_mean_share = share;
  step.types = coverage(step.mapped, markers, options);
  const auto group_signals =
      signals(step.mapped, markers, inputs.n_groups, share, options.organism);
  result.groups.reserve(inputs.n_groups);
  for (std::uint32_t group = 0; group < inputs.n_groups; ++group) {
    if (context.cancelled()) return cancelled_error();
    result.groups.push_back(step.name(group, group_signals[group]));
    context.report("annotate", static_cast<double>(group + 1) / inputs.n_groups);
  }
  return result;
}

Expected<Result> compute(const Inputs& inputs, const Options& options, const Context& context) {
  CELLOQUY_TRY(const auto* markers, knowledge::marker_table());
  CELLOQUY_TRY(const auto* ontology, knowledge::cell_ontology());
  CELLOQUY_TRY(const auto* genes, knowledge::genes_of(options.organism));
  return compute(inputs, *markers, *ontology, *genes, options, context);
}

}  // namespace celloquy::annotate
