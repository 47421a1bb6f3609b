#include "tools/sentences.hpp"

#include <cmath>

namespace celloquy::tools {

Text written(const Value& value) {
  if (const auto* text = std::get_if<Text>(&value.content)) return *text;
  const double number = std::get<double>(value.content);
  if (value.whole && std::isfinite(number)) return Text::same(with_thousands(std::llround(number)));
  return Text::same(significant(number));
}

Text sentence(const Finding& finding, const Statement& statement) {
  TextArguments arguments;
  for (const auto& [blank, path] : statement.blanks) {
    const auto values = finding.lookup(path);
    if (values.empty()) continue;
    std::vector<Text> parts;
    for (const Value* value : values) parts.push_back(written(*value));
    arguments.emplace_back(blank, parts.size() == 1 ? parts.front() : enumerate(parts));
  }
  return message(statement.message, arguments);
}

}  // namespace celloquy::tools
