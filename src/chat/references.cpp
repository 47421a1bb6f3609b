#include "chat/references.hpp"

#include <cmath>

namespace celloquy::chat {
namespace {

using nlohmann::json;

bool is_reference(const json& value, const char* kind) {
  return value.is_object() && value.contains(kind);
}

/// What the arguments of earlier calls, the latest first, were about.
class Resolver {
 public:
  Resolver(const Grammar& grammar, const DataDescription& data) : grammar_(grammar), data_(data) {
    earlier_ = data.previous;
  }

  std::optional<ToolCall> resolve(const Request& request) {
    ToolCall call{request.tool, request.arguments};
    if (call.tool == "@again") {
      auto again = repeat(request.arguments);
      if (!again) return std::nullopt;
      call = *std::move(again);
    } else if (call.tool == "@why") {
      if (earlier_.empty()) return std::nullopt;
      call = {"explain_method", {{"topic", earlier_.back().tool}}};
    }
    if (call.tool == "@sure") {
      auto sure = certainty();
      if (!sure) return std::nullopt;
      call = *std::move(sure);
    }
    if (call.tool == "annotate" && is_reference(call.arguments.value("group", json()), "@group") &&
        !earlier_.empty() && !means_selection())
      if (auto matching = searched_for()) call = {"caption_clusters", {{"matching", *matching}}};
    if (call.tool == "identify_cells" &&
        is_reference(call.arguments.value("group", json()), "@group") && !earlier_.empty() &&
        earlier_.back().tool == "find_cells" && !means_selection()) {
      // "They" are the cells that the search found.
      call.arguments.erase("group");
      call.arguments["matching"] = earlier_.back().arguments["text"];
    }
    if (!replace_references(call)) return std::nullopt;
    // "Call these cells X" where nothing was spoken of before: the selected ones.
    if (call.tool == "rename_group" && !call.arguments.contains("group")) call.tool = "name_cells";
    if (call.tool == "export") kind_from_path(call.arguments);
    earlier_.push_back(call);
    return call;
  }

 private:
  /// The text of the latest call, when that was about the cells that look like one.
  std::optional<std::string> searched_for() const {
    const auto& arguments = earlier_.back().arguments;
    const char* name = earlier_.back().tool == "find_cells" ? "text" : "matching";
    if (!arguments.contains(name) || !arguments[name].is_string()) return std::nullopt;
    return arguments[name].get<std::string>();
  }
  /// "How sure are you?" of what was just said: those tools say it themselves,
  /// of a search it is asked for.
  std::optional<ToolCall> certainty() const {
    if (earlier_.empty()) return std::nullopt;
    const ToolCall& last = earlier_.back();
    if (last.tool == "find_cells") return ToolCall{"how_sure", {{"text", last.arguments["text"]}}};
    for (const char* tool : {"annotate", "identify_cells", "caption_clusters", "how_sure"})
      if (last.tool == tool) return last;
    return ToolCall{"explain_method", {{"topic", last.tool}}};
  }

  /// The latest call with other groups, genes, … put in.
  std::optional<ToolCall> repeat(const json& changes) const {
    if (earlier_.empty()) return std::nullopt;
    ToolCall call = earlier_.back();
    bool changed = false;
    for (const auto& [category, value] : changes.items()) {
      const Slot* slot = grammar_.slot(call.tool, category);
      if (!slot) return std::nullopt;
      call.arguments[slot->argument] =
          slot->list && !value.is_array() ? json::array({value}) : value;
      changed = true;
    }
    return changed ? std::optional<ToolCall>(std::move(call)) : std::nullopt;
  }

  /// "Export to result.h5ad" says what by the file's ending.
  static void kind_from_path(json& arguments) {
    if (arguments.contains("kind") || !arguments.contains("path")) return;
    const std::string path = arguments["path"].get<std::string>();
    static constexpr std::pair<std::string_view, const char*> endings[] = {
        {".h5ad", "h5ad"},  {".html", "report"}, {".ipynb", "notebook"},
        {".csv", "tables"}, {".tsv", "tables"},  {".py", "scanpy"},
        {".R", "seurat"},   {".svg", "figures"}, {".png", "figures"}};
    for (const auto& [ending, kind] : endings)
      if (path.ends_with(ending)) arguments["kind"] = kind;
  }

  /// False when something that is needed cannot be told.
  bool replace_references(ToolCall& call) {
    json arguments = json::object();
    for (const auto& [key, value] : call.arguments.items()) {
      if (!value.is_array()) {
        const auto replaced = replace(value);
        if (!replaced.is_null())
          arguments[key] = replaced;
        else if (!is_reference(value, "@group"))
          return false;
        continue;
      }
      json list = json::array();
      for (const auto& element : value) {
        const auto replaced = replace(element);
        if (replaced.is_null()) return false;
        if (replaced.is_array())
          list.insert(list.end(), replaced.begin(), replaced.end());
        else
          list.push_back(replaced);
      }
      arguments[key] = std::move(list);
    }
    call.arguments = std::move(arguments);
    return true;
  }
  json replace(const json& value) const {
    if (is_reference(value, "@ordinal")) return cluster_in_order(value["@ordinal"].get<double>());
    if (is_reference(value, "@group") && means_selection()) return "selection";
    if (is_reference(value, "@group")) return last_of({"group", "groups", "first", "exclude"});
    if (is_reference(value, "@cell_type")) return cell_type_field();
    if (is_reference(value, "@gene")) return last_of({"genes", "gene", "color"});
    return value;
  }
  /// What was just selected goes before what was spoken of earlier.
  bool means_selection() const {
    if (!earlier_.empty() && earlier_.back().tool == "select_cells") return true;
    return data_.newly_selected && earlier_.size() == data_.previous.size();
  }
  json cluster_in_order(double which) const {
    const auto n = static_cast<long long>(data_.clusters.size());
    auto i = static_cast<long long>(std::llround(which));
    if (i < 0) i = n + i + 1;
    // Clusters are numbered from 0 by size when none have been made yet.
    if (n == 0) return i > 0 ? json(std::to_string(i - 1)) : json();
    return i >= 1 && i <= n ? json(data_.clusters[static_cast<std::size_t>(i - 1)])
                            : json(std::to_string(i));
  }
  /// "Per cell type": the file's own annotation, else the labels made here.
  json cell_type_field() const {
    for (const char* name :
         {"cell_type", "celltype", "cell_types", "CellType", "cell type", "cell_ontology_class"})
      for (const auto& field : data_.fields)
        if (field.name == name) return name;
    return "label";
  }
  json last_of(std::initializer_list<const char*> names) const {
    for (auto call = earlier_.rbegin(); call != earlier_.rend(); ++call)
      for (const char* name : names) {
        const auto found = call->arguments.find(name);
        if (found == call->arguments.end()) continue;
        return found->is_array() && found->size() == 1 ? found->front() : *found;
      }
    return nullptr;
  }

  const Grammar& grammar_;
  const DataDescription& data_;
  std::vector<ToolCall> earlier_;
};

}  // namespace

std::optional<std::vector<ToolCall>> resolve(const Grammar& grammar, const Reading& reading,
                                             const DataDescription& data) {
  Resolver resolver(grammar, data);
  std::vector<ToolCall> calls;
  for (const auto& request : reading.requests) {
    auto call = resolver.resolve(request);
    if (!call) return std::nullopt;
    calls.push_back(*std::move(call));
  }
  return calls;
}

}  // namespace celloquy::chat
