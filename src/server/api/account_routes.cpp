// Who one is, logging in and out, what the server can do.

#include "server/api/api.hpp"

namespace celloquy::server {

using nlohmann::json;

namespace {

Outcome health(Call&) { return json_response({{"ok", true}}); }

Outcome document(Call& call) {
  return json_response(openapi(call.api.routes(), call.api.options().version));
}

json rights_of(const Person& person) {
  if (person.owner) return {{"*", "own"}};
  json out = json::object();
  for (const auto& [study, right] : person.user.rights) out[study] = name(right);
  return out;
}

Outcome me(Call& call) {
  return json_response({{"user", {{"name", call.person.name}, {"rights", rights_of(call.person)}}},
                        {"version", call.api.options().version},
                        {"language", call.language == Language::chinese ? "zh" : "en"},
                        {"session", call.session},
                        {"local", call.api.gate().local()},
                        {"upload",
                         {{"allowed", call.person.on("*") >= Right::own},
                          {"most_bytes", call.api.options().most_upload}}}});
}

Outcome log_in(Call& call) {
  CELLOQUY_TRY(const json body, call.json_body());
  const auto text = [&](const char* field) {
    const auto found = body.find(field);
    return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const std::string name = text("name");
  std::string cookie;
  switch (call.api.gate().log_in(call.request, name, text("password"), cookie)) {
    case Gate::Login::wrong: return refused(401, "unauthorized", "server.wrong_password");
    case Gate::Login::too_many: {
      auto out = refused(429, "busy", "server.too_many_logins");
      out.value().retry_seconds = 60;
      return out;
    }
    case Gate::Login::done: break;
  }
  auto response = json_response({{"user", {{"name", name}}}});
  response.with("Set-Cookie", cookie).with("Cache-Control", "no-store");
  return response;
}

Outcome log_out(Call& call) {
  call.api.gate().log_out(call.request);
  http::Response response;
  response.status = 204;
  response.with("Set-Cookie", call.api.gate().empty_cookie(call.request));
  return response;
}

Outcome tools_list(Call&) {
  json all = json::array();
  const auto both = [](const Text& text) { return json{{"en", text.en}, {"zh", text.zh}}; };
  static constexpr const char* types[] = {"gene",   "genes",     "field",  "group",
                                          "groups", "cell_type", "number", "integer",
                                          "text",   "flag",      "choice", "file"};
  for (const auto& tool : tools::Registry::standard().tools()) {
    auto schema = tool->schema();
    std::erase_if(schema.arguments,
                  [](const auto& one) { return one.type == tools::ArgumentType::file; });
    json arguments = json::array();
    for (const auto& one : schema.arguments)
      arguments.push_back({{"name", one.name},
                           {"type", types[static_cast<std::size_t>(one.type)]},
                           {"required", one.required},
                           {"choices", one.choices},
                           {"unit", one.unit},
                           {"purpose", both(one.purpose)}});
    all.push_back({{"name", schema.name},
                   {"purpose", both(schema.purpose)},
                   {"example", both(message("tools." + schema.name + ".example"))},
                   {"changes_state", schema.changes_state},
                   {"arguments", arguments},
                   {"schema", tools::json_schema(schema)}});
  }
  return json_response({{"tools", all}});
}

}  // namespace

void add_account_routes(std::vector<Route>& routes) {
  const auto json_kind = BodyKind::json;
  routes.push_back({"GET",
                    "/health",
                    "Whether the server answers.",
                    Right::none,
                    Speed::quick,
                    BodyKind::none,
                    health,
                    {}});
  routes.push_back({"GET",
                    "/openapi.json",
                    "This document.",
                    Right::none,
                    Speed::quick,
                    BodyKind::none,
                    document,
                    {}});
  routes.push_back({"GET",
                    "/me",
                    "Who one is and what one may do.",
                    Right::view,
                    Speed::quick,
                    BodyKind::none,
                    me,
                    {}});
  routes.push_back({"POST",
                    "/login",
                    "Logs in with name and password.",
                    Right::none,
                    Speed::computes,
                    json_kind,
                    log_in,
                    {}});
  routes.push_back(
      {"POST", "/logout", "Ends the login.", Right::none, Speed::quick, json_kind, log_out, {}});
  routes.push_back({"GET",
                    "/tools",
                    "Every tool with its arguments, in both languages.",
                    Right::view,
                    Speed::quick,
                    BodyKind::none,
                    tools_list,
                    {}});
}

}  // namespace celloquy::server
