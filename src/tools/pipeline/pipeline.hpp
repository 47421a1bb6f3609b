#pragma once
// The steps of the analysis on a study's current state, each computed at most
// once: a result is found by the hash of what makes it, first in this process,
// then in the workspace, and only then computed (and stored in the background).

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.hpp"
#include "tools/pipeline/blobs.hpp"
#include "tools/pipeline/costs.hpp"
#include "tools/pipeline/memory.hpp"
#include "workspace/study.hpp"

namespace celloquy::tools {

template <class T>
using Shared = std::shared_ptr<const T>;

/// What the numbers that analysis starts from allow.
enum class Values {
  counts,      ///< raw (or cleaned) counts: everything
  normalized,  ///< library-size normalised, not logged: log1p is applied, no count-based QC
  logged,      ///< log1p values: used as they are, no count-based QC
};

/// The parameters of the standard analysis; Scanpy's defaults.
struct AnalysisOptions {
  std::uint32_t n_top_genes = 2000;
  std::uint32_t n_components = 50;
  /// The cell itself not counted: Scanpy's 15.
  std::uint32_t n_neighbors = 14;
  double resolution = 1.0;
  std::uint32_t min_cells_per_gene = 3;
  double target_sum = 1e4;
};

/// What ran, in order of completion. `seconds` without the steps it needed.
struct StepRecord {
  std::string step;
  double seconds = 0;
  bool cached = false;
  Cost cost;  ///< of a step that was computed, where known
};

/// A partition of the kept cells.
struct Grouping {
  enum class Kind { clusters, labels, field };
  Kind kind = Kind::clusters;
  std::string field;                ///< obs column; "cluster" or "label" for ours
  std::string key;                  ///< identifies cells and codes
  std::vector<std::int32_t> codes;  ///< a kept cell; −1: none
  std::vector<Text> names;          ///< by code
  std::uint32_t n_groups() const { return static_cast<std::uint32_t>(names.size()); }
  std::vector<std::uint32_t> sizes() const;
  /// Groups that hold a kept cell.
  std::uint32_t n_present() const;
};

/// The slot of a state that holds a field of the study's own.
inline std::string own_field_slot(const std::string& name) { return "field:" + name; }

class Pipeline {
 public:
  /// Both must outlive it. One tool run makes one; what it computes stays with the study.
  Pipeline(workspace::Study& study, const Context& context);
  /// The same at another state of the history: computes as there, moves nothing.
  Pipeline(workspace::Study& study, workspace::State at, const Context& context);

  workspace::Study& study() { return study_; }
  const workspace::State& state() const { return at_ ? *at_ : study_.state(); }
  const Context& context() const { return context_; }
  const AnalysisOptions& options() const { return options_; }

  // ---- Data ---------------------------------------------------------------
  Expected<const Dataset*> dataset();
  /// What the matrix holds; cannot_answer for scaled or unknown values, with the reason.
  Expected<Values> values();
  /// Indices in the file of the cells that are kept, ascending.
  Expected<Shared<CellList>> cells();
  bool all_cells_kept() const { return !state().slots.contains("cells"); }
  /// The kept cells; the file's own matrix when that is all of them.
  Expected<CountMatrix> matrix();
  /// A field of the kept cells: the study's own of this name, else the file's obs column.
  /// cannot_answer with the list of columns when there is neither.
  Expected<Column> column(const std::string& name);
  /// Fields that people made or edited here, in alphabetical order. One with the
  /// name of an obs column stands in its place.
  std::vector<std::string> own_field_names() const;
  bool has_own_field(const std::string& name) const;
  /// unusable_input when the history names it but it is lost.
  Expected<Shared<OwnField>> own_field(const std::string& name);

