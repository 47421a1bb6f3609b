// Named sets of genes of a study: imported from GMT, CSV or TSV, listed, forgotten.

#include "server/api/api.hpp"
#include "tools/gene_resolution.hpp"
#include "tools/gene_sets.hpp"

namespace celloquy::server {

using nlohmann::json;

namespace {

Outcome list(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  const auto now = conversation->snapshot();
  json sets = json::array();
  for (const auto& set : tools::gene_sets(conversation->results(), now->data->fingerprint)) {
    json missing = json::array();
    for (const auto& gene : set.genes)
      if (!tools::resolve_gene(*now->data, gene)) missing.push_back(gene);
    sets.push_back({{"name", set.name},
                    {"genes", set.genes},
                    {"n_genes", set.genes.size()},
                    {"n_measured", set.genes.size() - missing.size()},
                    {"missing", missing}});
  }
  return json_response({{"sets", sets}});
}

tl::expected<std::vector<tools::GeneSet>, Refusal> sets_of(const json& body) {
  if (body.contains("text")) {
    CELLOQUY_TRY(auto sets, tools::parse_gene_sets(text_of(body, "text")));
    return sets;
  }
  // One set, made on the page: the same rules as for a table with one column.
  std::string table = text_of(body, "name");
  const auto genes = body.find("genes");
  if (table.empty() || table.find_first_of("\t\n,;\"") != std::string::npos ||
      genes == body.end() || !genes->is_array())
    return refused(400, "usage", "server.bad_gene_set");
  for (const auto& gene : *genes) {
    if (!gene.is_string()) return refused(400, "usage", "server.bad_gene_set");
    table += "\n" + gene.get<std::string>();
  }
  CELLOQUY_TRY(auto sets, tools::parse_gene_sets(table));
  return sets;
}

template <class Work>
tl::expected<void, Refusal> with_study(Call& call, Work&& work) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  const auto done =
      conversation->with_study(call.context(), call.client, call.person.name,
                               [&](workspace::Study& study) -> Status { return work(study); });
  if (!done) return busy();
  if (!*done) return tl::make_unexpected(Refusal(done->error()));
  return {};
}

Outcome add(Call& call) {
  CELLOQUY_TRY(const json body, call.json_body());
  CELLOQUY_TRY(const auto sets, sets_of(body));
  CELLOQUY_TRY(const auto conversation, call.conversation());
  const auto done =
      with_study(call, [&](workspace::Study& study) { return tools::add_gene_sets(study, sets); });
  if (!done) return tl::make_unexpected(done.error());
  const auto now = conversation->snapshot();
  json added = json::array();
  for (const auto& set : sets) {
    std::size_t measured = 0;
    for (const auto& gene : set.genes)
      measured += tools::resolve_gene(*now->data, gene).has_value();
    added.push_back({{"name", set.name}, {"n_genes", set.genes.size()}, {"n_measured", measured}});
  }
  return json_response({{"sets", added}}, 201);
}

Outcome remove(Call& call) {
  const std::string& name = call.parts["name"];
  bool found = false;
  const auto done = with_study(call, [&](workspace::Study& study) -> Status {
    CELLOQUY_TRY(found, tools::remove_gene_set(study, name));
    return {};
  });
  if (!done) return tl::make_unexpected(done.error());
  if (!found) return refused(404, "not_found", "server.no_gene_set", {{"name", name}});
  http::Response response;
  response.status = 204;
  return response;
}

}  // namespace

void add_gene_set_routes(std::vector<Route>& routes) {
  const char* all = "/studies/{id}/gene-sets";
  routes.push_back(
      {"GET", all, "Named sets of genes.", Right::view, Speed::opens, BodyKind::none, list, {}});
  routes.push_back({"POST",
                    all,
                    "Imports sets of genes (text: GMT, CSV or TSV; or name and genes).",
                    Right::annotate,
                    Speed::computes,
                    BodyKind::json,
                    add,
                    {}});
  routes.push_back({"DELETE",
                    "/studies/{id}/gene-sets/{name}",
                    "Forgets a set of genes.",
                    Right::annotate,
                    Speed::computes,
                    BodyKind::none,
                    remove,
                    {}});
}

}  // namespace celloquy::server
