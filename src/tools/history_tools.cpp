// undo, redo and branch: moving in the history. Nothing is ever lost by it.

#include <algorithm>

#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/code_pieces.hpp"

namespace celloquy::tools {
namespace {

/// Where the study stands now: what led here and how many cells are kept.
Status add_place(Pipeline& pipeline, Finding& finding) {
  const auto& state = pipeline.study().state();
  finding.values["here"] = Value::name(
      state.summary.empty() ? message("tools.history.beginning") : state.summary, NameKind::none);
  // Reading the file only to count would make undo slow; without a list all are kept.
  if (!pipeline.all_cells_kept()) {
    CELLOQUY_TRY(const auto cells, pipeline.cells());
    finding.values["n_cells"] = Value::count(static_cast<double>(cells->kept.size()), "cells");
  }
  return {};
}

void say_place(Finding& finding) {
  say(finding.statements, "tools.history.here", {"here"});
  if (finding.values.contains("n_cells"))
    say(finding.statements, "tools.history.cells", {"n_cells"});
  else
    say(finding.statements, "tools.history.all_cells");
}

Expected<int> steps_of(const Arguments& arguments) {
  const auto steps = arguments.integer("steps").value_or(1);
  if (steps < 1 || steps > 1000000)
    return failure(ErrorCode::usage, "tools.history.steps", {{"steps", steps}});
  return static_cast<int>(steps);
}

Expected<Finding> move_in_history(Pipeline& pipeline, const Arguments& arguments, bool back) {
  CELLOQUY_TRY(const int steps, steps_of(arguments));
  const Text left = pipeline.study().state().summary;
  CELLOQUY_CHECK(back ? pipeline.study().undo(steps) : pipeline.study().redo(steps));
  Finding finding;
  finding.values["n_steps"] = Value::count(steps, "steps");
  const Text& named = back ? left : pipeline.study().state().summary;
  finding.values["step"] = Value::name(named, NameKind::none);
  if (steps == 1)
    say(finding.statements, back ? "tools.history.undone" : "tools.history.redone", {"step"});
  else
    say(finding.statements, back ? "tools.history.undone_steps" : "tools.history.redone_steps",
        {"n_steps"});
  CELLOQUY_CHECK(add_place(pipeline, finding));
  say_place(finding);
  finding.method = message("tools.method.history");
  return finding;
}

Expected<Finding> branch(Pipeline& pipeline, const Arguments& arguments) {
  const std::string name = *arguments.text("name");
  const auto branches = pipeline.study().branches();
  const bool exists = std::any_of(branches.begin(), branches.end(),
                                  [&](const auto& known) { return known.first == name; });
  // One word for both: a name that is known is gone to, another is made.
  if (arguments.flag("switch") && !exists) {
    std::vector<Text> names;
    for (const auto& [known, state] : branches) names.push_back(Text::same(known));
    return failure(
        ErrorCode::cannot_answer, "tools.branch.unknown",
        {{"name", name}, {"names", names.empty() ? message("tools.none") : enumerate(names)}});
  }
  CELLOQUY_CHECK(exists ? pipeline.study().switch_branch(name)
                        : pipeline.study().make_branch(name));
  Finding finding;
  finding.values["branch"] = Value::name(name, NameKind::none);
  Table table{"branches", message("tools.title.branches"), {}};
  auto column = table_column("branch", "tools.title.branch");
  auto state = table_column("state", "tools.title.state_id");
  for (const auto& [known, id] : pipeline.study().branches()) {
    column.cells.push_back(Value::name(known, NameKind::none));
    state.cells.push_back(Value::name(id, NameKind::none));
  }
  table.columns = {std::move(column), std::move(state)};
  finding.tables.push_back(std::move(table));
  say(finding.statements, exists ? "tools.branch.switched" : "tools.branch.made", {"branch"});
  CELLOQUY_CHECK(add_place(pipeline, finding));
  if (exists) say_place(finding);
  finding.method = message("tools.method.history");
  return finding;
}

std::unique_ptr<Tool> history_tool(const char* name, std::string_view purpose, bool back) {
  return make_tool(
      {name,
       message(purpose),
       {argument("steps", ArgumentType::integer, "tools.history.steps_argument", "steps")},
       true},
      [back](Pipeline& pipeline, const Arguments& arguments) {
        return move_in_history(pipeline, arguments, back);
      });
}

}  // namespace

std::unique_ptr<Tool> undo_tool() { return history_tool("undo", "tools.undo.purpose", true); }
std::unique_ptr<Tool> redo_tool() { return history_tool("redo", "tools.redo.purpose", false); }

std::unique_ptr<Tool> branch_tool() {
  return make_tool({"branch",
                    message("tools.branch.purpose"),
                    {required(argument("name", ArgumentType::text, "tools.branch.name")),
                     argument("switch", ArgumentType::flag, "tools.branch.switch")},
                    true},
                   branch);
}

}  // namespace celloquy::tools
