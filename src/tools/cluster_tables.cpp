#include "tools/cluster_tables.hpp"

#include "plots/plots.hpp"
#include "tools/build.hpp"
#include "tools/group_resolution.hpp"

namespace celloquy::tools {
namespace {

Table plain_table(const Grouping& grouping) {
  Table table{"clusters", message("tools.title.clusters"), {}};
  auto name = table_column("cluster", "tools.title.cluster", "", NameKind::group);
  auto cells = table_column("n_cells", "tools.title.n_cells", "cells");
  auto share = table_column("percent", "tools.title.percent", "%");
  const auto sizes = grouping.sizes();
  for (std::uint32_t g = 0; g < grouping.n_groups(); ++g) {
    name.cells.push_back(
        Value::name(group_name(grouping, static_cast<std::int32_t>(g)), NameKind::group));
    cells.cells.push_back(Value::count(sizes[g], "cells"));
    share.cells.push_back(
        Value::number(percent(sizes[g], static_cast<double>(grouping.codes.size())), "%"));
  }
  table.columns = {std::move(name), std::move(cells), std::move(share)};
  return table;
}

}  // namespace

Status add_clusters(Pipeline& pipeline, Finding& finding) {
  CELLOQUY_TRY(const Grouping grouping, pipeline.cluster_grouping());
  finding.values["n_clusters"] = Value::count(grouping.n_groups(), "clusters");
  finding.values["n_cells"] = Value::count(static_cast<double>(grouping.codes.size()), "cells");
  finding.values["resolution"] = Value::number(pipeline.resolution(), "");
  const auto labels = annotation(pipeline, grouping);
  if (labels) {
    CELLOQUY_TRY(Table table, annotation_table(pipeline, grouping, **labels));
    finding.tables.push_back(std::move(table));
    add_annotation_caveats(pipeline, **labels, finding);
    return {};
  }
  if (labels.error().code == ErrorCode::cancelled) return tl::make_unexpected(labels.error());
  finding.tables.push_back(plain_table(grouping));
  finding.values["no_labels"] = Value::name(labels.error().message, NameKind::none);
  finding.caveats.push_back({"tools.text", {{"text", "no_labels"}}});
  return {};
}

Expected<Plot> cluster_plot(Pipeline& pipeline) {
  CELLOQUY_TRY(const Grouping grouping, pipeline.cluster_grouping());
  CELLOQUY_TRY(const auto layout, pipeline.layout());
  const Text title = message("tools.plot.clusters");
  return Plot{title, plots::embedding_by_group(
                         title, {layout->layout, layout->n_components, "UMAP"},
                         {message("tools.title.cluster"), grouping.names, grouping.codes})};
}

Expected<std::map<std::string, std::string>> cluster_slots(Pipeline& pipeline, double resolution) {
  std::map<std::string, std::string> slots;
  CELLOQUY_TRY(slots["clusters"], pipeline.clusters_key(resolution));
  CELLOQUY_TRY(slots["layout"], pipeline.layout_key());
  slots["labels"] = slots["clusters"] + ":labels";
  slots["resolution"] = nlohmann::json(resolution).dump();
  return slots;
}

}  // namespace celloquy::tools
