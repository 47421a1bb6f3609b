// What can be asked, with an example for each tool.

#include "tools/build.hpp"
#include "tools/builtin.hpp"

namespace celloquy::tools {
namespace {

Expected<Finding> run(Pipeline&, const Arguments&) {
  Finding finding;
  Table table{"list", message("tools.title.tools"), {}};
  auto name = table_column("tool", "tools.title.tool", "", NameKind::method);
  auto purpose = table_column("purpose", "tools.title.purpose");
  auto example = table_column("example", "tools.title.example");
  for (const auto& tool : Registry::standard().tools()) {
    const auto& schema = tool->schema();
    name.cells.push_back(Value::name(schema.name, NameKind::method));
    purpose.cells.push_back(Value::name(schema.purpose, NameKind::none));
    example.cells.push_back(
        Value::name(message("tools." + schema.name + ".example"), NameKind::none));
  }
  const auto n = name.cells.size();
  table.columns = {std::move(name), std::move(purpose), std::move(example)};
  finding.tables.push_back(std::move(table));
  say(finding.statements, "tools.help.intro");
  for (std::size_t row = 0; row < n; ++row) {
    const std::string at = "[" + std::to_string(row) + "]";
    finding.statements.push_back(
        {"tools.help.row", {{"purpose", "list.purpose" + at}, {"example", "list.example" + at}}});
  }
  say(finding.statements, "tools.help.checked");
  finding.method = message("tools.method.help");
  return finding;
}

}  // namespace

std::unique_ptr<Tool> help_tool() {
  return make_tool({"help", message("tools.help.purpose"), {}, false}, run);
}

}  // namespace celloquy::tools
