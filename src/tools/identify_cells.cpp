// Which of some names these cells are, in the user's own words.

#include <algorithm>

#include "knowledge/knowledge.hpp"
#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/code_pieces.hpp"
#include "tools/group_resolution.hpp"
#include "tools/methods.hpp"
#include "tools/space/text_evidence.hpp"

namespace celloquy::tools {
namespace {

constexpr std::size_t most_labels = 30;
constexpr std::size_t genes_in_code = 15;
/// Mean probability from which on a name is given to all of the cells together.
constexpr double clear_majority = 0.6;
/// Fewer cells (%) than this look like any of the names: said before anything else.
constexpr double mostly_of_these = 50;

/// The cells that are asked about.
struct Asked {
  std::vector<std::uint32_t> positions;  ///< among the kept cells
  Text name;
  Grouping grouping;  ///< what they are shown by
};

Expected<Asked> asked_cells(Pipeline& pipeline, const Arguments& arguments) {
  Asked out;
  CELLOQUY_TRY(const auto kept, pipeline.cells());
  if (const auto text = arguments.text("group")) {
    CELLOQUY_TRY(const auto group, resolve_group(pipeline, *text));
    out.positions = group.positions();
    out.name = group.name;
  } else if (const auto search_text = arguments.text("matching")) {
    CELLOQUY_TRY(const auto search, search_cells(pipeline, *search_text));
    out.positions = found_cells(search.probability);
    if (out.positions.empty())
      return failure(ErrorCode::cannot_answer, "tools.identify.no_match", {{"text", *search_text}});
    out.name = message("tools.identify.matching", {{"text", *search_text}});
  } else {
    for (std::uint32_t i = 0; i < kept->kept.size(); ++i) out.positions.push_back(i);
    out.name = message("tools.identify.all");
  }
  return out;
}

/// Columns of a decoding, a cell each.
struct Shares {
  std::vector<double> mean;                 ///< of the probability, by label
  std::vector<double> most_likely;          ///< cells, by label
  std::vector<std::uint32_t> best_of_cell;  ///< label, by cell
};

Shares shares_of(const space::Decoding& decoded) {
  Shares out{
      std::vector<double>(decoded.n_labels, 0), std::vector<double>(decoded.n_labels, 0), {}};
  for (std::size_t i = 0; i < decoded.n_cells; ++i) {
    const float* row = decoded.probability.data() + i * decoded.n_labels;
    for (std::size_t l = 0; l < decoded.n_labels; ++l) out.mean[l] += static_cast<double>(row[l]);
    const auto best = std::max_element(row, row + decoded.n_labels) - row;
    ++out.most_likely[static_cast<std::size_t>(best)];
    out.best_of_cell.push_back(static_cast<std::uint32_t>(best));
  }
  for (auto& mean : out.mean) mean /= std::max<double>(1, static_cast<double>(decoded.n_cells));
  return out;
}

/// The names with the most probable first.
Table label_table(const std::vector<std::string>& labels,
                  std::span<const space::TextVector> vectors, const Shares& shares,
                  double n_cells) {
  Table table{"labels", message("tools.title.labels"), {}};
  auto name = table_column("label", "tools.title.cell_type", "", NameKind::cell_type);
  auto read = table_column("read_as", "tools.title.read_as", "", NameKind::cell_type);
  auto mean = table_column("probability", "tools.title.mean_probability");
  auto cells = table_column("n_cells", "tools.title.n_most_likely", "cells");
  auto percents = table_column("percent", "tools.title.percent", "%");
  std::vector<std::size_t> order(labels.size());
  for (std::size_t l = 0; l < order.size(); ++l) order[l] = l;
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return shares.mean[a] > shares.mean[b]; });
  for (const auto l : order) {
    name.cells.push_back(Value::name(labels[l], NameKind::cell_type));
    read.cells.push_back(Value::name(vectors[l].read_as, NameKind::cell_type));
    mean.cells.push_back(Value::number(shares.mean[l], ""));
    cells.cells.push_back(Value::count(shares.most_likely[l], "cells"));
    percents.cells.push_back(Value::number(percent(shares.most_likely[l], n_cells), "%"));
  }
  table.columns = {std::move(name), std::move(read), std::move(mean), std::move(cells),
                   std::move(percents)};
  return table;
}

