// celloquy tool FILE NAME name=value …: one tool without the conversation, and
// the commands that are a tool under another name.

#include "tools/tool.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.hpp"

namespace celloquy::cli {
namespace {

using nlohmann::json;

std::string tool_names() {
  std::string names;
  for (const auto& tool : tools::Registry::standard().tools())
    names += (names.empty() ? "" : ", ") + tool->schema().name;
  return names;
}

/// A value as the schema wants it: numbers and flags are parsed, lists split at
/// semicolons where there are any (names of cell types hold commas), else at commas.
json typed_value(const tools::ArgumentSchema& schema, const std::string& text) {
  using tools::ArgumentType;
  switch (schema.type) {
    case ArgumentType::number:
    case ArgumentType::integer:
    case ArgumentType::flag: {
      const json value = json::parse(text, nullptr, false);
      return value.is_discarded() ? json(text) : value;
    }
    case ArgumentType::genes:
    case ArgumentType::groups: {
      json list = json::array();
      const char separator = text.find(';') == std::string::npos ? ',' : ';';
      for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find(separator, at), text.size());
        const auto first = std::min(text.find_first_not_of(' ', at), end);
        if (first < end) list.push_back(text.substr(first, end - first));
        at = end + 1;
      }
      return list;
    }
    default: return text;
  }
}

Expected<json> parse_arguments(const tools::ToolSchema& schema,
                               const std::vector<std::string>& arguments) {
  json parsed = json::object();
  for (const auto& argument : arguments) {
    const auto equals = argument.find('=');
    if (equals == std::string::npos || equals == 0)
      return failure(ErrorCode::usage, "cli.bad_argument", {{"text", argument}});
    const auto key = argument.substr(0, equals);
    json value = argument.substr(equals + 1);
    for (const auto& known : schema.arguments)
      if (known.name == key) value = typed_value(known, argument.substr(equals + 1));
    parsed[key] = value;
  }
  return parsed;
}

void print_value(const tools::Value& value, Language language) {
  if (const auto* number = std::get_if<double>(&value.content))
    fmt::print("{}", value.whole ? with_thousands(std::llround(*number)) : significant(*number));
  else
    fmt::print("{}", std::get<Text>(value.content).in(language));
}

void print_finding(const tools::Finding& finding, Language language) {
  for (const auto& [name, value] : finding.values) {
    fmt::print("{}: ", name);
    print_value(value, language);
    fmt::print("{}{}\n", value.unit.empty() ? "" : " ", value.unit);
  }
  for (const auto& table : finding.tables) {
    fmt::print("\n{}\n", table.title.in(language));
    for (std::size_t c = 0; c < table.columns.size(); ++c)
      fmt::print("{}{}", c ? "\t" : "", table.columns[c].id);
    fmt::print("\n");
    for (std::size_t row = 0; row < table.n_rows(); ++row) {
      for (std::size_t c = 0; c < table.columns.size(); ++c) {
        if (c) fmt::print("\t");
        print_value(table.columns[c].cells[row], language);
      }
      fmt::print("\n");
    }
  }
  fmt::print("\n{}\n", finding.method.in(language));
}

}  // namespace

int report_finding(const Expected<tools::Finding>& finding, const Settings& settings) {
  if (!finding) return report_error(finding.error(), settings);
  const Language language = interface_language(settings);
  if (settings.json)
    print_json(tools::to_json(*finding, language));
  else
    print_finding(*finding, language);
  return 0;
}

namespace {

int run_tool(const std::string& file, const std::string& session_name, const std::string& name,
             const std::vector<std::string>& texts, const json& given, const Settings& settings) {
  Session session(settings);
  const auto& registry = tools::Registry::standard();
  const tools::Tool* tool = registry.find(name);
  if (!tool) {
    const auto unknown =
        failure(ErrorCode::usage, "cli.unknown_tool", {{"tool", name}, {"tools", tool_names()}});
    return report_error(unknown.value(), settings);
  }
  auto arguments = parse_arguments(tool->schema(), texts);
  if (!arguments) return report_error(arguments.error(), settings);
  arguments->update(given);
  auto study =
      workspace::Study::open(file, {settings.workspace, session_name, false}, session.context());
  if (!study) return report_error(study.error(), settings);
  const auto finding = registry.run(name, **study, *arguments, session.context());
  return report_finding(finding, settings);
}

}  // namespace

int tool(const ToolCommand& command, const Settings& settings) {
  return run_tool(command.file, command.session, command.tool, command.arguments, json::object(),
                  settings);
}

int export_results(const ExportCommand& command, const Settings& settings) {
  if (command.kind.empty())
    return report_error(failure(ErrorCode::usage, "cli.export_kind").value(), settings);
  const std::string kind = command.kind == "code" ? command.code : command.kind;
  json arguments = {{"kind", kind}, {"path", command.out}};
  if (!command.searches.empty()) arguments["searches"] = command.searches;
  return run_tool(command.file, command.session, "export", {}, arguments, settings);
}

}  // namespace celloquy::cli
