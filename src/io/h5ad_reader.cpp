// AnnData files: finds all matrices, chooses the one to analyse, reads it.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "io/h5ad_frame.hpp"
#include "io/input_state.hpp"
#include "io/readers.hpp"

namespace celloquy::io {
namespace {

using hdf5::File;
using hdf5::MatrixSource;
using hdf5::undefined_address;

constexpr std::uint64_t sampled_values = 400000;

struct Candidate {
  std::string where;
  MatrixSource source;
  bool raw = false;  ///< its genes are those of raw/var
  MatrixState state;
};

bool named_like_counts(const std::string& where) {
  constexpr std::array<std::string_view, 8> names = {
      "layers/counts", "layers/raw_counts", "layers/raw",        "layers/count",
      "layers/umi",    "layers/UMI",        "layers/umi_counts", "layers/Counts"};
  return std::find(names.begin(), names.end(), where) != names.end();
}

class H5adReader {
 public:
  H5adReader(const File& file, const Context& context) : file_(file), context_(context) {}

  Dataset read() {
    dataset_.format = "h5ad";
    read_tables();
    find_matrices();
    choose_and_read();
    read_embeddings();
    settle_dataset(dataset_);
    return std::move(dataset_);
  }

 private:
  std::uint64_t require(const std::string& path) const {
    const auto at = file_.find(path);
    if (at == undefined_address) refuse("io.part_missing", {{"where", path}});
    return at;
  }

  void read_tables() {
    dataset_.obs = read_frame(file_, require("obs"), "obs", SIZE_MAX, dataset_.notes);
    var_ = read_frame(file_, require("var"), "var", SIZE_MAX, dataset_.notes);
  }

  /// Rows and columns that a sparse group says it has.
  std::optional<std::pair<std::uint64_t, std::uint64_t>> declared_shape(std::uint64_t group) const {
    for (const char* name : {"shape", "h5sparse_shape"}) {
      const auto* shape = file_.attribute(group, name);
      if (!shape || shape->space.elements() != 2 || shape->data.size() < 2 * shape->type.size)
        continue;
      std::uint64_t extent[2] = {0, 0};
      if (shape->type.size > 8 || shape->type.big_endian) continue;
      for (std::size_t d = 0; d < 2; ++d)
        for (std::size_t b = 0; b < shape->type.size; ++b)
          extent[d] |= std::uint64_t{shape->data[d * shape->type.size + b]} << (8 * b);
      return std::pair{extent[0], extent[1]};
    }
    return std::nullopt;
  }

  MatrixSource source_at(std::uint64_t at, const std::string& where, std::size_t genes) const {
    const std::size_t cells = dataset_.obs.index.size();
    MatrixSource source;
    if (file_.is_dataset(at)) {
      source = hdf5::dense_source(file_, at, where);
    } else {
      auto format = file_.text_attribute(at, "encoding-type");
      if (format.empty()) format = file_.text_attribute(at, "h5sparse_format");
      const bool csc = format.starts_with("csc");
      if (!csc && !format.starts_with("csr") && file_.find("indptr", at) == undefined_address)
        refuse("io.column_unknown", {{"where", where}, {"encoding", format}});
      const auto shape =
          declared_shape(at).value_or(std::pair<std::uint64_t, std::uint64_t>{cells, genes});
      if (shape.first != cells || shape.second != genes)
        refuse("io.shape_differs", {{"where", where},
                                    {"rows", shape.first},
                                    {"columns", shape.second},
                                    {"cells", cells},
                                    {"genes", genes}});
      return hdf5::compressed_source(file_, at, where, csc ? Order::gene_major : Order::cell_major,
                                     cells, genes);
    }
    if (source.n_cells != cells || source.n_genes != genes)
      refuse("io.shape_differs", {{"where", where},
                                  {"rows", source.n_cells},
                                  {"columns", source.n_genes},
                                  {"cells", cells},
                                  {"genes", genes}});
    return source;
  }

  void add(std::uint64_t at, const std::string& where, bool raw) {
    Candidate candidate;
    candidate.where = where;
    candidate.raw = raw;
    try {
      candidate.source = source_at(at, where, raw ? raw_var_.index.size() : var_.index.size());
      auto sample = hdf5::sample_matrix(candidate.source, sampled_values, context_);
      const bool all = sample.summary.values == candidate.source.n_values() ||
                       candidate.source.kind == MatrixSource::Kind::dense;
      auto summary = sample.summary;
      const bool whole =
          sample.n_major ==
          (sample.order == Order::cell_major ? candidate.source.n_cells : candidate.source.n_genes);
      const auto cells = finish(std::move(sample), context_);
      candidate.state = detect_state({where, summary, cells, !(all && whole)});
    } catch (const Refusal& refusal) {
      if (refusal.error.code == ErrorCode::cancelled) throw;
      failures_.push_back(refusal.error);
      dataset_.notes.push_back(
          message("io.note.matrix_skipped", {{"where", where}, {"reason", refusal.error.message}}));
      return;
    }
    dataset_.states.push_back(candidate.state);
    candidates_.push_back(std::move(candidate));
  }

