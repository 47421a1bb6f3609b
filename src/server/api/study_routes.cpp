// The list of studies, what one holds, its cells and genes.

#include <algorithm>

#include "base/hashing.hpp"
#include "server/api/api.hpp"
#include "server/api/facts.hpp"
#include "tools/biology.hpp"
#include "tools/gene_resolution.hpp"
#include "tools/group_resolution.hpp"

namespace celloquy::server {

using nlohmann::json;

namespace {

json listed(Call& call, const Served& one) {
  const auto open = call.api.library().opened(one.id);
  const auto data = open ? open->data() : nullptr;
  return {{"id", one.id},
          {"name", one.name},
          {"bytes", one.bytes},
          {"open", data != nullptr},
          {"rights", name(call.person.on(one.id))},
          {"uploaded", one.uploaded},
          {"summary",
           data ? json{{"n_cells", data->n_cells()}, {"n_genes", data->n_genes()}} : json()}};
}

Outcome list(Call& call) {
  json studies = json::array();
  for (const auto& one : call.api.library().served())
    if (call.person.on(one.id) >= Right::view) studies.push_back(listed(call, one));
  return json_response({{"studies", studies}});
}

/// The parts that cost a look at every cell are kept by what made them.
json fields_of(Call& call, const Snapshot& snapshot) {
  std::string key =
      "fields:" + snapshot.cells_key + ":" + (snapshot.clusters ? snapshot.clusters->key : "") +
      ":" + (snapshot.labels ? snapshot.labels->key : "") +
      (call.language == Language::chinese ? ":zh" : ":en") + ":" + snapshot.data->fingerprint;
  for (const auto& [name, own] : snapshot.own_fields) key += ":" + name + "=" + own.key;
  if (const auto known = call.api.cache().find(key)) return json::parse(*known);
  json fields = fields_json(snapshot, call.language);
  call.api.cache().put(key, dump(fields));
  return fields;
}

Outcome summary(Call& call) {
  if (call.request.value("open") == "0") {
    const auto served = call.api.library().find(call.study);
    return json_response(listed(call, *served));
  }
  CELLOQUY_TRY(const auto conversation, call.conversation());
  const auto now = conversation->snapshot();
  const Dataset& data = *now->data;
  const auto served = call.api.library().find(call.study);
  const auto present = now->selections.find("");
  return json_response(
      {{"id", call.study},
       {"name", served ? served->name : call.study},
       {"format", data.format},
       {"fingerprint", data.fingerprint},
       {"n_cells", data.n_cells()},
       {"n_genes", data.n_genes()},
       {"n_nonzeros", data.matrix.n_nonzeros()},
       {"n_kept", now->n_kept()},
       {"state", now->state},
       {"session", call.session},
       {"branch", now->branch},
       {"rights", name(call.person.on(call.study))},
       {"input", input_json(*now, call.language)},
       {"embeddings", embeddings_json(*now)},
       {"fields", fields_of(call, *now)},
       {"selection", present == now->selections.end()
                         ? json()
                         : json{{"n_cells", n_kept_of(*now, present->second.cells->kept)}}},
       {"selections", selections_json(*now)},
       {"suggestions", suggestions_json(*now, call.language)},
       {"can_undo", now->can_undo},
       {"can_redo", now->can_redo}});
}

Outcome fields(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  return json_response({{"fields", fields_of(call, *conversation->snapshot())}});
}

Outcome one_cell(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  const auto now = conversation->snapshot();
  const std::string& text = call.parts["n"];
  const bool number = !text.empty() && text.size() < 10 &&
                      text.find_first_not_of("0123456789") == std::string::npos;
  const std::size_t n = number ? std::stoul(text) : now->n_kept();
  if (n >= now->n_kept())
    return refused(404, "not_found", "server.no_cell", {{"cell", text}, {"cells", now->n_kept()}});
  const std::size_t in_file = now->cells->kept[n];
  const Dataset& data = *now->data;
  json values = json::array();
  const auto add = [&](const std::string& name, const std::string& title,
                       const std::string& value) {
    values.push_back({{"name", name}, {"title", title}, {"value", value}});
  };
  for (const auto& [name, own] : now->own_fields)
    if (const auto code = own.values->codes[in_file]; code >= 0)
      add(name, tools::field_title(name).in(call.language),
          own.values->names[static_cast<std::size_t>(code)]);
  for (const auto& [name, grouping] : {std::pair("label", now->labels), {"cluster", now->clusters}})
    if (is_computed_field(*now, name) && grouping && grouping->codes[n] >= 0)
      add(name, tools::field_title(name).in(call.language),
          grouping->names[static_cast<std::size_t>(grouping->codes[n])].in(call.language));
  for (const auto& [name, column] : data.obs.columns)
    if (!now->own_fields.contains(name)) add(name, name, value_text(column, in_file));
  json out = {{"cell", n},
              {"file_cell", in_file},
              {"barcode", in_file < data.obs.index.size() ? data.obs.index[in_file] : ""},
              {"fields", values}};
  json genes = json::array();
  std::string wanted = call.request.value("genes");
  for (std::size_t at = 0; !wanted.empty() && at <= wanted.size() && genes.size() < 50;) {
    const auto end = std::min(wanted.find(',', at), wanted.size());
    CELLOQUY_TRY(const auto gene, tools::resolve_gene(data, wanted.substr(at, end - at)));
    CELLOQUY_TRY(const auto column, call.open_study()->gene_values(*now, gene.index));
    genes.push_back({{"name", gene.name}, {"value", column[n]}});
    at = end + 1;
  }
  if (!genes.empty()) out["genes"] = genes;
  auto response = json_response(out);
  response.with("X-Celloquy-State", now->state);
  return response;
}

std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return out;
}

/// Names that begin with it, then names that hold it, in the order of the file.
void find_by_name(const Dataset& data, const std::string& wanted, std::size_t most, json& found) {
  const auto add = [&](const std::string& name) {
    const bool known = std::any_of(found.begin(), found.end(),
                                   [&](const json& one) { return one["name"] == name; });
    if (!known && found.size() < most)
      found.push_back({{"name", name}, {"matched", name}, {"kind", "symbol"}});
  };
  std::vector<const std::string*> begins, holds;
  for (const auto& name : data.var.index) {
    const std::string plain = folded(name);
    if (plain == wanted) add(name);
    const auto at = plain.find(wanted);
    if (at == 0 && begins.size() < most) begins.push_back(&name);
    if (at != std::string::npos && at > 0 && holds.size() < most) holds.push_back(&name);
  }
  for (const auto* name : begins) add(*name);
  // A short text is in nearly every name.
  if (wanted.size() >= 3)
    for (const auto* name : holds) add(*name);
}

Outcome genes(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  const auto now = conversation->snapshot();
  const Dataset& data = *now->data;
  const std::string wanted = call.request.value("q").substr(0, 100);
  if (wanted.empty()) {
    const std::string key = "genes:" + data.fingerprint;
    auto body = call.api.cache().find(key);
    if (!body) body = call.api.cache().put(key, dump(json{{"names", data.var.index}}));
    http::Response response;
    response.with("Content-Type", "application/json; charset=utf-8")
        .with("ETag", "\"" + hash_text(key) + "\"");
    response.body = body;
    return response;
  }
  const std::string limit = call.request.value("limit");
  const bool number = !limit.empty() && limit.size() < 5 &&
                      limit.find_first_not_of("0123456789") == std::string::npos;
  const std::size_t most = std::clamp<std::size_t>(number ? std::stoul(limit) : 20, 1, 200);
  json found = json::array();
  // "CD20" is a beginning of CD200 too, but means MS4A1: what it is a name of goes first.
  if (const auto gene = tools::resolve_gene(data, wanted))
    found.push_back({{"name", gene->name},
                     {"matched", wanted},
                     {"kind", !gene->synonym                      ? "symbol"
                              : folded(wanted).starts_with("ENS") ? "ensembl"
                                                                  : "synonym"}});
  for (const auto& other : tools::ambiguous_gene(wanted, data.organism.organism))
    if (const auto gene = tools::resolve_gene(data, other))
      found.push_back({{"name", gene->name}, {"matched", wanted}, {"kind", "synonym"}});
  find_by_name(data, folded(wanted), most, found);
  return json_response({{"genes", found}});
}

}  // namespace

void add_study_routes(std::vector<Route>& routes) {
  const auto get = [&](const char* pattern, const char* purpose, Speed speed, auto run) {
    routes.push_back({"GET", pattern, purpose, Right::view, speed, BodyKind::none, run, {}});
  };
  get("/studies", "The studies that one may see.", Speed::quick, list);
  get("/studies/{id}", "What a study holds; opens it.", Speed::opens, summary);
  get("/studies/{id}/fields", "What is known about the cells.", Speed::opens, fields);
  get("/studies/{id}/cells/{n}", "One cell with all that is known about it.", Speed::opens,
      one_cell);
  get("/studies/{id}/genes", "Genes by name, synonym or identifier (q); else all names.",
      Speed::opens, genes);
}

}  // namespace celloquy::server