/// Mean probability of each name in each cluster that holds some of the cells.
Table cluster_table(const Grouping& clusters, const Asked& asked, const space::Decoding& decoded,
                    const std::vector<std::string>& labels) {
  Table table{"clusters", message("tools.title.clusters"), {}};
  auto cluster = table_column("cluster", "tools.title.cluster", "", NameKind::group);
  auto cells = table_column("n_cells", "tools.title.n_cells", "cells");
  std::vector<TableColumn> columns;
  for (std::size_t l = 0; l < labels.size(); ++l)
    columns.push_back(
        {"label_" + std::to_string(l + 1), Text::same(labels[l]), "", NameKind::none, {}});
  for (std::uint32_t g = 0; g < clusters.n_groups(); ++g) {
    double n = 0;
    std::vector<double> sum(labels.size(), 0);
    for (std::size_t i = 0; i < asked.positions.size(); ++i) {
      if (clusters.codes[asked.positions[i]] != static_cast<std::int32_t>(g)) continue;
      ++n;
      for (std::size_t l = 0; l < labels.size(); ++l)
        sum[l] += static_cast<double>(decoded.probability[i * decoded.n_labels + l]);
    }
    if (n == 0) continue;
    cluster.cells.push_back(
        Value::name(group_name(clusters, static_cast<std::int32_t>(g)), NameKind::group));
    cells.cells.push_back(Value::count(n, "cells"));
    for (std::size_t l = 0; l < labels.size(); ++l)
      columns[l].cells.push_back(Value::number(sum[l] / n, ""));
  }
  table.columns = {std::move(cluster), std::move(cells)};
  for (auto& column : columns) table.columns.push_back(std::move(column));
  return table;
}

/// Most of the cells are one of the names, also against other types.
bool says_fits(const Finding& finding) {
  return std::get<double>(finding.values.at("percent_any").content) >= mostly_of_these;
}

/// Are they any of these at all? What the panel of common types says of the cells.
Status compare_with_others(Pipeline& pipeline, const Asked& asked,
                           const std::vector<space::TextVector>& vectors, Finding& finding) {
  CELLOQUY_TRY(const auto any, any_of(pipeline, vectors));
  CELLOQUY_TRY(const auto panel, panel_labels(pipeline));
  const auto& decoded = panel->decoded;
  double n_any = 0;
  std::vector<double> besides(decoded.n_labels, 0);  // probability of types that no name fits
  for (const auto position : asked.positions) {
    n_any += any.probability[position] >= static_cast<float>(least_probability);
    const float* row = decoded.probability.data() + std::size_t{position} * decoded.n_labels;
    for (std::size_t t = 0; t < besides.size(); ++t)
      besides[t] += static_cast<double>(row[t]) * (1 - static_cast<double>(any.fit[t]));
  }
  const double n = static_cast<double>(asked.positions.size());
  finding.values["n_any"] = Value::count(n_any, "cells");
  finding.values["percent_any"] = Value::number(percent(n_any, n), "%");
  const auto best = std::max_element(besides.begin(), besides.end());
  const auto t = static_cast<std::size_t>(best - besides.begin());
  double mean = 0;
  for (const auto position : asked.positions)
    mean += static_cast<double>(decoded.probability[std::size_t{position} * decoded.n_labels + t]);
  CELLOQUY_TRY(const auto other, type_name((*panel->types)[t]));
  finding.values["other"] = Value::name(other, NameKind::cell_type);
  finding.values["other_probability"] = Value::number(mean / n, "");
  if (!says_fits(finding))
    say(finding.statements, "tools.identify.none_of_these",
        {"n_cells", "group", "percent_any", "other", "other_probability"});
  else
    say(finding.statements, "tools.identify.any_of_these", {"percent_any"});
  return {};
}

