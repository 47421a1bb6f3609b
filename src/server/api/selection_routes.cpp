// Sets of cells: the present selection and named ones.

#include <algorithm>
#include <set>

#include "base/hashing.hpp"
#include "server/api/api.hpp"
#include "server/api/facts.hpp"
#include "tools/gene_resolution.hpp"
#include "tools/selection_groups.hpp"

namespace celloquy::server {

using nlohmann::json;

namespace {

using Cells = tl::expected<tools::CellList, Refusal>;
constexpr std::size_t longest_name = 100;

tl::unexpected<Refusal> not_understood() { return refused(400, "usage", "server.bad_selection"); }

/// A name that no tool takes for something else.
bool usable_name(const std::string& name) {
  return name.size() <= longest_name && name.find_first_not_of(' ') != std::string::npos &&
         !tools::means_selection(name);
}

Cells named(const Snapshot& now, const json& name) {
  if (!name.is_string()) return not_understood();
  const std::string text = name == "selection" ? std::string() : name.get<std::string>();
  const auto found = now.selections.find(text);
  if (found == now.selections.end())
    return refused(404, "not_found", "server.no_selection", {{"name", name.get<std::string>()}});
  return *found->second.cells;
}

Cells combined(const Snapshot& now, const json& body) {
  const std::string how = body["combine"].is_string() ? body["combine"].get<std::string>() : "";
  if (!body.contains("of") || !body["of"].is_array() || body["of"].empty() ||
      body["of"].size() > 50 || (how != "union" && how != "intersection" && how != "difference"))
    return not_understood();
  tools::CellList out;
  bool first = true;
  for (const auto& name : body["of"]) {
    CELLOQUY_TRY(const auto next, named(now, name));
    std::vector<std::uint32_t> both;
    const auto& a = out.kept;
    const auto& b = next.kept;
    const auto to = std::back_inserter(both);
    if (first)
      both = b;
    else if (how == "union")
      std::set_union(a.begin(), a.end(), b.begin(), b.end(), to);
    else if (how == "intersection")
      std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), to);
    else
      std::set_difference(a.begin(), a.end(), b.begin(), b.end(), to);
    out.kept = std::move(both);
    first = false;
  }
  return out;
}

/// The kept cells for which `in` holds.
template <class In>
tools::CellList where(const Snapshot& now, In&& in) {
  tools::CellList out;
  for (std::size_t i = 0; i < now.n_kept(); ++i)
    if (in(i)) out.kept.push_back(now.cells->kept[i]);
  return out;
}

Cells in_range(const std::vector<float>& values, const Snapshot& now, const json& body) {
  const auto bound = [&](const char* name, float otherwise) {
    return body.contains(name) && body[name].is_number() ? body[name].get<float>() : otherwise;
  };
  const float least = bound("at_least", -INFINITY), most = bound("at_most", INFINITY);
  return where(now, [&](std::size_t i) { return values[i] >= least && values[i] <= most; });
}

Cells by_field(Call& call, const Snapshot& now, const json& body) {
  if (!body["field"].is_string()) return not_understood();
  const std::string name = body["field"];
  const auto values = field_values(now, name, call.language);
  if (!values) return refused(404, "not_found", "server.no_field", {{"name", name}});
  if (values->kind == FieldValues::Kind::number) return in_range(values->numbers, now, body);
  if (values->kind == FieldValues::Kind::text || !body.contains("values") ||
      !body["values"].is_array())
    return not_understood();
  std::set<std::string> wanted;
  for (const auto& value : body["values"])
    if (value.is_string()) wanted.insert(value.get<std::string>());
  std::vector<std::uint8_t> chosen;
  for (const auto& category : values->groups.categories)
    chosen.push_back(wanted.contains(category));
  return where(now, [&](std::size_t i) {
    const auto code = values->groups.codes[i];
    return code >= 0 && chosen[static_cast<std::size_t>(code)];
  });
}

Cells by_gene(Call& call, const Snapshot& now, const json& body) {
  if (!body["gene"].is_string()) return not_understood();
  CELLOQUY_TRY(const auto gene, tools::resolve_gene(*now.data, body["gene"].get<std::string>()));
  CELLOQUY_TRY(const auto values, call.open_study()->gene_values(now, gene.index));
  return in_range(values, now, body);
}

Cells cells_of_body(Call& call, const Snapshot& now) {
  if (call.request.header("content-type").starts_with("application/json")) {
    CELLOQUY_TRY(const json body, call.json_body());
    if (body.contains("from")) return named(now, body["from"]);
    if (body.contains("combine")) return combined(now, body);
    if (body.contains("field")) return by_field(call, now, body);
    if (body.contains("gene")) return by_gene(call, now, body);
    return not_understood();
  }
  if (call.request.header("content-type") != "application/octet-stream")
    return refused(415, "wrong_type", "server.wrong_type", {{"type", "application/octet-stream"}});
  auto cells = cells_of_bitmap(now, call.request.body);
  if (!cells)
    return refused(400, "usage", "server.bad_bitmap",
                   {{"bytes", (now.n_kept() + 7) / 8}, {"cells", now.n_kept()}});
  return *std::move(cells);
}