  void find_matrices() {
    if (const auto x = file_.find("X");
        x != undefined_address &&
        (file_.is_dataset(x) || file_.find("indptr", x) != undefined_address))
      add(x, "X", false);
    if (const auto layers = file_.find("layers");
        layers != undefined_address && !file_.is_dataset(layers))
      for (const auto& link : file_.links(layers))
        if (const auto at = file_.find(link.name, layers); at != undefined_address)
          add(at, "layers/" + link.name, false);
    find_raw();
    if (candidates_.empty()) {
      if (!failures_.empty()) throw Refusal{failures_.front()};
      refuse("io.part_missing", {{"where", "X"}});
    }
  }

  void find_raw() {
    // anndata before 0.7 wrote raw.X and raw.var beside X.
    for (const auto& [x, var] : {std::pair{"raw/X", "raw/var"}, std::pair{"raw.X", "raw.var"}}) {
      const auto matrix = file_.find(x), table = file_.find(var);
      if (matrix == undefined_address || table == undefined_address) continue;
      try {
        raw_var_ = read_frame(file_, table, var, SIZE_MAX, dataset_.notes);
      } catch (const Refusal& refusal) {
        dataset_.notes.push_back(
            message("io.note.matrix_skipped", {{"where", x}, {"reason", refusal.error.message}}));
        return;
      }
      add(matrix, "raw/X", true);
      return;
    }
  }

  static bool is_counts(const Candidate& candidate) {
    return candidate.state.state == InputState::raw_counts ||
           candidate.state.state == InputState::noisy_counts;
  }

  /// Smaller is better.
  static int rank(const Candidate& candidate) {
    const bool x = candidate.where == "X";
    if (is_counts(candidate))
      return x ? 0 : named_like_counts(candidate.where) ? 1 : candidate.raw ? 2 : 3;
    switch (candidate.state.state) {
      case InputState::log1p: return x ? 10 : candidate.raw ? 11 : 12;
      case InputState::normalized: return x ? 20 : candidate.raw ? 21 : 22;
      case InputState::scaled: return x ? 30 : 31;
      default: return x ? 40 : 41;
    }
  }

  void choose_and_read() {
    std::stable_sort(candidates_.begin(), candidates_.end(),
                     [](const Candidate& a, const Candidate& b) { return rank(a) < rank(b); });
    // A sample can be wrong: what looked like counts may hold fractions elsewhere.
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      auto& candidate = candidates_[i];
      auto rows = hdf5::read_matrix(candidate.source, context_);
      const bool expected = is_counts(candidate);
      const bool found = rows.summary.counts() || (rows.summary.whole && rows.summary.values == 0);
      const bool other_counts = i + 1 < candidates_.size() && is_counts(candidates_[i + 1]);
      if (expected && !found && other_counts) continue;
      settle_matrix(dataset_, std::move(rows), candidate.where, context_);
      dataset_.var = candidate.raw ? std::move(raw_var_) : std::move(var_);
      if (candidate.where != "X")
        dataset_.notes.push_back(
            message(is_counts(candidate) ? "io.note.counts_from" : "io.note.values_from",
                    {{"where", candidate.where}}));
      return;
    }
  }

  void read_embeddings() {
    const auto group = file_.find("obsm");
    if (group == undefined_address || file_.is_dataset(group)) return;
    for (const auto& link : file_.links(group)) {
      const auto where = "obsm/" + link.name;
      try {
        const auto at = file_.find(link.name, group);
        if (at == undefined_address) continue;
        if (!file_.is_dataset(at))
          refuse("io.column_unknown",
                 {{"where", where}, {"encoding", file_.text_attribute(at, "encoding-type")}});
        const auto dataset = file_.dataset(at, where);
        if (dataset.space.shape.size() != 2)
          refuse("io.wrong_dimensions", {{"where", where}, {"expected", 2}});
        if (dataset.space.shape[0] != dataset_.obs.index.size())
          refuse("io.rows_differ", {{"where", where},
                                    {"found", dataset.space.shape[0]},
                                    {"expected", dataset_.obs.index.size()}});
        const auto values = hdf5::read_reals(file_, dataset);
        DenseBlock block;
        block.n_rows = dataset.space.shape[0];
        block.n_columns = dataset.space.shape[1];
        block.values.assign(values.begin(), values.end());
        dataset_.obsm.emplace(link.name, std::move(block));
      } catch (const Refusal& refusal) {
        dataset_.notes.push_back(message("io.note.column_skipped",
                                         {{"where", where}, {"reason", refusal.error.message}}));
      }
    }
  }

  const File& file_;
  const Context& context_;
  Dataset dataset_;
  DataFrame var_, raw_var_;
  std::vector<Candidate> candidates_;
  std::vector<Error> failures_;
};

}  // namespace

Dataset read_h5ad(const File& file, const Context& context) {
  return H5adReader(file, context).read();
}

}  // namespace celloquy::io
