#pragma once
// What a conversation can do. How to add a tool: docs/add_a_tool.md.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.hpp"
#include "tools/finding.hpp"
#include "workspace/study.hpp"

namespace celloquy::tools {

/// What an argument may be; the planner fills it from entities of this kind.
enum class ArgumentType {
  gene,   ///< a gene name of the data
  genes,  ///< list of genes
  field,  ///< an obs column
  group,  ///< clusters or categories or a cell type: text, matched by the tool
  groups,
  cell_type,  ///< words for a kind of cell
  number,
  integer,
  text,
  flag,
  choice,  ///< one of `choices`
  file,    ///< a path to write
};

struct ArgumentSchema {
  std::string name;
  ArgumentType type;
  bool required = false;
  std::vector<std::string> choices;
  Text purpose;
  std::string unit;
};

struct ToolSchema {
  std::string name;  ///< "markers"
  Text purpose;      ///< one sentence
  std::vector<ArgumentSchema> arguments;
  bool changes_state = false;  ///< moves the history on
};
/// JSON Schema of the arguments, for other agents and for model planners.
nlohmann::json json_schema(const ToolSchema& schema);

class Tool {
 public:
  virtual ~Tool() = default;
  virtual const ToolSchema& schema() const = 0;
  /// Checks its preconditions, satisfies the ones it can (and says so in
  /// Finding::done_first), computes, and moves the study on if it changes state.
  virtual Expected<Finding> run(workspace::Study& study, const nlohmann::json& arguments,
                                const Context& context) const = 0;
};

/// All tools, in the order in which `help` lists them.
class Registry {
 public:
  /// The built-in ones; tools/registry.cpp has a line for each.
  static const Registry& standard();
  const Tool* find(std::string_view name) const;
  const std::vector<std::unique_ptr<Tool>>& tools() const { return tools_; }

  /// Validates the arguments against the schema (usage error that names the
  /// argument and what it may be), runs the tool, times it.
  Expected<Finding> run(std::string_view name, workspace::Study& study,
                        const nlohmann::json& arguments, const Context& context) const;

 private:
  std::vector<std::unique_ptr<Tool>> tools_;
};

}  // namespace celloquy::tools
