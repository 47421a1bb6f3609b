// Which clusters there are, how large, and what they seem to be.

#include <algorithm>

#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/cluster_tables.hpp"
#include "tools/code_pieces.hpp"
#include "tools/group_resolution.hpp"
#include "tools/methods.hpp"
#include "tools/space/captions.hpp"

namespace celloquy::tools {
namespace {

/// The columns caption and state.
void add_captions(Table& table, const Captions& captions) {
  auto type = table_column("caption", "tools.title.captions", "", NameKind::cell_type);
  auto state = table_column("state", "tools.title.caption_state");
  for (const auto& caption : captions.groups) {
    type.cells.push_back(Value::name(caption.type, NameKind::cell_type));
    state.cells.push_back(
        Value::name(is_worth_saying(caption.state) ? caption.state.name : message("tools.none"),
                    NameKind::none));
  }
  table.columns.push_back(std::move(type));
  table.columns.push_back(std::move(state));
}

Expected<Finding> run(Pipeline& pipeline, const Arguments&) {
  Finding finding;
  CELLOQUY_CHECK(add_clusters(pipeline, finding));
  CELLOQUY_TRY(const auto grouping, pipeline.cluster_grouping());
  const auto captions = accepted_captions(pipeline, grouping);
  if (captions) add_captions(finding.tables.front(), *captions);
  const Table& table = finding.tables.front();
  say(finding.statements,
      plural(static_cast<double>(table.n_rows()), "tools.clusters.one", "tools.clusters.many"),
      {"n_clusters", "n_cells", "resolution"});
  const bool labelled = table.find("label") != nullptr;
  for (std::size_t row = 0; row < std::min<std::size_t>(table.n_rows(), 40); ++row) {
    const std::string at = "[" + std::to_string(row) + "]";
    Statement statement{labelled ? "tools.clusters.labelled_row" : "tools.clusters.row",
                        {{"cluster", "clusters.cluster" + at},
                         {"cells", "clusters.n_cells" + at},
                         {"percent", "clusters.percent" + at}}};
    if (labelled) statement.blanks.emplace_back("label", "clusters.label" + at);
    if (labelled && captions) {
      statement.message = "tools.clusters.captioned_row";
      statement.blanks.emplace_back("type", "clusters.caption" + at);
    }
    finding.statements.push_back(std::move(statement));
  }
  CELLOQUY_TRY(auto plot, cluster_plot(pipeline));
  finding.plots.push_back(std::move(plot));
  finding.method = cluster_method(pipeline);
  finding.references = cluster_references();
  say(finding.caveats, "tools.caveat.clusters_choice");
  add_input_caveats(pipeline, finding);
  if (pipeline.computed("leiden")) say(finding.done_first, "tools.done_first.clusters_only");
  finding.code = whole_code(
      pipeline, Needs::clusters,
      {"print(adata.obs[\"leiden\"].value_counts())\n", "print(table(Idents(object)))\n"});
  return finding;
}

}  // namespace

std::unique_ptr<Tool> list_clusters_tool() {
  return make_tool({"list_clusters", message("tools.list_clusters.purpose"), {}, false}, run);
}

}  // namespace celloquy::tools