/// The states keep the same cells: a bitmap that was drawn on one is right on the other.
Outcome check_state(Call& call, Conversation& conversation, const Snapshot& now) {
  const std::string wanted = call.request.value("state");
  if (wanted.empty() || wanted == now.state) return http::Response{};
  const auto states = conversation.states();
  const auto cells_of = [&](const std::string& id) -> std::optional<std::string> {
    if (states)
      for (const auto& state : *states)
        if (state.id == id) {
          const auto cells = state.slots.find("cells");
          return cells == state.slots.end() ? std::string() : cells->second;
        }
    return std::nullopt;
  };
  const auto drawn_on = cells_of(wanted);
  if (!drawn_on || drawn_on != cells_of(now.state))
    return refused(409, "conflict", "server.other_state", {{"state", now.state}});
  return http::Response{};
}

/// All sessions see named selections; the present one is the session's own.
void tell(Call& call, Conversation& conversation, const std::string& name, const json& n_cells) {
  const json event = {{"name", name.empty() ? json() : json(name)},
                      {"n_cells", n_cells},
                      {"client", call.client},
                      {"user", call.person.name}};
  conversation.hub().tell("selection", event);
  if (name.empty()) return;
  for (const auto& other : call.open_study()->conversations())
    if (other.get() != &conversation) {
      other->look_at_selections();
      other->hub().tell("selection", event);
    }
}

Outcome put(Call& call) {
  const auto part = call.parts.find("name");
  const std::string name = part == call.parts.end() ? "" : part->second;
  if (part != call.parts.end() && !usable_name(name))
    return refused(400, "usage", "server.bad_selection_name", {{"name", name}});
  CELLOQUY_TRY(const auto conversation, call.conversation());
  const auto now = conversation->snapshot();
  CELLOQUY_TRY(const auto same, check_state(call, *conversation, *now));
  (void)same;
  CELLOQUY_TRY(const auto cells, cells_of_body(call, *now));
  const std::size_t n = n_kept_of(*now, cells.kept);
  CELLOQUY_CHECK(conversation->select(name, cells));
  tell(call, *conversation, name, n);
  return json_response(
      {{"name", name.empty() ? json() : json(name)}, {"n_cells", n}, {"state", now->state}});
}

Outcome get(Call& call) {
  const auto part = call.parts.find("name");
  const std::string name = part == call.parts.end() ? "" : part->second;
  CELLOQUY_TRY(const auto conversation, call.conversation());
  const auto now = conversation->snapshot();
  const auto found = now->selections.find(name);
  // Nothing being selected is no error; a name that does not exist is.
  if (found == now->selections.end() && name.empty()) {
    http::Response none;
    none.status = 204;
    none.with("X-Celloquy-State", now->state);
    return none;
  }
  if (found == now->selections.end())
    return refused(404, "not_found", "server.no_selection", {{"name", name}});
  http::Response response;
  response.with("Content-Type", "application/octet-stream")
      .with("X-Celloquy-State", now->state)
      .with("ETag", "\"" + hash_text(found->second.key + now->cells_key) + "\"");
  response.body = bitmap_of(*now, found->second.cells->kept);
  return response;
}

Outcome remove(Call& call) {
  const auto part = call.parts.find("name");
  const std::string name = part == call.parts.end() ? "" : part->second;
  CELLOQUY_TRY(const auto conversation, call.conversation());
  if (!name.empty() && !conversation->snapshot()->selections.contains(name))
    return refused(404, "not_found", "server.no_selection", {{"name", name}});
  CELLOQUY_CHECK(conversation->select(name, std::nullopt));
  tell(call, *conversation, name, json());
  http::Response response;
  response.status = 204;
  return response;
}

Outcome list(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  return json_response({{"selections", selections_json(*conversation->snapshot())}});
}

}  // namespace

void add_selection_routes(std::vector<Route>& routes) {
  const auto add = [&](const char* method, const char* pattern, const char* purpose, Right right,
                       BodyKind body, auto run, const char* answers) {
    routes.push_back({method, pattern, purpose, right, Speed::opens, body, run, {}, answers});
  };
  const char* bytes = "application/octet-stream";
  const char* text = "application/json";
  add("GET", "/studies/{id}/selections", "Named sets of cells.", Right::view, BodyKind::none, list,
      text);
  for (const char* pattern : {"/studies/{id}/selection", "/studies/{id}/selections/{name}"}) {
    add("GET", pattern, "The cells of a selection as a bitmap.", Right::view, BodyKind::none, get,
        bytes);
    add("PUT", pattern, "Selects cells.", Right::annotate, BodyKind::cells, put, text);
    add("DELETE", pattern, "Forgets a selection.", Right::annotate, BodyKind::none, remove, text);
  }
}

}  // namespace celloquy::server
