// The interface as OpenAPI 3.1, made from the table of routes and the tools.

#include "server/api/api.hpp"

namespace celloquy::server {

using nlohmann::json;

namespace {

json parameters_of(const std::string& pattern) {
  json out = json::array();
  for (auto at = pattern.find('{'); at != std::string::npos; at = pattern.find('{', at + 1)) {
    std::string part = pattern.substr(at + 1, pattern.find('}', at) - at - 1);
    if (part.ends_with('*')) part.pop_back();
    out.push_back(
        {{"name", part}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  }
  return out;
}

json body_of(BodyKind kind) {
  const char* type = kind == BodyKind::json ? "application/json" : "application/octet-stream";
  return {{"content",
           {{type, {{"schema", {{"type", kind == BodyKind::json ? "object" : "string"}}}}}}}};
}

std::string path_of(std::string pattern) {
  if (const auto star = pattern.find("*}"); star != std::string::npos) pattern.erase(star, 1);
  return "/api/v1" + pattern;
}

json operation_of(const Route& route) {
  json out = {
      {"summary", route.purpose},
      {"x-right", name(route.right)},
      {"responses",
       {{"200", {{"description", "Done."}, {"content", {{route.answers, json::object()}}}}},
        {"default",
         {{"description", "Refused."},
          {"content",
           {{"application/json", {{"schema", {{"$ref", "#/components/schemas/Error"}}}}}}}}}}}};
  if (const json parameters = parameters_of(route.pattern); !parameters.empty())
    out["parameters"] = parameters;
  if (route.body != BodyKind::none) out["requestBody"] = body_of(route.body);
  if (route.right == Right::none) out["security"] = json::array();
  return out;
}

/// POST …/tools/{name} once for each tool, with the schema of its arguments.
void add_tools(json& paths, const Route& route) {
  for (const auto& tool : tools::Registry::standard().tools()) {
    auto schema = tool->schema();
    std::erase_if(schema.arguments,
                  [](const auto& one) { return one.type == tools::ArgumentType::file; });
    json operation = operation_of(route);
    operation["summary"] = schema.purpose.en;
    operation["parameters"] = parameters_of("{id}");
    operation["requestBody"]["content"]["application/json"]["schema"] = {
        {"type", "object"},
        {"properties",
         {{"arguments", tools::json_schema(schema)},
          {"lang", {{"enum", {"en", "zh"}}}},
          {"client", {{"type", "string"}}}}}};
    paths["/api/v1/studies/{id}/tools/" + schema.name]["post"] = operation;
  }
}

}  // namespace

json openapi(const std::vector<Route>& routes, const std::string& version) {
  json paths = json::object();
  for (const auto& route : routes) {
    if (route.pattern.ends_with("/tools/{name}")) {
      add_tools(paths, route);
      continue;
    }
    std::string method = route.method;
    for (char& c : method) c = static_cast<char>(c + 32);
    paths[path_of(route.pattern)][method] = operation_of(route);
  }
  const json error = {{"type", "object"},
                      {"properties",
                       {{"error",
                         {{"type", "object"},
                          {"properties",
                           {{"code", {{"type", "string"}}},
                            {"message", {{"type", "string"}}},
                            {"remedy", {{"type", "string"}}}}}}}}}};
  return {{"openapi", "3.1.0"},
          {"info", {{"title", "celloquy"}, {"version", version}}},
          {"paths", paths},
          {"components",
           {{"schemas", {{"Error", error}}},
            {"securitySchemes", {{"secret", {{"type", "http"}, {"scheme", "bearer"}}}}}}},
          {"security", json::array({{{"secret", json::array()}}})}};
}

}  // namespace celloquy::server
