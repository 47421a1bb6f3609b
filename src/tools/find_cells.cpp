// Which cells look like what a text says: a score and a probability a cell.

#include <algorithm>
#include <numeric>

#include "knowledge/knowledge.hpp"
#include "plots/plots.hpp"
#include "tools/annotation.hpp"
#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/code_pieces.hpp"
#include "tools/group_resolution.hpp"
#include "tools/methods.hpp"
#include "tools/space/text_evidence.hpp"

namespace celloquy::tools {
namespace {

constexpr std::size_t nearest_cells = 50;  ///< looked at when no cell is meant
constexpr double few_cells = 10;           ///< matches fewer than this may be chance or doublets
constexpr std::size_t genes_in_code = 25;
constexpr float good_fit = 0.8f;  ///< from which on a type is said to fit

/// Kept cells by position: those that are meant, or else those with the highest scores.
struct Matches {
  std::vector<std::uint32_t> positions;  ///< ascending
  bool found = false;
};

Matches matches_of(const TextSearch& search) {
  Matches out{found_cells(search.probability), false};
  out.found = !out.positions.empty();
  if (out.found) return out;
  std::vector<std::uint32_t> order(search.score.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return search.score[a] > search.score[b]; });
  order.resize(std::min(nearest_cells, order.size()));
  std::sort(order.begin(), order.end());
  out.positions = std::move(order);
  return out;
}

struct ClusterRow {
  std::uint32_t code;
  double n = 0, score = 0, matching = 0;
};

/// Clusters with the most of the cells first, then by mean score.
std::vector<ClusterRow> cluster_rows(const Grouping& clusters, const TextSearch& search,
                                     const Matches& matches) {
  std::vector<ClusterRow> rows(clusters.n_groups());
  for (std::uint32_t g = 0; g < rows.size(); ++g) rows[g].code = g;
  for (std::size_t i = 0; i < clusters.codes.size(); ++i)
    if (clusters.codes[i] >= 0) {
      auto& row = rows[static_cast<std::size_t>(clusters.codes[i])];
      ++row.n;
      row.score += static_cast<double>(search.score[i]);
    }
  for (const auto i : matches.positions)
    if (clusters.codes[i] >= 0) ++rows[static_cast<std::size_t>(clusters.codes[i])].matching;
  for (auto& row : rows)
    if (row.n > 0) row.score /= row.n;
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.matching != b.matching ? a.matching > b.matching : a.score > b.score;
  });
  return rows;
}

/// `labels` null: clusters stay without names.
Table cluster_table(const Grouping& clusters, const std::vector<ClusterRow>& rows,
                    const annotate::Result* labels, bool found) {
  Table table{"clusters", message("tools.title.clusters"), {}};
  auto cluster = table_column("cluster", "tools.title.cluster", "", NameKind::group);
  auto cells = table_column("n_cells", "tools.title.n_cells", "cells");
  auto score = table_column("score", "tools.title.mean_score");
  auto matching = table_column("n_matching",
                               found ? "tools.title.n_matching" : "tools.title.n_nearest", "cells");
  auto share = table_column(
      "percent", found ? "tools.title.percent_matching" : "tools.title.percent_nearest", "%");
  auto label = table_column("label", "tools.title.cell_type", "", NameKind::cell_type);
  for (const auto& row : rows) {
    cluster.cells.push_back(
        Value::name(group_name(clusters, static_cast<std::int32_t>(row.code)), NameKind::group));
    cells.cells.push_back(Value::count(row.n, "cells"));
    score.cells.push_back(Value::number(row.score, ""));
    matching.cells.push_back(Value::count(row.matching, "cells"));
    share.cells.push_back(Value::number(percent(row.matching, row.n), "%"));
    label.cells.push_back(Value::name(
        labels ? labels->groups[row.code].label : message("tools.none"), NameKind::cell_type));
  }
  table.columns = {std::move(cluster),  std::move(cells), std::move(score),
                   std::move(matching), std::move(share), std::move(label)};
  return table;
}

void say_counts(Finding& finding, const TextSearch& search, const Matches& matches) {
  auto& values = finding.values;
  const double n = matches.found ? static_cast<double>(matches.positions.size()) : 0;
  const double total = static_cast<double>(search.score.size());
  double probability = 0;
  for (const float p : search.probability)
    probability = std::max(probability, static_cast<double>(p));
  values["n_total"] = Value::count(total, "cells");
  values["n_found"] = Value::count(n, "cells");
  values["percent"] = Value::number(percent(n, total), "%");
  values["threshold"] = Value::number(least_probability, "");
  values["highest_probability"] = Value::number(probability, "");
  values["n_looked_at"] = Value::count(static_cast<double>(matches.positions.size()), "cells");
  if (matches.found) {
    say(finding.statements, plural(n, "tools.find_cells.found_one", "tools.find_cells.found"),
        {"text", "n_found", "n_total", "percent", "threshold"});
    if (n < few_cells) say(finding.caveats, "tools.find_cells.caveat_few");
  } else {
    say(finding.statements, "tools.find_cells.none", {"text", "n_total", "threshold"});
  }
}

