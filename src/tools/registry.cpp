// The tools, in the order in which `help` lists them.
//
// To add one (docs/add_a_tool.md tells more):
//   1. src/tools/NAME.cpp with `std::unique_ptr<Tool> NAME_tool()`: the schema and one function;
//   2. its declaration in builtin.hpp and its line below;
//   3. its sentences, in both languages, in src/base/catalogue/tools_*.tsv;
//   4. tests/tools/NAME_test.cpp: the happy path, every refusal, both languages.

#include "tools/builtin.hpp"
#include "tools/tool.hpp"

namespace celloquy::tools {
namespace {

class FunctionTool final : public Tool {
 public:
  FunctionTool(ToolSchema schema, ToolFunction function)
      : schema_(std::move(schema)), function_(std::move(function)) {}

  const ToolSchema& schema() const override { return schema_; }

  Expected<Finding> run(workspace::Study& study, const nlohmann::json& arguments,
                        const Context& context) const override {
    Pipeline pipeline(study, context);
    auto finding = function_(pipeline, Arguments(arguments));
    if (finding) {
      finding->tool = schema_.name;
      finding->arguments = arguments;
      finding->cached = pipeline.all_cached();
      remember_finding(pipeline, *finding);
    }
    // Also after an error: what was finished before it is kept.
    const Status stored = pipeline.flush();
    if (finding && !stored) return tl::make_unexpected(stored.error());
    return finding;
  }

 private:
  ToolSchema schema_;
  ToolFunction function_;
};

}  // namespace

std::unique_ptr<Tool> make_tool(ToolSchema schema, ToolFunction run) {
  return std::make_unique<FunctionTool>(std::move(schema), std::move(run));
}

const Registry& Registry::standard() {
  static const Registry registry = [] {
    Registry made;
    auto& tools = made.tools_;
    tools.push_back(describe_data_tool());
    tools.push_back(quality_control_tool());
    tools.push_back(filter_cells_tool());
    tools.push_back(run_analysis_tool());
    tools.push_back(list_clusters_tool());
    tools.push_back(recluster_tool());
    tools.push_back(find_doublets_tool());
    tools.push_back(correct_batches_tool());
    tools.push_back(annotate_tool());
    tools.push_back(select_cells_tool());
    tools.push_back(find_cells_tool());
    tools.push_back(identify_cells_tool());
    tools.push_back(how_sure_tool());
    tools.push_back(caption_clusters_tool());
    tools.push_back(markers_tool());
    tools.push_back(count_cells_tool());
    tools.push_back(gene_expression_tool());
    tools.push_back(compare_groups_tool());
    tools.push_back(subset_tool());
    tools.push_back(rename_group_tool());
    tools.push_back(merge_groups_tool());
    tools.push_back(name_cells_tool());
    tools.push_back(remove_field_tool());
    tools.push_back(plot_embedding_tool());
    tools.push_back(undo_tool());
    tools.push_back(redo_tool());
    tools.push_back(branch_tool());
    tools.push_back(compare_states_tool());
    tools.push_back(export_tool());
    tools.push_back(explain_method_tool());
    tools.push_back(help_tool());
    return made;
  }();
  return registry;
}

const Tool* Registry::find(std::string_view name) const {
  for (const auto& tool : tools_)
    if (tool->schema().name == name) return tool.get();
  return nullptr;
}

Expected<Finding> Registry::run(std::string_view name, workspace::Study& study,
                                const nlohmann::json& arguments, const Context& context) const {
  const Tool* tool = find(name);
  if (!tool) {
    std::string names;
    for (const auto& known : tools_) names += (names.empty() ? "" : ", ") + known->schema().name;
    return failure(ErrorCode::usage, "tools.unknown",
                   {{"tool", std::string(name)}, {"tools", names}});
  }
  CELLOQUY_TRY(const auto checked, checked_arguments(tool->schema(), arguments));
  const double begin = clock_seconds();
  CELLOQUY_TRY(Finding finding, tool->run(study, checked, context));
  finding.seconds = clock_seconds() - begin;
  return finding;
}

}  // namespace celloquy::tools