EquivalentCode code(Pipeline& pipeline, const Dataset& data, const CellView& cells,
                    const std::vector<std::string>& labels,
                    const std::vector<space::TextVector>& vectors) {
  std::string scanpy =
      "import scanpy as sc\n# the strongest genes that celloquy reads each name as\n";
  std::string seurat = "# the strongest genes that celloquy reads each name as\n";
  for (std::size_t l = 0; l < labels.size(); ++l) {
    const auto genes = strongest_genes(data, cells, vectors[l], genes_in_code);
    scanpy += "sc.tl.score_genes(adata, [g for g in " + python_list(genes) +
              " if g in adata.var_names], score_name=" + literal(labels[l]) + ")\n";
    seurat += "object <- AddModuleScore(object, features = list(intersect(" + r_vector(genes) +
              ", rownames(object))), name = \"label_" + std::to_string(l + 1) + "_\")  # " +
              labels[l] + "\n";
  }
  scanpy += "print(adata.obs[" + python_list(labels) + "].idxmax(axis=1).value_counts())\n";
  return whole_code(pipeline, Needs::normalized, {scanpy, seurat});
}

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  const auto labels = arguments.list("labels");
  if (labels.size() < 2 || labels.size() > most_labels)
    return failure(ErrorCode::usage, "tools.identify.how_many", {{"most", most_labels}});
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(auto* tower, text_tower());
  CELLOQUY_TRY(const auto vectors,
               tower->encode(labels, space::TextUse::labels, pipeline.context()));
  CELLOQUY_TRY(const auto asked, asked_cells(pipeline, arguments));
  CELLOQUY_TRY(const auto decoded, label_some_cells(pipeline, vectors, asked.positions));
  CELLOQUY_TRY(const auto cells, cell_view(pipeline));
  const Shares shares = shares_of(decoded);
  const double n = static_cast<double>(asked.positions.size());
  Finding finding;
  finding.values["n_cells"] = Value::count(n, "cells");
  finding.values["group"] = Value::name(asked.name, NameKind::group);
  finding.tables.push_back(label_table(labels, vectors, shares, n));
  CELLOQUY_CHECK(compare_with_others(pipeline, asked, vectors, finding));
  const double best = std::get<double>(finding.tables[0].columns[2].cells[0].content);
  // What does not fit any of the names is not "rather" one of them.
  const bool fits = says_fits(finding);
  Statement verdict{!fits                    ? "tools.identify.forced"
                    : best >= clear_majority ? "tools.identify.rather"
                                             : "tools.identify.undecided",
                    {{"group", "group"},
                     {"n_cells", "n_cells"},
                     {"first", "labels.label[0]"},
                     {"second", "labels.label[1]"},
                     {"probability", "labels.probability[0]"}}};
  finding.statements.push_back(std::move(verdict));
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const std::string at = "[" + std::to_string(row) + "]";
    finding.statements.push_back({"tools.identify.label_row",
                                  {{"label", "labels.label" + at},
                                   {"n", "labels.n_cells" + at},
                                   {"percent", "labels.percent" + at},
                                   {"probability", "labels.probability" + at}}});
  }
  const auto clusters = pipeline.cluster_grouping();
  if (pipeline.context().cancelled()) return cancelled_error();
  if (clusters) finding.tables.push_back(cluster_table(*clusters, asked, decoded, labels));
  CELLOQUY_TRY(const auto kept, pipeline.cells());
  finding.selection = selection_of(kept->kept, asked.positions);
  say(finding.caveats, "tools.identify.caveat_closed");
  add_input_caveats(pipeline, finding);
  finding.method = message("tools.method.identify_cells");
  finding.references = {citation("sentence_bert"), citation("cell_ontology")};
  say_done_first(pipeline, finding);
  finding.code = code(pipeline, *data, *cells, labels, vectors);
  return finding;
}

}  // namespace

std::unique_ptr<Tool> identify_cells_tool() {
  using enum ArgumentType;
  return make_tool({"identify_cells",
                    message("tools.identify_cells.purpose"),
                    {required(argument("labels", groups, "tools.identify_cells.labels")),
                     argument("group", group, "tools.identify_cells.group"),
                     argument("matching", text, "tools.identify_cells.matching")},
                    false},
                   run);
}

}  // namespace celloquy::tools
