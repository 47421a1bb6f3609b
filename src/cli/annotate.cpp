// celloquy annotate FILE: names for clusters or for the groups of a column, a line a cell.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "tools/annotation.hpp"
#include "tools/pipeline/pipeline.hpp"
#include "tools/tool.hpp"

namespace celloquy::cli {
namespace {

/// cell, label, probability, second label, Cell Ontology id, group; a header and
/// a line a kept cell. The probability is that of the cell's group.
std::string cell_table(const Dataset& data, const std::vector<std::uint32_t>& cells,
                       const tools::Grouping& grouping, const annotate::Result& labels) {
  std::string out = "cell\tlabel\tprobability\tsecond_label\tcell_ontology_id\tgroup\n";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    out += data.obs.index[cells[i]];
    const auto code = grouping.codes[i];
    if (code < 0) {
      out += "\tunknown\t\t\t\t\n";
      continue;
    }
    const auto& label = labels.groups[static_cast<std::size_t>(code)];
    const std::string second = label.alternative ? label.alternative->label.en : "";
    out += fmt::format("\t{}\t{:.4f}\t{}\t{}\t{}\n", label.label.en, label.confidence, second,
                       label.id, grouping.names[static_cast<std::size_t>(code)].en);
  }
  return out;
}

Expected<tools::Grouping> grouping_of(tools::Pipeline& pipeline, const std::string& column) {
  return column.empty() ? pipeline.cluster_grouping() : pipeline.field_grouping(column);
}

Status write_cells(workspace::Study& study, const AnnotateCommand& command,
                   const Context& context) {
  tools::Pipeline pipeline(study, context);
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(const auto cells, pipeline.cells());
  CELLOQUY_TRY(const auto grouping, grouping_of(pipeline, command.by));
  CELLOQUY_TRY(const auto labels, tools::annotation(pipeline, grouping));
  return workspace::write_file_atomically(command.cells,
                                          cell_table(*data, cells->kept, grouping, *labels));
}

}  // namespace

int annotate(const AnnotateCommand& command, const Settings& settings) {
  Session session(settings);
  auto study = workspace::Study::open(command.file, {settings.workspace, "default", false},
                                      session.context());
  if (!study) return report_error(study.error(), settings);
  if (!command.cells.empty()) {
    const auto written = write_cells(**study, command, session.context());
    if (!written) return report_error(written.error(), settings);
  }
  nlohmann::json arguments = nlohmann::json::object();
  if (!command.by.empty()) arguments["by"] = command.by;
  const auto finding =
      tools::Registry::standard().run("annotate", **study, arguments, session.context());
  return report_finding(finding, settings);
}

}  // namespace celloquy::cli
