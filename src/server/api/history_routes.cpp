// The tree of states, moving in it, links that restore a view.

#include <map>
#include <set>

#include "base/hashing.hpp"
#include "server/api/api.hpp"
#include "workspace/session.hpp"

namespace celloquy::server {

using nlohmann::json;

namespace {

constexpr std::size_t most_view_bytes = 65536;

/// Ids of the states between the root and here.
std::set<std::string> path_to(const std::vector<workspace::State>& states,
                              const std::string& here) {
  std::set<std::string> path{here};
  // Parents stand before their children.
  for (auto state = states.rbegin(); state != states.rend(); ++state)
    if (path.contains(state->id) && !state->parent.empty()) path.insert(state->parent);
  return path;
}

/// In what a state differs from the one before it: "cells", "clusters", names of fields.
json changes_of(const workspace::State& state, const workspace::State* parent) {
  static const std::map<std::string, std::string> none;
  const auto changed = workspace::differing_slots(state.slots, parent ? parent->slots : none);
  const std::string field = tools::own_field_slot("");
  json fields = json::array();
  for (const auto& role : changed)
    if (role.starts_with(field)) fields.push_back(role.substr(field.size()));
  return {{"cells", changed.contains("cells")},
          {"clusters", changed.contains("clusters") || changed.contains("resolution")},
          {"captions", changed.contains("captions")},
          {"fields", fields}};
}

/// How many cells a state keeps; null when the list is lost.
json n_kept_in(Call& call, Conversation& conversation, const workspace::State& state,
               const Dataset& data) {
  const auto slot = state.slots.find("cells");
  if (slot == state.slots.end()) return data.n_cells();
  const std::string key = "n_kept:" + slot->second;
  if (const auto known = call.api.cache().find(key)) return json::parse(*known);
  const auto blob = conversation.results().find(slot->second);
  const json n = blob ? blob->facts.value("n_kept", json()) : json();
  call.api.cache().put(key, n.dump());
  return n;
}

Outcome history(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  const auto now = conversation->snapshot();
  CELLOQUY_TRY(const auto states, conversation->states());
  const auto path = path_to(states, now->state);
  json tree = json::array(), branches = json::array();
  std::map<std::string, const workspace::State*> by_id;
  for (const auto& state : states) by_id[state.id] = &state;
  for (const auto& state : states) {
    const auto parent = by_id.find(state.parent);
    tree.push_back(
        {{"id", state.id},
         {"parent", state.parent},
         {"tool", state.tool},
         {"arguments", state.arguments},
         {"summary", state.summary.in(call.language)},
         {"time", state.time},
         {"current", state.id == now->state},
         {"path", path.contains(state.id)},
         {"n_kept", n_kept_in(call, *conversation, state, *now->data)},
         {"changed", changes_of(state, parent == by_id.end() ? nullptr : parent->second)}});
  }
  for (const auto& [name, state] : now->branches)
    branches.push_back({{"name", name}, {"state", state}});
  return json_response({{"state", now->state},
                        {"branch", now->branch},
                        {"branches", branches},
                        {"can_undo", now->can_undo},
                        {"can_redo", now->can_redo},
                        {"states", tree}});
}

Status move(workspace::Study& study, const std::string& action, const json& body) {
  const auto given = body.find("steps");
  const bool whole = given != body.end() && given->is_number_integer();
  const auto wanted = whole ? given->get<long long>() : 1;
  const int steps = wanted < 1 || wanted > 1'000'000 ? 1 : static_cast<int>(wanted);
  if (action == "undo") return study.undo(steps);
  if (action == "redo") return study.redo(steps);
  if (action == "branch") return study.make_branch(text_of(body, "name"));
  if (action == "switch") return study.switch_branch(text_of(body, "name"));
  return study.go_to(text_of(body, "state"), text_of(body, "branch"));
}

Outcome move_in_history(Call& call) {
  CELLOQUY_TRY(const json body, call.json_body());
  const std::string action = text_of(body, "action");
  static const std::set<std::string> known = {"undo", "redo", "branch", "switch", "go"};
  if (!known.contains(action) || text_of(body, "name").size() > 200 ||
      text_of(body, "branch").size() > 200)
    return refused(400, "usage", "server.bad_action");
  CELLOQUY_TRY(const auto conversation, call.conversation());
  Text summary;
  const auto done =
      conversation->with_study(call.context(), text_of(body, "client").substr(0, 100),
                               call.person.name, [&](workspace::Study& study) -> Status {
                                 CELLOQUY_CHECK(move(study, action, body));
                                 summary = study.state().summary;
                                 return {};
                               });
  if (!done) return busy();
  if (!*done) return tl::make_unexpected(Refusal(done->error()));
  const auto now = conversation->snapshot();
  return json_response({{"state", now->state},
                        {"branch", now->branch},
                        {"n_kept", now->n_kept()},
                        {"sentence", summary.in(call.language)},
                        {"can_undo", now->can_undo},
                        {"can_redo", now->can_redo}});
}

Outcome keep_view(Call& call) {
  CELLOQUY_TRY(const json body, call.json_body());
  if (!body.contains("view") || call.request.body.size() > most_view_bytes)
    return refused(413, "too_large", "server.large_view", {{"most", most_view_bytes}});
  CELLOQUY_TRY(const auto conversation, call.conversation());
  const json kept = {{"view", body["view"]},
                     {"state", conversation->snapshot()->state},
                     {"session", call.session}};
  const std::string id = hash_text(dump(kept)).substr(0, 20);
  workspace::Blob blob;
  blob.facts = kept;
  blob.facts["time"] = workspace::utc_time();
  CELLOQUY_CHECK(conversation->results().put("view-" + id, blob));
  return json_response(
      {{"view", id}, {"url", "/?study=" + http::percent_encoded(call.study) + "&view=" + id}}, 201);
}

Outcome view(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  const std::string& id = call.parts["view"];
  const bool plain =
      id.size() == 20 && id.find_first_not_of("0123456789abcdef") == std::string::npos;
  const auto blob = plain ? conversation->results().find("view-" + id) : std::nullopt;
  if (!blob) return refused(404, "not_found", "server.no_view", {{"view", id}});
  return json_response(blob->facts);
}

}  // namespace

void add_history_routes(std::vector<Route>& routes) {
  routes.push_back({"GET",
                    "/studies/{id}/history",
                    "The tree of states.",
                    Right::view,
                    Speed::opens,
                    BodyKind::none,
                    history,
                    {}});
  routes.push_back({"POST",
                    "/studies/{id}/history",
                    "Undo, redo, branch, switch, go to a state.",
                    Right::analyse,
                    Speed::computes,
                    BodyKind::json,
                    move_in_history,
                    {}});
  routes.push_back({"POST",
                    "/studies/{id}/views",
                    "A link that restores a view.",
                    Right::annotate,
                    Speed::opens,
                    BodyKind::json,
                    keep_view,
                    {}});
  routes.push_back({"GET",
                    "/studies/{id}/views/{view}",
                    "What such a link holds.",
                    Right::view,
                    Speed::opens,
                    BodyKind::none,
                    view,
                    {}});
}

}  // namespace celloquy::server
