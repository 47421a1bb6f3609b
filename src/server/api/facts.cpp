#include "server/api/facts.hpp"

#include <algorithm>
#include <cmath>

#include "tools/design_columns.hpp"
#include "tools/group_resolution.hpp"

namespace celloquy::server {

using nlohmann::json;

namespace {

constexpr std::size_t most_categories = 2000;
constexpr std::size_t most_whole_numbers = 50;  ///< more distinct ones are measurements

Column kept_column(const Snapshot& snapshot, const Column& column) {
  if (snapshot.all_cells) return column;
  DataFrame one;
  one.columns.emplace_back("", column);
  one.index.resize(snapshot.data->n_cells());
  return std::move(one.rows(snapshot.cells->kept).columns.front().second);
}

FieldValues values_of(const Column& column) {
  FieldValues out;
  auto groups = as_categorical(column);
  const bool whole = std::holds_alternative<NullableInteger>(column);
  if (groups && groups->categories.size() <= (whole ? most_whole_numbers : most_categories)) {
    out.kind = FieldValues::Kind::categorical;
    out.groups = *std::move(groups);
    return out;
  }
  if (const auto numbers = as_numbers(column)) out.numbers.assign(numbers->begin(), numbers->end());
  out.kind = out.numbers.empty() ? FieldValues::Kind::text : FieldValues::Kind::number;
  return out;
}

FieldValues values_of(const tools::Grouping& grouping, Language language) {
  FieldValues out;
  out.kind = FieldValues::Kind::categorical;
  out.groups.codes = grouping.codes;
  for (const auto& name : grouping.names) out.groups.categories.push_back(name.in(language));
  return out;
}

json field_json(const std::string& name, const Text& title, const char* source,
                const FieldValues& values, Language language) {
  json out = {{"name", name},        {"title", title.in(language)}, {"source", source},
              {"n_values", nullptr}, {"n_missing", nullptr},        {"ready", true}};
  if (values.kind == FieldValues::Kind::text) {
    out["kind"] = "text";
    return out;
  }
  if (values.kind == FieldValues::Kind::number) {
    float low = INFINITY, high = -INFINITY;
    std::size_t missing = 0;
    for (const float value : values.numbers) {
      if (!std::isfinite(value)) {
        ++missing;
        continue;
      }
      low = std::min(low, value);
      high = std::max(high, value);
    }
    out["kind"] = "number";
    out["n_missing"] = missing;
    out["range"] = low <= high ? json({low, high}) : json();
    return out;
  }
  std::vector<std::size_t> sizes(values.groups.categories.size(), 0);
  std::size_t missing = 0;
  for (const auto code : values.groups.codes)
    code >= 0 ? ++sizes[static_cast<std::size_t>(code)] : ++missing;
  out["kind"] = "categorical";
  out["n_values"] = sizes.size();
  out["n_missing"] = missing;
  out["categories"] = json::array();
  for (std::size_t i = 0; i < sizes.size(); ++i)
    out["categories"].push_back({{"name", values.groups.categories[i]}, {"n_cells", sizes[i]}});
  return out;
}

/// The file's own annotation is called cell type as well: then it is said whose this is.
Text computed_title(const std::string& name, bool file_has_types) {
  return message(name == "cluster" ? "tools.title.cluster"
                 : file_has_types  ? "server.title.label"
                                   : "tools.title.cell_type");
}

FieldValues values_of(const Snapshot& snapshot, const tools::OwnField& field) {
  FieldValues out;
  out.kind = FieldValues::Kind::categorical;
  out.groups.categories = field.names;
  if (snapshot.all_cells) {
    out.groups.codes = field.codes;
    return out;
  }
  out.groups.codes.reserve(snapshot.n_kept());
  for (const auto cell : snapshot.cells->kept) out.groups.codes.push_back(field.codes[cell]);
  return out;
}

std::string state_id(InputState state) {
  switch (state) {
    case InputState::raw_counts: return "tools.state.raw_counts";
    case InputState::noisy_counts: return "tools.state.noisy_counts";
    case InputState::normalized: return "tools.state.normalized";
    case InputState::log1p: return "tools.state.logged";
    case InputState::scaled: return "tools.state.scaled";
    case InputState::unknown: break;
  }
  return "tools.state.unknown";
}

/// The group with the most cells among the file's cell types.
std::string largest_cell_type(const Snapshot& snapshot) {
  const auto column = tools::cell_type_column(*snapshot.data);
  const Column* found = column ? snapshot.data->obs.find(*column) : nullptr;
  const auto groups = found ? as_categorical(*found) : std::nullopt;
  if (!groups || groups->categories.empty()) return {};
  std::vector<std::size_t> sizes(groups->categories.size(), 0);
  for (const auto code : groups->codes)
    if (code >= 0) ++sizes[static_cast<std::size_t>(code)];
  const auto most = std::max_element(sizes.begin(), sizes.end()) - sizes.begin();
  return groups->categories[static_cast<std::size_t>(most)];
}

}  // namespace

bool is_computed_field(const Snapshot& snapshot, const std::string& name) {
  return (name == "cluster" || name == "label") && !snapshot.own_fields.contains(name) &&
         !snapshot.data->obs.find(name);
}

std::string field_key(const Snapshot& snapshot, const std::string& name) {
  if (const auto own = snapshot.own_fields.find(name); own != snapshot.own_fields.end())
    return own->second.key;
  if (snapshot.data->obs.find(name)) return "file";
  const auto& computed = name == "cluster" ? snapshot.clusters : snapshot.labels;
  return is_computed_field(snapshot, name) && computed ? computed->key : std::string();
}

std::optional<FieldValues> field_values(const Snapshot& snapshot, const std::string& name,
                                        Language language) {
  if (const auto own = snapshot.own_fields.find(name); own != snapshot.own_fields.end())
    return values_of(snapshot, *own->second.values);
  if (const Column* column = snapshot.data->obs.find(name))
    return values_of(kept_column(snapshot, *column));
  const auto& computed = name == "cluster" ? snapshot.clusters : snapshot.labels;
  if (!is_computed_field(snapshot, name) || !computed) return std::nullopt;
  return values_of(*computed, language);
}

json fields_json(const Snapshot& snapshot, Language language) {
  json out = json::array();
  const auto types = tools::cell_type_column(*snapshot.data);
  const auto& obs = snapshot.data->obs;
  for (const auto& [name, own] : snapshot.own_fields) {
    if (obs.find(name)) continue;  // shown at the place of the column that it edits
    out.push_back(field_json(name, tools::field_title(name), "user",
                             values_of(snapshot, *own.values), language));
  }
  for (const std::string name : {"label", "cluster"}) {
    if (!is_computed_field(snapshot, name)) continue;
    const Text title = computed_title(name, types.has_value());
    if (const auto values = field_values(snapshot, name, language))
      out.push_back(field_json(name, title, "celloquy", *values, language));
    else
      out.push_back({{"name", name},
                     {"title", title.in(language)},
                     {"source", "celloquy"},
                     {"kind", "categorical"},
                     {"n_values", nullptr},
                     {"n_missing", nullptr},
                     {"ready", false}});
  }
  for (const auto& [name, column] : obs.columns) {
    const auto own = snapshot.own_fields.find(name);
    const bool edited = own != snapshot.own_fields.end();
    json field = field_json(
        name, types == name ? message("tools.title.cell_type") : Text::same(name), "file",
        edited ? values_of(snapshot, *own->second.values)
               : values_of(kept_column(snapshot, column)),
        language);
    if (edited) field["edited"] = true;
    out.push_back(std::move(field));
  }
  return out;
}

json embeddings_json(const Snapshot& snapshot) {
  json out = json::array();
  const auto add = [&](const std::string& name, const std::string& title, std::size_t dimensions,
                       const char* source, bool ready) {
    out.push_back({{"name", name},
                   {"title", title},
                   {"dimensions", dimensions},
                   {"source", source},
                   {"ready", ready}});
  };
  add("umap", "UMAP", snapshot.layout ? snapshot.layout->n_components : 2, "celloquy",
      snapshot.layout != nullptr);
  for (const auto& [name, block] : snapshot.data->obsm) {
    if (block.n_columns < 2 || name == "umap") continue;
    std::string title = name.starts_with("X_") ? name.substr(2) : name;
    for (char& c : title) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    add(name, title, std::min<std::size_t>(3, block.n_columns), "file", true);
  }
  // What is already there is shown first: no wait for a first picture.
  std::stable_sort(out.begin(), out.end(), [](const json& a, const json& b) {
    const auto rank = [](const json& one) {
      const std::string name = one["name"];
      if (!one["ready"]) return 3;
      if (name == "umap") return 0;
      return name.find("umap") != std::string::npos || name.find("tsne") != std::string::npos ? 1
                                                                                              : 2;
    };
    return rank(a) < rank(b);
  });
  return out;
}

std::optional<EmbeddingValues> embedding_values(const Snapshot& snapshot, const std::string& name) {
  if (name == "umap") {
    if (!snapshot.layout) return std::nullopt;
    return EmbeddingValues{snapshot.layout->layout, snapshot.layout->n_components};
  }
  const auto found = snapshot.data->obsm.find(name);
  if (found == snapshot.data->obsm.end() || found->second.n_columns < 2) return std::nullopt;
  const auto& block = found->second;
  EmbeddingValues out;
  out.dimensions = std::min<std::size_t>(3, block.n_columns);
  out.values.reserve(snapshot.n_kept() * out.dimensions);
  for (const auto cell : snapshot.cells->kept)
    for (std::size_t d = 0; d < out.dimensions; ++d)
      out.values.push_back(block.values[std::size_t{cell} * block.n_columns + d]);
  return out;
}

json input_json(const Snapshot& snapshot, Language language) {
  const Dataset& data = *snapshot.data;
  json matrices = json::array(), notes = json::array();
  for (const auto& one : data.states)
    matrices.push_back({{"where", one.where},
                        {"state", name(one.state)},
                        {"title", message(state_id(one.state)).in(language)},
                        {"evidence", one.evidence.in(language)}});
  for (const auto& note : data.notes) notes.push_back(note.in(language));
  const double values = static_cast<double>(data.n_cells()) * static_cast<double>(data.n_genes());
  const double percent =
      values > 0 ? 100.0 * static_cast<double>(data.matrix.n_nonzeros()) / values : 0;
  std::string plain = message("tools.describe.shape", {{"n_cells", data.n_cells()},
                                                       {"n_genes", data.n_genes()},
                                                       {"percent_nonzero", percent}})
                          .in(language);
  const char* between = language == Language::chinese ? "" : " ";
  plain += between + message("tools.describe.state", {{"state", message(state_id(data.state))},
                                                      {"where", data.matrix_where}})
                         .in(language);
  if (data.organism.organism == "human" || data.organism.organism == "mouse")
    plain += between + message("tools.describe.organism",
                               {{"organism", message("tools.organism." + data.organism.organism)}})
                           .in(language);
  return {{"state", name(data.state)},
          {"where", data.matrix_where},
          {"organism", data.organism.organism},
          {"gene_ids", name(data.organism.gene_ids)},
          {"plain", plain},
          {"matrices", matrices},
          {"notes", notes}};
}

json suggestions_json(const Snapshot& snapshot, Language language) {
  json out = json::array();
  const auto add = [&](std::string_view id, const TextArguments& arguments = {}) {
    out.push_back(message(id, arguments).in(language));
  };
  if (snapshot.data->state == InputState::scaled || snapshot.data->state == InputState::unknown) {
    add("server.suggest.data");
    return out;
  }
  add("server.suggest.types");
  const std::string group = largest_cell_type(snapshot);
  if (group.empty())
    add("server.suggest.clusters");
  else
    add("server.suggest.markers", {{"group", group}});
  add("server.suggest.search");
  return out;
}

json selections_json(const Snapshot& snapshot) {
  json out = json::array();
  for (const auto& [name, one] : snapshot.selections)
    if (!name.empty())
      out.push_back({{"name", name}, {"n_cells", n_kept_of(snapshot, one.cells->kept)}});
  return out;
}

}  // namespace celloquy::server
