// How the last answer, or a kind of answer, was computed: method, caveats, code.

#include <algorithm>

#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/code_pieces.hpp"
#include "tools/methods.hpp"

namespace celloquy::tools {
namespace {

using nlohmann::json;

/// What explain_method needs of a finding.
struct Explanation {
  std::string tool;
  json arguments;
  Text method;
  std::vector<Text> caveats;
  std::vector<std::string> references;
  EquivalentCode code;
};

std::string explanation_key(const std::string& state, const std::string& tool,
                            const json& arguments) {
  return workspace::result_key(std::vector<std::string>{"state:" + state}, "explanation:" + tool,
                               arguments, 2);
}

json text_json(const Text& text) { return {text.en, text.zh}; }
Text text_of(const json& value) { return {value.at(0), value.at(1)}; }

workspace::Blob blob_of(const Finding& finding) {
  json caveats = json::array();
  for (const auto& caveat : finding.caveats)
    caveats.push_back(text_json(sentence(finding, caveat)));
  workspace::Blob blob;
  blob.facts = {{"tool", finding.tool},
                {"arguments", finding.arguments},
                {"method", text_json(finding.method)},
                {"caveats", std::move(caveats)},
                {"references", finding.references},
                {"scanpy", finding.code.scanpy},
                {"seurat", finding.code.seurat}};
  return blob;
}

std::optional<Explanation> explanation_of(const workspace::Blob& blob) {
  try {
    Explanation out;
    out.tool = blob.facts.at("tool");
    out.arguments = blob.facts.at("arguments");
    out.method = text_of(blob.facts.at("method"));
    for (const auto& caveat : blob.facts.at("caveats")) out.caveats.push_back(text_of(caveat));
    out.references = blob.facts.at("references").get<std::vector<std::string>>();
    out.code = {blob.facts.at("scanpy"), blob.facts.at("seurat")};
    return out;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

/// Names under which a tool may be asked for.
bool same_topic(const std::string& topic, const std::string& tool) {
  if (topic == tool) return true;
  return (topic == "clustering" || topic == "recluster" || topic == "list_clusters" ||
          topic == "run_analysis") &&
         (tool == "recluster" || tool == "list_clusters" || tool == "run_analysis");
}

/// The findings of the last turn, or of the last turn that used the topic's
/// tool. A turn names its state; a call inside it may have run before that.
Expected<std::vector<Explanation>> last_ones(Pipeline& pipeline,
                                             const std::optional<std::string>& topic) {
  CELLOQUY_TRY(const auto states, pipeline.study().all_states());
  std::vector<Explanation> out;
  const auto& turns = pipeline.study().turns();
  for (auto turn = turns.rbegin(); turn != turns.rend() && out.empty(); ++turn)
    for (const auto& call : turn->calls) {
      const std::string tool = call.value("tool", "");
      if (tool == "explain_method" || tool == "help" || (topic && !same_topic(*topic, tool)))
        continue;
      const Tool* known = Registry::standard().find(tool);
      if (!known) continue;
      const auto arguments =
          checked_arguments(known->schema(), call.value("arguments", json::object()));
      if (!arguments) continue;
      std::vector<std::string> places = {turn->state, pipeline.study().state().id};
      for (auto state = states.rbegin(); state != states.rend(); ++state)
        places.push_back(state->id);
      for (const auto& place : places) {
        const auto blob = pipeline.study().results().find(explanation_key(place, tool, *arguments));
        if (!blob) continue;
        if (auto one = explanation_of(*blob)) out.push_back(std::move(*one));
        break;
      }
    }
  return out;
}

/// Without an earlier answer: the method as it would be used here.
std::optional<Explanation> general(Pipeline& pipeline, const std::string& topic) {
  Explanation out;
  out.tool = topic;
  out.arguments = json::object();
  const Text normal = normalization_method(pipeline);
  if (topic == "markers") {
    out.method = joined(normal, message("tools.method.markers_wilcoxon"));
    out.references = {citation("wilcoxon"), citation("fdr")};
  } else if (same_topic(topic, "recluster")) {
    out.method = cluster_method(pipeline);
    out.references = cluster_references();
  } else if (topic == "annotate") {
    out.method = message("tools.method.annotate_general");
    out.references = {citation("cell_ontology")};
  } else if (topic == "quality_control" || topic == "filter_cells") {
    const quality_control::FilterOptions options;
    out.method =
        message("tools.method.quality", {{"mads", options.mads},
                                         {"mads_mitochondrial", options.mads_mitochondrial},
                                         {"least", options.least_mitochondrial_limit},
                                         {"min_genes", options.min_genes}});
    out.references = {citation("mad")};
  } else if (topic == "compare_groups") {
    out.method = message("tools.method.compare_general");
    out.references = {citation("wilcoxon"), citation("pseudobulk"), citation("limma")};
  } else if (topic == "gene_expression") {
    out.method = joined(normal, message("tools.method.expression"));
  } else if (topic == "plot_embedding") {
    out.method = joined(cluster_method(pipeline), message("tools.method.layout"));
    out.references = {citation("umap")};
  } else if (topic == "count_cells") {
    out.method = message("tools.method.count");
  } else {
    return std::nullopt;
  }
  return out;
}

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  const auto topic = arguments.text("topic");
  CELLOQUY_TRY(auto found, last_ones(pipeline, topic));
  if (found.empty() && topic)
    if (auto one = general(pipeline, *topic)) found.push_back(std::move(*one));
  if (found.empty())
    return failure(ErrorCode::cannot_answer,
                   topic ? "tools.explain.unknown" : "tools.explain.nothing",
                   {{"topic", topic.value_or("")}});
  Finding finding;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto& one = found[i];
    const std::string number = std::to_string(i + 1);
    finding.values["tool_" + number] = Value::name(one.tool, NameKind::method);
    finding.values["method_" + number] = Value::name(one.method, NameKind::method);
    finding.statements.push_back({"tools.text", {{"text", "method_" + number}}});
    for (std::size_t c = 0; c < one.caveats.size(); ++c) {
      const std::string name = "caveat_" + number + "_" + std::to_string(c + 1);
      finding.values[name] = Value::name(one.caveats[c], NameKind::none);
      finding.caveats.push_back({"tools.text", {{"text", name}}});
    }
    for (const auto& reference : one.references)
      if (std::find(finding.references.begin(), finding.references.end(), reference) ==
          finding.references.end())
        finding.references.push_back(reference);
    finding.code.scanpy += (finding.code.scanpy.empty() ? "" : "\n") + one.code.scanpy;
    finding.code.seurat += (finding.code.seurat.empty() ? "" : "\n") + one.code.seurat;
    finding.method = joined(finding.method, one.method);
  }
  Table table{"references", message("tools.title.references"), {}};
  auto column = table_column("reference", "tools.title.reference");
  for (const auto& reference : finding.references)
    column.cells.push_back(Value::name(reference, NameKind::none));
  table.columns = {std::move(column)};
  finding.tables.push_back(std::move(table));
  if (!finding.code.scanpy.empty()) say(finding.statements, "tools.explain.code");
  return finding;
}

}  // namespace

void remember_finding(Pipeline& pipeline, const Finding& finding) {
  if (finding.tool == "explain_method" || finding.tool == "help") return;
  const std::string key =
      explanation_key(pipeline.study().state().id, finding.tool, finding.arguments);
  if (pipeline.study().results().contains(key)) return;
  Memory::of(pipeline.study()).writer.put(key, [blob = blob_of(finding)] { return blob; });
}

std::unique_ptr<Tool> explain_method_tool() {
  return make_tool({"explain_method",
                    message("tools.explain_method.purpose"),
                    {argument("topic", ArgumentType::text, "tools.explain_method.topic")},
                    false},
                   run);
}

}  // namespace celloquy::tools
