#include "server/studies/answer_view.hpp"

#include "tools/gene_resolution.hpp"
#include "tools/own_fields.hpp"

namespace celloquy::server {
namespace {

using nlohmann::json;

json colour(const char* kind, const std::string& name) { return {{"colour", {{kind, name}}}}; }

/// A field or gene of this name, if it is one.
json named(const std::string& name, workspace::Study& study, const Context& context) {
  tools::Pipeline pipeline(study, context);
  const auto data = study.dataset(context);
  if (!data) return nullptr;
  if (pipeline.has_own_field(name) || (*data)->obs.find(name) || name == "cluster" ||
      name == "label")
    return colour("field", name);
  const auto gene = tools::resolve_gene(**data, name);
  return gene ? colour("gene", gene->name) : json();
}

std::string text(const json& arguments, const char* name) {
  const auto found = arguments.find(name);
  if (found == arguments.end()) return {};
  if (found->is_array())
    return found->size() == 1 && found->front().is_string() ? found->front().get<std::string>()
                                                            : std::string();
  return found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

json answer_view(const chat::Answer& answer, workspace::Study& study, const Context& context) {
  if (answer.evidence.empty() || answer.asked_back) return nullptr;
  const auto& last = answer.evidence.back();
  const json& arguments = last.arguments;
  if (tools::names_cells(last.tool) && last.selection)
    return colour("field", last.selection->column);
  if (last.tool == "recluster" || last.tool == "run_analysis" || last.tool == "list_clusters")
    return colour("field", "cluster");
  if (last.tool == "caption_clusters" && arguments.value("accept", false))
    return colour("field", tools::cluster_names_field);
  if (last.tool == "find_cells") return colour("text", text(arguments, "text"));
  if (last.tool == "annotate" && !arguments.contains("group")) {
    const std::string by = text(arguments, "by");
    return by.empty() ? colour("field", "label") : named(by, study, context);
  }
  const char* about = last.tool == "plot_embedding"    ? "color"
                      : last.tool == "gene_expression" ? "genes"
                      : last.tool == "count_cells"     ? "by"
                                                       : "";
  const std::string name = text(arguments, about);
  return name.empty() ? json() : named(name, study, context);
}

}  // namespace celloquy::server