/// Which common cell types the text was taken to mean; of equal fits the more frequent first.
Status add_types(Pipeline& pipeline, const TextSearch& search, Finding& finding) {
  CELLOQUY_TRY(const auto labels, panel_labels(pipeline));
  Table table{"types", message("tools.title.panel_types"), {}};
  auto name = table_column("type", "tools.title.cell_type", "", NameKind::cell_type);
  auto fit = table_column("fit", "tools.title.fit");
  auto probability = table_column("probability", "tools.title.mean_probability");
  std::size_t n_said = 0;
  for (const auto& one : search.types) {
    const auto& type = (*labels->types)[one.type];
    CELLOQUY_TRY(const auto called, type_name(type));
    name.cells.push_back(Value::name(called, NameKind::cell_type));
    fit.cells.push_back(Value::number(static_cast<double>(one.fit), ""));
    probability.cells.push_back(Value::number(one.probability, ""));
    n_said += one.fit >= good_fit;
  }
  table.columns = {std::move(name), std::move(fit), std::move(probability)};
  finding.tables.push_back(std::move(table));
  Statement statement{"tools.find_cells.types",
                      {{"types", rows_of("types.type", std::max<std::size_t>(1, n_said))}}};
  if (search.finer) {
    statement.message = "tools.find_cells.finer";
    statement.blanks.emplace_back("read_as", "read_as");
  }
  finding.statements.push_back(std::move(statement));
  return {};
}

/// Where these cells are among the clusters. Too few genes or cells for
/// clusters: the answer goes without them.
Status add_clusters(Pipeline& pipeline, const TextSearch& search, const Matches& matches,
                    Finding& finding) {
  const auto clusters = pipeline.cluster_grouping();
  if (pipeline.context().cancelled()) return cancelled_error();
  if (!clusters) return {};
  const auto labels = annotation(pipeline, *clusters);
  if (pipeline.context().cancelled()) return cancelled_error();
  const auto rows = cluster_rows(*clusters, search, matches);
  const annotate::Result* names = labels ? labels->get() : nullptr;
  finding.tables.push_back(cluster_table(*clusters, rows, names, matches.found));
  const bool named = names && names->groups[rows.front().code].known;
  std::string id = matches.found ? "tools.find_cells.cluster" : "tools.find_cells.nearest";
  Statement statement{id + (named ? "" : "_unnamed"),
                      {{"cluster", "clusters.cluster[0]"},
                       {"n", "clusters.n_matching[0]"},
                       {"percent", "clusters.percent[0]"},
                       {"looked_at", "n_looked_at"}}};
  if (named) statement.blanks.emplace_back("label", "clusters.label[0]");
  finding.statements.push_back(std::move(statement));
  return {};
}

Status add_plot(Pipeline& pipeline, const std::string& text, const TextSearch& search,
                Finding& finding) {
  const auto layout = pipeline.layout();
  if (pipeline.context().cancelled()) return cancelled_error();
  if (!layout) return {};
  const Text title = message("tools.plot.search", {{"text", text}});
  finding.plots.push_back(
      {title, plots::embedding_by_value(title, {(*layout)->layout, (*layout)->n_components, "UMAP"},
                                        search.score, message("tools.title.score"))});
  return {};
}

EquivalentCode code(Pipeline& pipeline, const std::vector<std::string>& genes) {
  return whole_code(
      pipeline, Needs::normalized,
      {"import scanpy as sc\n"
       "# the strongest genes that celloquy reads the text as\n"
       "genes = " +
           python_list(genes) +
           "\n"
           "sc.tl.score_genes(adata, [g for g in genes if g in adata.var_names], "
           "score_name=\"celloquy_score\")\n"
           "print(adata.obs[\"celloquy_score\"].nlargest(10))\n",
       "# the strongest genes that celloquy reads the text as\n"
       "genes <- " +
           r_vector(genes) +
           "\n"
           "object <- AddModuleScore(object, features = list(intersect(genes, rownames(object))), "
           "name = \"celloquy_score\")\n"
           "print(head(sort(object$celloquy_score1, decreasing = TRUE), 10))\n"});
}

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  const std::string text = arguments.text("text").value_or("");
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(const auto kept, pipeline.cells());
  CELLOQUY_TRY(const auto search, search_cells(pipeline, text));
  CELLOQUY_TRY(const auto cells, cell_view(pipeline));
  const Matches matches = matches_of(search);
  Finding finding;
  say_counts(finding, search, matches);
  // Before all else: an answer to another question is none.
  add_reading(finding, text, search.text);
  if (is_unknown(search.text))
    say(finding.statements, "tools.find_cells.unknown");
  else
    CELLOQUY_CHECK(add_types(pipeline, search, finding));
  CELLOQUY_CHECK(add_clusters(pipeline, search, matches, finding));
  CELLOQUY_CHECK(add_gene_shares(
      pipeline, *cells, search.text, matches.positions,
      matches.found ? "tools.find_cells.genes" : "tools.find_cells.genes_nearest", finding));
  add_sources(finding, search.text);
  CELLOQUY_CHECK(add_plot(pipeline, text, search, finding));
  if (matches.found) finding.selection = selection_of(kept->kept, matches.positions);
  say(finding.caveats, "tools.find_cells.caveat_panel");
  add_input_caveats(pipeline, finding);
  finding.method = message("tools.method.find_cells", {{"threshold", least_probability}});
  finding.references = {citation("sentence_bert"), citation("module_score"),
                        citation("cell_ontology")};
  say_done_first(pipeline, finding);
  finding.code = code(pipeline, strongest_genes(*data, *cells, search.text, genes_in_code));
  return finding;
}

}  // namespace

std::unique_ptr<Tool> find_cells_tool() {
  return make_tool({"find_cells",
                    message("tools.find_cells.purpose"),
                    {required(argument("text", ArgumentType::text, "tools.find_cells.text"))},
                    false},
                   run);
}

}  // namespace celloquy::tools
