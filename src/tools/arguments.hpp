#pragma once
// Arguments of a tool: checked against its schema once, then read by name.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"
#include "tools/tool.hpp"

namespace celloquy::tools {

/// Usage error that names the argument and what it may be. Numbers given as
/// text and single texts given for lists are accepted.
Expected<nlohmann::json> checked_arguments(const ToolSchema& schema,
                                           const nlohmann::json& arguments);

/// Typed look at checked arguments.
class Arguments {
 public:
  explicit Arguments(const nlohmann::json& values) : values_(values) {}
  bool has(std::string_view name) const { return values_.contains(name); }
  std::optional<std::string> text(std::string_view name) const;
  std::optional<double> number(std::string_view name) const;
  std::optional<long long> integer(std::string_view name) const;
  bool flag(std::string_view name) const;
  std::vector<std::string> list(std::string_view name) const;
  const nlohmann::json& json() const { return values_; }

 private:
  const nlohmann::json& values_;
};

/// Short forms for schemas.
ArgumentSchema argument(std::string name, ArgumentType type, std::string_view purpose_id,
                        std::string unit = "");
ArgumentSchema required(ArgumentSchema schema);
ArgumentSchema choices(ArgumentSchema schema, std::vector<std::string> choices);

}  // namespace celloquy::tools
