#include "tools/annotation.hpp"

#include <algorithm>

#include "tools/build.hpp"
#include "tools/group_resolution.hpp"

namespace celloquy::tools {

std::string annotation_key(const Grouping& grouping) {
  return workspace::result_key(std::vector<std::string>{grouping.key}, "annotate",
                               nlohmann::json::object(), 1);
}

Expected<Shared<annotate::Result>> annotation(Pipeline& pipeline, const Grouping& grouping) {
  const std::string key = annotation_key(grouping);
  return pipeline.memo<annotate::Result>("annotate", key, [&]() -> Expected<annotate::Result> {
    CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
    CELLOQUY_TRY(const auto summary, pipeline.summary(grouping));
    annotate::Inputs inputs;
    inputs.n_groups = summary->n_groups;
    inputs.n_genes = summary->n_genes;
    inputs.mean = summary->mean;
    inputs.fraction = summary->fraction;
    inputs.gene_names = data->var.index;
    annotate::Options options;
    options.organism = data->organism.organism == "mouse" ? knowledge::Organism::mouse
                                                          : knowledge::Organism::human;
    return annotate::compute(inputs, options, pipeline.context());
  });
}

Expected<Grouping> label_grouping(Pipeline& pipeline) {
  CELLOQUY_TRY(const Grouping clusters, pipeline.cluster_grouping());
  CELLOQUY_TRY(const auto labels, annotation(pipeline, clusters));
  Grouping out;
  out.kind = Grouping::Kind::labels;
  out.field = "label";
  out.key = clusters.key + ":labels";
  std::vector<std::int32_t> code_of(labels->groups.size(), -1);
  for (std::size_t cluster = 0; cluster < labels->groups.size(); ++cluster) {
    const Text& name = labels->groups[cluster].label;
    const auto known = std::find_if(out.names.begin(), out.names.end(),
                                    [&](const Text& other) { return other.en == name.en; });
    code_of[cluster] = static_cast<std::int32_t>(known - out.names.begin());
    if (known == out.names.end()) out.names.push_back(name);
  }
  for (const auto code : clusters.codes)
    out.codes.push_back(code < 0 ? -1 : code_of[static_cast<std::size_t>(code)]);
  return out;
}

namespace {

/// The genes that spoke most for the name.
std::string deciding_genes(const Dataset& data, const annotate::GroupLabel& label,
                           std::size_t most) {
  std::string out;
  std::size_t n = 0;
  for (const auto& evidence : label.evidence) {
    if (!(evidence.contribution > 0) || !evidence.marker || n == most) continue;
    out += (n++ ? ", " : "") + data.var.index[evidence.gene];
  }
  return out;
}

}  // namespace

Expected<Table> annotation_table(Pipeline& pipeline, const Grouping& grouping,
                                 const annotate::Result& labels) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  Table table{"clusters", message("tools.title.clusters"), {}};
  auto name = table_column("cluster", "tools.title.cluster", "", NameKind::group);
  auto cells = table_column("n_cells", "tools.title.n_cells", "cells");
  auto share = table_column("percent", "tools.title.percent", "%");
  auto label = table_column("label", "tools.title.cell_type", "", NameKind::cell_type);
  auto id = table_column("ontology_id", "tools.title.ontology_id");
  auto confidence = table_column("confidence", "tools.title.confidence", "");
  auto genes = table_column("genes", "tools.title.deciding_genes", "", NameKind::gene);
  auto second = table_column("alternative", "tools.title.alternative", "", NameKind::cell_type);
  const auto sizes = grouping.sizes();
  const Text none = message("tools.none");
  for (std::uint32_t g = 0; g < grouping.n_groups(); ++g) {
    const auto& one = labels.groups[g];
    name.cells.push_back(
        Value::name(group_name(grouping, static_cast<std::int32_t>(g)), NameKind::group));
    cells.cells.push_back(Value::count(sizes[g], "cells"));
    share.cells.push_back(
        Value::number(percent(sizes[g], static_cast<double>(grouping.codes.size())), "%"));
    label.cells.push_back(Value::name(one.label, NameKind::cell_type));
    id.cells.push_back(Value::name(one.id, NameKind::none));
    confidence.cells.push_back(Value::number(one.confidence, ""));
    const std::string deciding = deciding_genes(*data, one, 4);
    genes.cells.push_back(deciding.empty() ? Value::name(none, NameKind::none)
                                           : Value::name(deciding, NameKind::gene));
    second.cells.push_back(one.alternative
                               ? Value::name(one.alternative->label, NameKind::cell_type)
                               : Value::name(none, NameKind::none));
  }
  table.columns = {std::move(name), std::move(cells),      std::move(share), std::move(label),
                   std::move(id),   std::move(confidence), std::move(genes), std::move(second)};
  return table;
}

void add_annotation_caveats(Pipeline& pipeline, const annotate::Result& labels, Finding& finding) {
  const auto data = pipeline.dataset();
  if (data && (*data)->organism.organism != "human" && (*data)->organism.organism != "mouse")
    say(finding.caveats, "tools.annotate.caveat_organism");
  say(finding.caveats, "tools.annotate.caveat_signature");
  for (std::size_t i = 0; i < labels.caveats.size(); ++i) {
    const std::string name = "annotation_note_" + std::to_string(i + 1);
    finding.values[name] = Value::name(labels.caveats[i], NameKind::none);
    finding.caveats.push_back({"tools.text", {{"text", name}}});
  }
}

}  // namespace celloquy::tools