  // ---- Steps --------------------------------------------------------------
  /// Of the whole file / of the kept cells. cannot_answer without counts.
  Expected<Shared<quality_control::Metrics>> quality_of_file();
  Expected<Shared<quality_control::Metrics>> quality();
  Expected<Shared<Normalization>> normalization();
  Expected<Shared<highly_variable_genes::Result>> variable_genes();
  Expected<Shared<pca::Result>> pca();
  /// What neighbours, clusters and layout are made of: the principal components, with the
  /// batches brought together where the study says so (and the kept cells have several).
  Expected<Shared<pca::Result>> components();
  Expected<Shared<neighbors::Result>> neighbors();
  Expected<Shared<Graph>> connectivities();
  /// At this resolution, whatever the study's choice is.
  Expected<Shared<leiden::Result>> clusters_at(double resolution);
  /// The study's clusters: those chosen, else at the default resolution.
  Expected<Shared<leiden::Result>> clusters();
  double resolution() const;
  /// The obs column whose batches are brought together; empty: none.
  std::string batch_field() const;
  Expected<Shared<umap::Result>> layout();
  /// `reference` −1: each group against all other cells of the grouping.
  Expected<Shared<markers::Result>> markers(const Grouping& grouping, markers::Test test,
                                            std::int32_t reference = -1);
  Expected<Shared<group_summary::Result>> summary(const Grouping& grouping);
  /// log-normalised values of one gene, a kept cell.
  Expected<std::vector<float>> gene_values(std::uint32_t gene);

  // ---- Groupings ----------------------------------------------------------
  Expected<Grouping> cluster_grouping();
  /// Text, categorical, boolean or whole-number columns; cannot_answer for others.
  Expected<Grouping> field_grouping(const std::string& column);

  // ---- Keys, for what refers to results ------------------------------------
  std::string file_key() const;
  Expected<std::string> cells_key();
  Expected<std::string> variable_genes_key();
  Expected<std::string> pca_key();
  Expected<std::string> components_key();
  Expected<std::string> neighbors_key();
  Expected<std::string> graph_key();
  Expected<std::string> clusters_key(double resolution);
  Expected<std::string> layout_key();

  /// Remembers a result that a tool made itself; stored in the background.
  template <class T>
  void keep(const std::string& key, T value);
  /// Everything that was made is on disk when it returns.
  Status flush() { return memory_.writer.flush(); }

  const std::vector<StepRecord>& steps() const { return steps_; }
  /// True when all that was needed had been computed before.
  bool all_cached() const;
  /// True when this step was computed (not found) in this run.
  bool computed(std::string_view step) const;

  /// Finds the result or computes it with `compute` (→ Expected<T>).
  template <class T, class Compute>
  Expected<Shared<T>> memo(std::string_view step, const std::string& key, Compute&& compute);

 private:
  void record(std::string_view step, double seconds, bool cached);

  workspace::Study& study_;
  std::optional<workspace::State> at_;  ///< none: where the study is
  const Context& context_;
  Memory& memory_;
  AnalysisOptions options_;
  std::vector<StepRecord> steps_;
  Cost next_cost_;              ///< of the step that is recorded next
  std::size_t remembered_ = 0;  ///< results found in memory
  double inner_seconds_ = 0;    ///< of the steps that the running one asked for
};

/// Seconds since some fixed moment, from the monotonic clock.
double clock_seconds();

template <class T>
void Pipeline::keep(const std::string& key, T value) {
  auto shared = std::make_shared<const T>(std::move(value));
  memory_.put(key, shared);
  memory_.writer.put(key, [shared] { return to_blob(*shared); });
}

template <class T, class Compute>
Expected<Shared<T>> Pipeline::memo(std::string_view step, const std::string& key,
                                   Compute&& compute) {
  if (auto known = memory_.find<T>(key)) {
    ++remembered_;
    return known;
  }
  const double begin = clock_seconds();
  if (const auto blob = study_.results().find(key)) {
    auto loaded = std::make_shared<T>();
    if (from_blob(*blob, *loaded)) {
      record(step, clock_seconds() - begin, true);
      memory_.put<T>(key, loaded);
      return Shared<T>(loaded);
    }
  }
  const double outer = std::exchange(inner_seconds_, 0.0);
  context_.report(step, 0);
  CELLOQUY_TRY(T value, compute());
  const double total = clock_seconds() - begin;
  record(step, total - inner_seconds_, false);
  inner_seconds_ = outer + total;
  auto shared = std::make_shared<const T>(std::move(value));
  memory_.put(key, shared);
  memory_.writer.put(key, [shared] { return to_blob(*shared); });
  return shared;
}

}  // namespace celloquy::tools
