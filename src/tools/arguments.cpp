#include "tools/arguments.hpp"

#include <charconv>
#include <cmath>

namespace celloquy::tools {

using nlohmann::json;

namespace {

std::optional<double> number_of(const json& value) {
  if (value.is_number()) {
    const double number = value.get<double>();
    return std::isfinite(number) ? std::optional(number) : std::nullopt;
  }
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  double number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

Text type_name(const ArgumentSchema& schema) {
  switch (schema.type) {
    case ArgumentType::number: return message("tools.type.number");
    case ArgumentType::integer: return message("tools.type.integer");
    case ArgumentType::flag: return message("tools.type.flag");
    case ArgumentType::genes:
    case ArgumentType::groups: return message("tools.type.list");
    case ArgumentType::choice: {
      std::string all;
      for (const auto& choice : schema.choices) all += (all.empty() ? "" : ", ") + choice;
      return message("tools.type.choice", {{"choices", all}});
    }
    default: return message("tools.type.text");
  }
}

tl::unexpected<Error> wrong_type(const ToolSchema& tool, const ArgumentSchema& schema) {
  return failure(ErrorCode::usage, "tools.argument.type",
                 {{"argument", schema.name}, {"tool", tool.name}, {"type", type_name(schema)}});
}

Expected<json> checked_list(const ToolSchema& tool, const ArgumentSchema& schema,
                            const json& value) {
  json out = json::array();
  if (value.is_string() || value.is_number()) {
    out.push_back(value.is_string() ? value : json(value.dump()));
    return out;
  }
  if (!value.is_array() || value.empty()) return wrong_type(tool, schema);
  for (const auto& item : value) {
    if (item.is_string())
      out.push_back(item);
    else if (item.is_number())
      out.push_back(item.dump());
    else
      return wrong_type(tool, schema);
  }
  return out;
}

Expected<json> checked_value(const ToolSchema& tool, const ArgumentSchema& schema,
                             const json& value) {
  switch (schema.type) {
    case ArgumentType::number:
    case ArgumentType::integer: {
      const auto number = number_of(value);
      if (!number) return wrong_type(tool, schema);
      if (schema.type == ArgumentType::number) return json(*number);
      if (*number != std::floor(*number) || std::abs(*number) > 1e15)
        return wrong_type(tool, schema);
      return json(static_cast<long long>(*number));
    }
    case ArgumentType::flag:
      if (value.is_boolean()) return value;
      if (value == "true") return json(true);
      if (value == "false") return json(false);
      return wrong_type(tool, schema);
    case ArgumentType::genes:
    case ArgumentType::groups: return checked_list(tool, schema, value);
    case ArgumentType::choice:
      for (const auto& choice : schema.choices)
        if (value == choice) return value;
      return wrong_type(tool, schema);
    default: break;
  }
  if (value.is_number()) return json(value.dump());  // "cluster 3" arrives as 3
  if (!value.is_string() || value.get_ref<const std::string&>().empty())
    return wrong_type(tool, schema);
  return value;
}

}  // namespace

Expected<json> checked_arguments(const ToolSchema& tool, const json& given) {
  json out = json::object();
  if (given.is_null()) return checked_arguments(tool, json::object());
  if (!given.is_object())
    return failure(ErrorCode::usage, "tools.argument.object", {{"tool", tool.name}});
  for (const auto& [name, value] : given.items()) {
    const ArgumentSchema* schema = nullptr;
    for (const auto& known : tool.arguments)
      if (known.name == name) schema = &known;
    if (!schema) {
      std::string known;
      for (const auto& argument : tool.arguments)
        known += (known.empty() ? "" : ", ") + argument.name;
      if (known.empty())
        return failure(ErrorCode::usage, "tools.argument.none",
                       {{"argument", name}, {"tool", tool.name}});
      return failure(ErrorCode::usage, "tools.argument.unknown",
                     {{"argument", name}, {"tool", tool.name}, {"known", known}});
    }
    if (value.is_null()) continue;
    CELLOQUY_TRY(out[name], checked_value(tool, *schema, value));
  }
  for (const auto& schema : tool.arguments)
    if (schema.required && !out.contains(schema.name))
      return failure(ErrorCode::usage, "tools.argument.missing",
                     {{"argument", schema.name}, {"tool", tool.name}, {"purpose", schema.purpose}});
  return out;
}

std::optional<std::string> Arguments::text(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}
std::optional<double> Arguments::number(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}
std::optional<long long> Arguments::integer(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || !found->is_number()) return std::nullopt;
  return found->get<long long>();
}
bool Arguments::flag(std::string_view name) const {
  const auto found = values_.find(name);
  return found != values_.end() && found->is_boolean() && found->get<bool>();
}
std::vector<std::string> Arguments::list(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || !found->is_array()) return {};
  return found->get<std::vector<std::string>>();
}

ArgumentSchema argument(std::string name, ArgumentType type, std::string_view purpose_id,
                        std::string unit) {
  return {std::move(name), type, false, {}, message(purpose_id), std::move(unit)};
}
ArgumentSchema required(ArgumentSchema schema) {
  schema.required = true;
  return schema;
}
ArgumentSchema choices(ArgumentSchema schema, std::vector<std::string> choices) {
  schema.choices = std::move(choices);
  return schema;
}

json json_schema(const ToolSchema& schema) {
  json properties = json::object(), needed = json::array();
  for (const auto& argument : schema.arguments) {
    json one = {{"description", argument.purpose.en}};
    switch (argument.type) {
      case ArgumentType::number: one["type"] = "number"; break;
      case ArgumentType::integer: one["type"] = "integer"; break;
      case ArgumentType::flag: one["type"] = "boolean"; break;
      case ArgumentType::genes:
      case ArgumentType::groups:
        one["type"] = "array";
        one["items"] = {{"type", "string"}};
        break;
      case ArgumentType::choice:
        one["type"] = "string";
        one["enum"] = argument.choices;
        break;
      default: one["type"] = "string"; break;
    }
    properties[argument.name] = std::move(one);
    if (argument.required) needed.push_back(argument.name);
  }
  json out = {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!needed.empty()) out["required"] = std::move(needed);
  return out;
}

}  // namespace celloquy::tools
