#pragma once
// Names for groups of cells, from the marker genes of 550 cell types.
//
// Method. Each gene of a group gets z = (x − c) / (sd + 0.15): x the group's mean
// of log1p(CP10K), brought to the depth of the reference; sd the gene's standard
// deviation over cell types; c partly the mean of the groups and partly the mean
// over cell types, so that data of one kind of cell work too. r = sign(z)·sqrt|z|
// tames single genes; it is centred among genes of the same expected level (five
// bins of the reference mean, as the control genes of Tirosh et al. 2016). A type's
// score is Σ w·r over its marker genes, divided by its exact standard deviation when
// genes are shuffled within bins (Hoeffding 1951). It is multiplied by reliability^0.3,
// so that an ill-attested subtype must win clearly.
//
// The idea of scoring ranks of a signature is that of AUCell (Aibar et al. 2017) and
// UCell (Andreatta & Carmona 2021); weights and reference are ours
// (scripts/build-markers). Figures: docs/annotation.md.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "base/expected.hpp"
#include "knowledge/cell_ontology.hpp"
#include "knowledge/marker_table.hpp"

namespace celloquy::annotate {

struct Options {
  knowledge::Organism organism = knowledge::Organism::human;  ///< human or mouse
  /// English tissue name ("liver"); types reported only elsewhere score 15 % less. Empty: any.
  std::string tissue;
  /// How much of the centre is the mean of the groups given (0 to 1): more tells
  /// similar groups apart, less keeps one-sided data right. −1: 0.6 for five groups or
  /// more, 0 for one, in between linear.
  double own_mean_share = -1;
  /// Below it the group is called unknown. Larger: fewer, surer names. Groups of
  /// shuffled genes stay under it.
  double least_confidence = 0.4;
  std::size_t n_candidates = 5;
  std::size_t n_evidence = 12;
};

struct Inputs {
  std::uint32_t n_groups = 0, n_genes = 0;
  /// n_groups × n_genes, group by group: mean of log-normalised values; share of
  /// cells with a value (may be empty: then it is not reported).
  std::span<const float> mean, fraction;
  std::span<const std::string> gene_names;  ///< symbols, aliases or Ensembl ids
};

/// A gene that spoke for (> 0) or against (< 0) the name.
struct GeneEvidence {
  std::uint32_t gene = 0;        ///< column of the input
  double contribution = 0;       ///< its part of the score
  float mean = 0, fraction = 0;  ///< in the group
  float mean_elsewhere = 0;      ///< mean over the other groups
  int sources = 0;               ///< marker databases that list it; 0: reference profiles only
  bool marker = true;            ///< a marker of the type; false: its absence was expected
};

struct Candidate {
  std::string id;  ///< "CL:0000236"
  Text label;
  double score = 0;
  std::uint32_t n_markers = 0;  ///< of its marker genes that the data have
};

struct GroupLabel {
  bool known = false;
  std::string id;    ///< of the Cell Ontology; empty when unknown
  Text label;        ///< "B cell" / "B细胞"; "unknown" / "未知"
  double score = 0;  ///< standard deviations above shuffled genes
  /// Estimated probability that the name, or a broader or finer term of it, is
  /// what an expert wrote; calibrated on 146 groups of atlases kept out of the marker table.
  double confidence = 0;
  std::vector<Candidate> candidates;  ///< best first, the name itself first
  /// Best type that is neither broader nor finer than the name; what else it could be.
  std::optional<Candidate> alternative;
  std::vector<GeneEvidence> evidence;  ///< strongest first
  Text reason;                         ///< why unknown; empty when known
};

struct Result {
  std::vector<GroupLabel> groups;
  std::uint32_t n_genes_used = 0;  ///< input genes that the marker table knows
  double own_mean_share = 0;       ///< what was used
  std::vector<Text> caveats;       ///< few known genes, few groups…
};

/// Fails with unusable_input when sizes disagree, cannot_answer when fewer than 50 genes are known.
/// About 1 ms a group. `genes` is the table of Options::organism.
Expected<Result> compute(const Inputs& inputs, const knowledge::MarkerTable& markers,
                         const knowledge::CellOntology& ontology, const knowledge::GeneTable& genes,
                         const Options& options, const Context& context);

/// With the tables that come with celloquy.
Expected<Result> compute(const Inputs& inputs, const Options& options, const Context& context);

}  // namespace celloquy::annotate
