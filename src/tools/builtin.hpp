#pragma once
// The built-in tools and what they are made of. docs/add_a_tool.md.

#include <functional>
#include <memory>

#include "tools/arguments.hpp"
#include "tools/pipeline/pipeline.hpp"
#include "tools/tool.hpp"

namespace celloquy::tools {

using ToolFunction = std::function<Expected<Finding>(Pipeline&, const Arguments&)>;

/// A tool from its schema and one function. The function gets checked
/// arguments; name, arguments and whether all was cached are filled in after
/// it, and everything that was computed is on disk before the caller hears of it.
std::unique_ptr<Tool> make_tool(ToolSchema schema, ToolFunction run);

std::unique_ptr<Tool> describe_data_tool();
std::unique_ptr<Tool> quality_control_tool();
std::unique_ptr<Tool> filter_cells_tool();
std::unique_ptr<Tool> run_analysis_tool();
std::unique_ptr<Tool> list_clusters_tool();
std::unique_ptr<Tool> recluster_tool();
std::unique_ptr<Tool> markers_tool();
std::unique_ptr<Tool> find_doublets_tool();
std::unique_ptr<Tool> correct_batches_tool();
std::unique_ptr<Tool> annotate_tool();
std::unique_ptr<Tool> select_cells_tool();
std::unique_ptr<Tool> find_cells_tool();
std::unique_ptr<Tool> identify_cells_tool();
std::unique_ptr<Tool> caption_clusters_tool();
std::unique_ptr<Tool> how_sure_tool();
std::unique_ptr<Tool> count_cells_tool();
std::unique_ptr<Tool> gene_expression_tool();
std::unique_ptr<Tool> compare_groups_tool();
std::unique_ptr<Tool> subset_tool();
std::unique_ptr<Tool> rename_group_tool();
std::unique_ptr<Tool> merge_groups_tool();
std::unique_ptr<Tool> name_cells_tool();
std::unique_ptr<Tool> remove_field_tool();
std::unique_ptr<Tool> plot_embedding_tool();
std::unique_ptr<Tool> undo_tool();
std::unique_ptr<Tool> redo_tool();
std::unique_ptr<Tool> branch_tool();
std::unique_ptr<Tool> compare_states_tool();
std::unique_ptr<Tool> export_tool();
std::unique_ptr<Tool> explain_method_tool();
std::unique_ptr<Tool> help_tool();

/// What was found, kept so that a later question may ask how (explain_method).
void remember_finding(Pipeline& pipeline, const Finding& finding);

}  // namespace celloquy::tools
