// Binary columns: cells, embeddings, fields, genes, scores.

#include <algorithm>

#include "base/hashing.hpp"
#include "server/api/api.hpp"
#include "server/api/facts.hpp"
#include "tools/annotation.hpp"
#include "tools/gene_resolution.hpp"
#include "tools/gene_sets.hpp"
#include "tools/space/search.hpp"

namespace celloquy::server {

using nlohmann::json;

namespace {

constexpr const char* column_type = "application/vnd.celloquy.column";

json header_of(const Snapshot& snapshot, const std::string& name, const std::string& title) {
  return {
      {"name", name}, {"title", title}, {"state", snapshot.state}, {"n_cells", snapshot.n_kept()}};
}

/// The answer with its hash; made only when neither the client nor the cache has it.
template <class Make>
Outcome column(Call& call, const Snapshot& snapshot, const std::string& what, Make&& make) {
  const auto precision = call.precision();
  const std::string key = hash_text(what +
                                    (precision == Precision::half      ? ":16:"
                                     : precision == Precision::quarter ? ":8:"
                                                                       : ":32:") +
                                    (call.language == Language::chinese ? "zh:" : "en:") +
                                    snapshot.cells_key + ":" + snapshot.data->fingerprint);
  http::Response response;
  response.with("Content-Type", column_type)
      .with("ETag", "\"" + key + "\"")
      .with("X-Celloquy-State", snapshot.state);
  // A column that names its state never changes.
  if (!call.request.value("state").empty() && call.request.value("state") == snapshot.state)
    response.with("Cache-Control", "private, max-age=86400, immutable");
  if (call.request.header("if-none-match").find(key) != std::string::npos) return response;
  CELLOQUY_TRY(response.body, call.api.cache().find_or_make(key, make));
  return response;
}

/// The state that the request names must be the present one: cells are numbered by it.
tl::expected<std::shared_ptr<const Snapshot>, Refusal> snapshot_for(
    Call& call, const Conversation& conversation) {
  auto now = conversation.snapshot();
  const std::string wanted = call.request.value("state");
  if (!wanted.empty() && wanted != now->state)
    return refused(409, "conflict", "server.other_state", {{"state", now->state}});
  return now;
}

Outcome cells(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  CELLOQUY_TRY(const auto now, snapshot_for(call, *conversation));
  return column(call, *now, "cells", [&]() -> tl::expected<std::string, Refusal> {
    json header = header_of(*now, "cells", "cells");
    header["kind"] = "cells";
    ColumnWriter writer(std::move(header));
    writer.add("values", std::span<const std::uint32_t>(now->cells->kept));
    return writer.finish();
  });
}

/// Runs what is missing with the study to itself; what it found is in the next snapshot.
template <class Work>
tl::expected<std::shared_ptr<const Snapshot>, Refusal> computed(Call& call,
                                                                Conversation& conversation,
                                                                Work&& work) {
  ProgressEvents progress(nullptr, conversation.hub(), call.language);
  const Context context = call.context(&progress);
  const auto done = conversation.with_study(context, call.client, call.person.name,
                                            [&](workspace::Study& study) -> Status {
                                              tools::Pipeline pipeline(study, context);
                                              Status status = work(pipeline);
                                              const Status stored = pipeline.flush();
                                              return status ? stored : status;
                                            });
  if (!done) return busy();
  if (!*done) return tl::make_unexpected(Refusal(done->error()));
  return conversation.snapshot();
}

Outcome embedding(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  CELLOQUY_TRY(auto now, snapshot_for(call, *conversation));
  const std::string& name = call.parts["name"];
  if (name == "umap" && !now->layout) {
    CELLOQUY_TRY(now, computed(call, *conversation, [](tools::Pipeline& pipeline) -> Status {
                   CELLOQUY_TRY(const auto layout, pipeline.layout());
                   (void)layout;
                   return {};
                 }));
  }
  // Only its size is needed to know that it is there.
  if (name == "umap" ? !now->layout : !now->data->obsm.contains(name))
    return refused(404, "not_found", "server.no_embedding", {{"name", name}});
  return column(call, *now, "embedding:" + name + ":" + now->layout_key,
                [&]() -> tl::expected<std::string, Refusal> {
                  const auto values = embedding_values(*now, name);
                  if (!values)
                    return refused(404, "not_found", "server.no_embedding", {{"name", name}});
                  return embedding_column(header_of(*now, name, name), values->values,
                                          values->dimensions, call.precision());
                });
}

bool embedding_ready(Call& call) {
  const auto now = call.open_study()->known_conversation(call.session)->snapshot();
  return call.parts["name"] != "umap" || now->layout;
}

Outcome field(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  CELLOQUY_TRY(auto now, snapshot_for(call, *conversation));
  const std::string& name = call.parts["name"];
  if (!is_computed_field(*now, name) && field_key(*now, name).empty())
    return refused(404, "not_found", "server.no_field", {{"name", name}});
  if (field_key(*now, name).empty()) {
    CELLOQUY_TRY(now, computed(call, *conversation, [&](tools::Pipeline& pipeline) -> Status {
                   CELLOQUY_TRY(const auto grouping, name == "cluster"
                                                         ? pipeline.cluster_grouping()
                                                         : tools::label_grouping(pipeline));
                   (void)grouping;
                   return {};
                 }));
  }
  return column(call, *now, "field:" + name + ":" + field_key(*now, name),
                [&]() -> tl::expected<std::string, Refusal> {
                  const auto values = field_values(*now, name, call.language);
                  if (!values || values->kind == FieldValues::Kind::text)
                    return refused(422, "cannot_answer", "server.text_field", {{"name", name}});
                  json header = header_of(*now, name, name);
                  if (values->kind == FieldValues::Kind::number)
                    return number_column(std::move(header), values->numbers, call.precision());
                  return categorical_column(std::move(header), values->groups.codes,
                                            values->groups.categories);
                });
}

bool field_ready(Call& call) {
  const auto now = call.open_study()->known_conversation(call.session)->snapshot();
  const std::string& name = call.parts["name"];
  return !is_computed_field(*now, name) || !field_key(*now, name).empty();
}

Outcome gene(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  CELLOQUY_TRY(const auto now, snapshot_for(call, *conversation));
  CELLOQUY_TRY(const auto found, tools::resolve_gene(*now->data, call.parts["symbol"]));
  auto out =
      column(call, *now, "gene:" + std::to_string(found.index),
             [&]() -> tl::expected<std::string, Refusal> {
               CELLOQUY_TRY(const auto values, call.open_study()->gene_values(*now, found.index));
               json header = header_of(*now, found.name, found.name);
               header["gene"] = found.name;
               header["unit"] = message("server.unit.log_expression").in(call.language);
               return number_column(std::move(header), values, call.precision());
             });
  if (out) out->with("X-Celloquy-Gene", http::percent_encoded(found.name));
  return out;
}

bool genes_ready(Call& call) { return call.open_study()->genes_ready(); }

constexpr std::size_t most_genes_at_once = 200;

/// The mean of these genes; genes of a set that are not measured are left out and named.
Outcome mean_of(Call& call, const Snapshot& now, const std::vector<std::uint32_t>& genes,
                const json& names, const json& missing, const std::string& title) {
  std::string key = "genes:" + title;
  for (const auto gene : genes) key += ":" + std::to_string(gene);
  return column(call, now, key, [&]() -> tl::expected<std::string, Refusal> {
    std::vector<float> mean(now.n_kept(), 0.0f);
    for (const auto one : genes) {
      CELLOQUY_TRY(const auto values, call.open_study()->gene_values(now, one));
      for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += values[i];
    }
    for (float& value : mean) value /= static_cast<float>(genes.size());
    json header = header_of(now, "genes", title);
    header["genes"] = names;
    header["missing"] = missing;
    header["unit"] = message("server.unit.log_expression").in(call.language);
    return number_column(std::move(header), mean, call.precision());
  });
}

/// An imported set of this name.
Outcome named_set(Call& call, Conversation& conversation, const Snapshot& now) {
  const std::string wanted = call.request.value("set");
  const auto sets = tools::gene_sets(conversation.results(), now.data->fingerprint);
  const auto found = std::find_if(sets.begin(), sets.end(),
                                  [&](const tools::GeneSet& one) { return one.name == wanted; });
  if (found == sets.end())
    return refused(404, "not_found", "server.no_gene_set", {{"name", wanted}});
  std::vector<std::uint32_t> genes;
  json names = json::array(), missing = json::array();
  for (const auto& gene : found->genes) {
    const auto known = tools::resolve_gene(*now.data, gene);
    if (!known) {
      missing.push_back(gene);
      continue;
    }
    genes.push_back(known->index);
    names.push_back(known->name);
  }
  if (genes.empty())
    return refused(422, "cannot_answer", "server.gene_set_not_measured", {{"name", wanted}});
  return mean_of(call, now, genes, names, missing, wanted);
}

/// Genes listed in the address.
Outcome listed_genes(Call& call, const Snapshot& now) {
  std::vector<std::uint32_t> genes;
  json names = json::array();
  const std::string wanted = call.request.value("genes");
  for (std::size_t at = 0; at < wanted.size();) {
    const auto end = std::min(wanted.find_first_of(",;", at), wanted.size());
    const std::string one = wanted.substr(at, end - at);
    at = end + 1;
    if (one.empty()) continue;
    CELLOQUY_TRY(const auto found, tools::resolve_gene(*now.data, one));
    genes.push_back(found.index);
    names.push_back(found.name);
    if (genes.size() > most_genes_at_once)
      return refused(400, "usage", "server.too_many_genes", {{"most", most_genes_at_once}});
  }
  if (genes.empty()) return refused(400, "usage", "server.no_text");
  return mean_of(call, now, genes, names, json::array(), wanted);
}

Outcome scores(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  CELLOQUY_TRY(const auto now, snapshot_for(call, *conversation));
  if (!call.request.value("set").empty()) return named_set(call, *conversation, *now);
  if (!call.request.value("genes").empty()) return listed_genes(call, *now);
  const std::string text = call.request.value("text").substr(0, 500);
  if (text.find_first_not_of(" \t\n\r") == std::string::npos)
    return refused(400, "usage", "server.no_text");
  return column(call, *now, "text:" + text, [&]() -> tl::expected<std::string, Refusal> {
    tools::TextSearch found;
    CELLOQUY_TRY(const auto after,
                 computed(call, *conversation, [&](tools::Pipeline& pipeline) -> Status {
                   CELLOQUY_TRY(found, tools::search_cells(pipeline, text));
                   return {};
                 }));
    if (after->state != now->state || found.score.size() != now->n_kept()) return busy();
    json header = header_of(*now, "text", text);
    header["centred"] = true;
    header["reading"] = {{"read_as", found.text.read_as},
                         {"ontology_id", found.text.cell_ontology_id},
                         {"genes", found.text.genes}};
    header["kind"] = "number";
    ColumnWriter writer(std::move(header));
    float low = 0, high = 0;
    for (const float value : found.score) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
    writer.header()["low"] = low;
    writer.header()["high"] = high;
    writer.add("values", std::span<const float>(found.score));
    writer.add("probability", std::span<const float>(found.probability));
    return writer.finish();
  });
}

}  // namespace

void add_column_routes(std::vector<Route>& routes) {
  const auto get = [&](const char* pattern, const char* purpose, Speed speed, auto run,
                       std::function<bool(Call&)> ready = {}) {
    routes.push_back({"GET", pattern, purpose, Right::view, speed, BodyKind::none, run,
                      std::move(ready), column_type});
  };
  get("/studies/{id}/cells", "The kept cells' numbers in the file.", Speed::opens, cells);
  get("/studies/{id}/embeddings/{name}", "Coordinates of the kept cells.", Speed::computes,
      embedding, embedding_ready);
  get("/studies/{id}/fields/{name}", "A field of the kept cells.", Speed::computes, field,
      field_ready);
  get("/studies/{id}/genes/{symbol}", "Log-normalised expression of a gene.", Speed::computes, gene,
      genes_ready);
  get("/studies/{id}/scores",
      "Nearness to a text (text), or the mean of genes (genes) or of an imported set (set).",
      Speed::computes, scores);
}

}  // namespace celloquy::server
