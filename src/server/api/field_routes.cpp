// Suggested names for the clusters, and how the types of a field lie in one another.

#include <map>
#include <set>

#include "knowledge/knowledge.hpp"
#include "server/api/api.hpp"
#include "server/api/facts.hpp"
#include "server/studies/caption_board.hpp"
#include "tools/biology.hpp"
#include "tools/own_fields.hpp"

namespace celloquy::server {

using nlohmann::json;

namespace {

json caption_json(const std::string& cluster, const tools::Caption& caption, Language language) {
  return {{"cluster", cluster},
          {"n_cells", caption.n_cells},
          {"name", caption.type.in(language)},
          {"ontology_id", caption.type_id},
          {"probability", caption.probability},
          {"second", caption.second.in(language)},
          {"second_probability", caption.second_probability},
          {"genes", caption.genes},
          {"state", tools::is_worth_saying(caption.state)
                        ? json{{"name", caption.state.name.in(language)},
                               {"confidence", caption.state.confidence}}
                        : json()}};
}

/// They stay suggestions until the clusters have names: tools/caption_clusters {"accept":true}
/// takes all, tools/rename_group one.
Outcome captions(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  const auto entry = call.open_study()->captions().look(conversation, call.api.machine());
  const auto now = conversation->snapshot();
  json out = {{"status", "none"}, {"state", now->state}, {"accepted", false}};
  if (!entry || !now->clusters) return json_response(out);
  const auto named = now->own_fields.find(tools::cluster_names_field);
  out["accepted"] =
      named != now->own_fields.end() && named->second.values->made_from == now->clusters->key;
  using Status = CaptionBoard::Entry::Status;
  out["status"] = entry->status == Status::working ? "working"
                  : entry->status == Status::ready ? "ready"
                                                   : "failed";
  if (entry->status == Status::failed) out.update(error_json(entry->error, call.language));
  if (entry->status != Status::ready) return json_response(out);
  out["captions"] = json::array();
  for (std::size_t g = 0; g < entry->captions->groups.size(); ++g)
    out["captions"].push_back(caption_json(now->clusters->names[g].in(call.language),
                                           entry->captions->groups[g], call.language));
  return json_response(out);
}

/// Categories of a field with the Cell Ontology terms above them; counts of kept cells.
Outcome hierarchy(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  const auto now = conversation->snapshot();
  const std::string& name = call.parts["name"];
  const auto values = field_values(*now, name, call.language);
  if (!values) return refused(404, "not_found", "server.no_field", {{"name", name}});
  if (values->kind != FieldValues::Kind::categorical)
    return refused(422, "cannot_answer", "server.text_field", {{"name", name}});
  CELLOQUY_TRY(const auto* ontology, knowledge::cell_ontology());
  std::vector<std::size_t> sizes(values->groups.categories.size(), 0);
  for (const auto code : values->groups.codes)
    if (code >= 0) ++sizes[static_cast<std::size_t>(code)];
  std::map<knowledge::TermIndex, std::size_t> own, below;
  json categories = json::array();
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto type = tools::cell_type_of_category(values->groups.categories[i]);
    const auto term = type ? ontology->find_id(type->id) : std::nullopt;
    categories.push_back({{"name", values->groups.categories[i]},
                          {"n_cells", sizes[i]},
                          {"ontology_id", term ? json(type->id) : json()}});
    if (!term) continue;
    own[*term] += sizes[i];
    below[*term] += sizes[i];
    for (const auto above : ontology->ancestors(*term)) below[above] += sizes[i];
  }
  json terms = json::array();
  for (const auto& [term, n] : below) {
    json parents = json::array();
    for (const auto parent : ontology->parents(term)) parents.push_back(ontology->id(parent));
    const auto of_it = own.find(term);
    terms.push_back({{"id", ontology->id(term)},
                     {"name", ontology->label(term).in(call.language)},
                     {"parents", parents},
                     {"n_cells", of_it == own.end() ? 0 : of_it->second},
                     {"n_cells_below", n}});
  }
  auto response = json_response({{"field", name}, {"categories", categories}, {"terms", terms}});
  response.with("X-Celloquy-State", now->state);
  return response;
}

}  // namespace

void add_field_routes(std::vector<Route>& routes) {
  const auto get = [&](const char* pattern, const char* purpose, auto run) {
    routes.push_back({"GET", pattern, purpose, Right::view, Speed::opens, BodyKind::none, run, {}});
  };
  get("/studies/{id}/captions", "Suggested names for the clusters, made in the background.",
      captions);
  get("/studies/{id}/fields/{name}/hierarchy",
      "The types of a field with the Cell Ontology terms above them.", hierarchy);
}

}  // namespace celloquy::server
