#include "tools/group_resolution.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "tools/annotation.hpp"
#include "tools/biology.hpp"
#include "tools/design_columns.hpp"
#include "tools/selection_groups.hpp"
#include "tools/similar_names.hpp"

namespace celloquy::tools {

bool GroupChoice::contains(std::int32_t code) const {
  return std::binary_search(codes.begin(), codes.end(), code);
}

std::size_t GroupChoice::n_cells() const {
  return static_cast<std::size_t>(std::count_if(grouping.codes.begin(), grouping.codes.end(),
                                                [&](auto code) { return contains(code); }));
}

std::vector<std::uint32_t> GroupChoice::positions() const {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < grouping.codes.size(); ++i)
    if (contains(grouping.codes[i])) out.push_back(i);
  return out;
}

std::vector<Text> GroupChoice::members() const {
  std::vector<Text> out;
  for (const auto code : codes) out.push_back(group_name(grouping, code));
  return out;
}

Text group_name(const Grouping& grouping, std::int32_t code) {
  const Text& name = grouping.names[static_cast<std::size_t>(code)];
  if (grouping.kind == Grouping::Kind::clusters)
    return message("tools.group.cluster", {{"name", name}});
  return name;
}

Text field_title(const std::string& field) {
  if (field == "cluster_name") return message("tools.title.cluster_name");
  if (field == "annotation") return message("tools.title.annotation");
  if (field == "label") return message("tools.title.cell_type");
  if (field == "cluster") return message("tools.title.cluster");
  return Text::same(field);
}

Grouping in_and_out(const GroupChoice& group, const GroupChoice* rest) {
  Grouping out;
  out.kind = group.grouping.kind;
  out.field = group.grouping.field;
  out.names = {group.name, rest ? rest->name : message("tools.group.others")};
  out.codes.assign(group.grouping.codes.size(), -1);
  for (std::size_t i = 0; i < out.codes.size(); ++i) {
    if (group.contains(group.grouping.codes[i]))
      out.codes[i] = 0;
    else if (rest ? rest->contains(rest->grouping.codes[i]) : group.grouping.codes[i] >= 0)
      out.codes[i] = 1;
  }
  nlohmann::json parts = {{"in", group.codes}};
  std::vector<std::string> inputs = {group.grouping.key};
  if (rest) {
    parts["out"] = rest->codes;
    inputs.push_back(rest->grouping.key);
  }
  out.key = workspace::result_key(inputs, "two_groups", parts, 1);
  return out;
}

namespace {

using Found = Expected<std::optional<GroupChoice>>;

/// "cluster 3", "第3群", "#3", "c3", "3": the number, if that is what it is.
std::optional<long long> cluster_number(const std::string& text) {
  std::string rest = lower(text);
  const auto remove = [&](std::string_view word) {
    for (auto at = rest.find(word); at != std::string::npos; at = rest.find(word))
      rest.erase(at, word.size());
  };
  for (const std::string_view word : {"clusters", "cluster", "聚类", "类群", "亚群", "群", "簇",
                                      "第", "号", "类", "个", "#", "_", " "})
    remove(word);
  if (rest.size() > 1 && rest.front() == 'c') rest.erase(0, 1);
  long long number = -1;
  const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (rest.empty() || parsed.ec != std::errc() || parsed.ptr != rest.data() + rest.size() ||
      number < 0)
    return std::nullopt;
  return number;
}

Text source_of(const Grouping& grouping) {
  switch (grouping.kind) {
    case Grouping::Kind::clusters: return message("tools.source.clusters");
    case Grouping::Kind::labels: return message("tools.source.labels");
    case Grouping::Kind::field: break;
  }
  if (grouping.key.find(":own:") != std::string::npos)
    return message("tools.source.own_field", {{"field", field_title(grouping.field)}});
  return message("tools.source.field", {{"field", grouping.field}});
}

GroupChoice choice_of(Grouping grouping, std::vector<std::int32_t> codes, bool cell_type,
                      std::optional<Text> name = std::nullopt) {
  std::sort(codes.begin(), codes.end());
  GroupChoice choice;
  choice.source = source_of(grouping);
  choice.name = name ? *name : group_name(grouping, codes.front());
  choice.cell_type = cell_type || grouping.kind != Grouping::Kind::field;
  if (grouping.kind == Grouping::Kind::field) choice.published = grouping.field;
  choice.grouping = std::move(grouping);
  choice.codes = std::move(codes);
  return choice;
}

Found find_cluster(Pipeline& pipeline, const std::string& text) {
  const auto number = cluster_number(text);
  if (!number) return std::optional<GroupChoice>();
  CELLOQUY_TRY(Grouping grouping, pipeline.cluster_grouping());
  if (*number >= grouping.n_groups())
    return failure(ErrorCode::cannot_answer, "tools.group.no_cluster",
                   {{"number", *number}, {"last", grouping.n_groups() - 1}});
  return std::optional(choice_of(std::move(grouping), {static_cast<std::int32_t>(*number)}, true));
}

/// The category with this name: exactly, else folded if only one is.
std::optional<std::int32_t> find_category(const Grouping& grouping, const std::string& text) {
  std::optional<std::int32_t> found;
  const std::string plain = folded_name(text);
  for (std::int32_t code = 0; code < static_cast<std::int32_t>(grouping.n_groups()); ++code) {
    const Text& name = grouping.names[static_cast<std::size_t>(code)];
    if (name.en == text || name.zh == text) return code;
    if (!plain.empty() && folded_name(name.en) == plain) {
      if (found) return std::nullopt;
      found = code;
    }
  }
  return found;
}

/// All groups whose names are this cell type or kinds of it.
std::vector<std::int32_t> kinds_of(const Grouping& grouping, const CellTypeName& type) {
  std::vector<std::int32_t> codes;
  const auto wanted = words_of(type.name.en);
  for (std::int32_t code = 0; code < static_cast<std::int32_t>(grouping.n_groups()); ++code) {
    const std::string& name = grouping.names[static_cast<std::size_t>(code)].en;
    if (const auto known = cell_type_of_category(name)) {
      if (is_kind_of(known->id, type.id)) codes.push_back(code);
      continue;
    }
    // A name that the ontology lacks ("T cells CD4 conv") is a kind of what its words say.
    const auto words = words_of(name);
    const bool all = std::all_of(wanted.begin(), wanted.end(), [&](const std::string& word) {
      return std::find(words.begin(), words.end(), word) != words.end();
    });
    if (all) codes.push_back(code);
  }
  return codes;
}

/// In the file's cell type column or my labels: the category of this name, else
/// all kinds of the cell type that the words mean. The file's own word wins: its
/// "ILC" stands beside its "NK cells", which the ontology counts among them.
std::optional<GroupChoice> find_in_cell_types(const Grouping& grouping, const std::string& text) {
  const auto exact = find_category(grouping, text);
  if (exact) return choice_of(grouping, {*exact}, true);
  const auto type = find_cell_type(text);
  if (!type) return std::nullopt;
  const auto codes = kinds_of(grouping, *type);
  if (codes.empty()) return std::nullopt;
  if (codes.size() == 1) return choice_of(grouping, codes, true);
  return choice_of(grouping, codes, true, std::optional(type->name));
}

/// What people named in this study, then text columns with a bounded number of
/// categories: the fields whose values can be asked for.
Expected<std::vector<Grouping>> nameable_fields(Pipeline& pipeline) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  std::vector<Grouping> out;
  for (const auto& name : pipeline.own_field_names()) {
    CELLOQUY_TRY(Grouping grouping, pipeline.field_grouping(name));
    out.push_back(std::move(grouping));
  }
  for (const auto& [name, column] : data->obs.columns) {
    if (pipeline.has_own_field(name)) continue;
    const auto type = kind(column);
    if (type != "text" && type != "categorical" && type != "boolean") continue;
    CELLOQUY_TRY(Grouping grouping, pipeline.field_grouping(name));
    // A name for nearly every cell (barcodes) is not a group.
    if (grouping.n_groups() > 2000 || grouping.n_groups() * 2 > grouping.codes.size() + 20)
      continue;
    out.push_back(std::move(grouping));
  }
  return out;
}

/// "lane=L1", "lane L1", "lane: L1".
Found find_by_field_name(const std::vector<Grouping>& fields, const std::string& text) {
  for (const auto& grouping : fields) {
    const std::string name = lower(grouping.field);
    if (text.size() <= name.size() + 1 || lower(text.substr(0, name.size())) != name) continue;
    std::string value = text.substr(name.size());
    const auto begin = value.find_first_not_of(" =:");
    if (begin == 0 || begin == std::string::npos) continue;
    value.erase(0, begin);
    if (const auto code = find_category(grouping, value))
      return std::optional(choice_of(grouping, {*code}, false));
  }
  return std::optional<GroupChoice>();
}

Text candidate(const Grouping& grouping, std::int32_t code) {
  return message("tools.group.candidate",
                 {{"name", group_name(grouping, code)}, {"field", grouping.field}});
}

/// Categories of this name in any obs column; several columns are ambiguous
/// unless they mean the same cells.
Found find_in_fields(const std::vector<Grouping>& fields, const std::string& text) {
  std::vector<GroupChoice> found;
  for (const auto& grouping : fields)
    if (const auto code = find_category(grouping, text))
      found.push_back(choice_of(grouping, {*code}, false));
  if (found.empty()) return std::optional<GroupChoice>();
  const auto first = found.front().positions();
  std::vector<Text> meant;
  for (const auto& choice : found) {
    meant.push_back(candidate(choice.grouping, choice.codes.front()));
    if (choice.positions() == first) meant.resize(std::max<std::size_t>(1, meant.size() - 1));
  }
  const bool same = std::all_of(found.begin(), found.end(),
                                [&](const GroupChoice& c) { return c.positions() == first; });
  if (!same)
    return failure(ErrorCode::cannot_answer, "tools.group.ambiguous",
                   {{"text", text}, {"candidates", enumerate(meant)}});
  return std::optional(std::move(found.front()));
}

/// A name that people gave in this study, of whatever kind it sounds.
Found find_in_own_fields(Pipeline& pipeline, const std::vector<Grouping>& fields,
                         const std::string& text) {
  std::vector<Grouping> own;
  for (const auto& grouping : fields)
    if (pipeline.has_own_field(grouping.field)) own.push_back(grouping);
  // "3" means a cluster, also where a field has its number as a name.
  if (own.empty() || cluster_number(text)) return std::optional<GroupChoice>();
  CELLOQUY_TRY(auto found, find_in_fields(own, text));
  if (found) {
    CELLOQUY_TRY(const auto field, pipeline.own_field(found->grouping.field));
    found->cell_type = field->cell_type;
  }
  return found;
}

/// Groups whose words contain all words of the text: accepted when only one has them.
Found find_by_part(const std::vector<Grouping>& groupings, const std::string& text,
                   const std::optional<std::string>& types) {
  const auto wanted = words_of(text);
  if (wanted.empty()) return std::optional<GroupChoice>();
  std::vector<GroupChoice> found;
  std::vector<Text> names;
  for (const auto& grouping : groupings)
    for (std::int32_t code = 0; code < static_cast<std::int32_t>(grouping.n_groups()); ++code) {
      const auto words = words_of(grouping.names[static_cast<std::size_t>(code)].en);
      const bool all = std::all_of(wanted.begin(), wanted.end(), [&](const std::string& word) {
        return std::find(words.begin(), words.end(), word) != words.end();
      });
      if (!all) continue;
      const bool type = grouping.kind != Grouping::Kind::field || types == grouping.field;
      found.push_back(choice_of(grouping, {code}, type));
      names.push_back(candidate(grouping, code));
    }
  if (found.empty()) return std::optional<GroupChoice>();
  if (found.size() == 1) return std::optional(std::move(found.front()));
  if (names.size() > 12) names.resize(12);
  return failure(ErrorCode::cannot_answer, "tools.group.ambiguous",
                 {{"text", text}, {"candidates", enumerate(names)}});
}

/// Nothing fits: says what there is.
tl::unexpected<Error> not_found(const std::vector<Grouping>& groupings, const std::string& text,
                                const std::optional<std::string>& types) {
  if (means_selection(text)) return failure(ErrorCode::cannot_answer, "tools.selection.none");
  std::vector<Text> names;
  std::vector<std::string> all;
  for (const auto& grouping : groupings)
    for (std::int32_t code = 0; code < static_cast<std::int32_t>(grouping.n_groups()); ++code)
      all.push_back(grouping.names[static_cast<std::size_t>(code)].en);
  for (const auto& name : similar_names(all, text, 5)) names.push_back(Text::same(name));
  if (!names.empty())
    return failure(ErrorCode::cannot_answer, "tools.group.unknown_near",
                   {{"text", text}, {"near", enumerate(names)}});
  for (const auto& grouping : groupings)
    if (grouping.kind == Grouping::Kind::labels || types == grouping.field)
      for (const auto& name : grouping.names)
        if (names.size() < 20) names.push_back(name);
  if (names.empty())
    return failure(ErrorCode::cannot_answer, "tools.group.unknown", {{"text", text}});
  return failure(ErrorCode::cannot_answer, "tools.group.unknown_types",
                 {{"text", text}, {"types", enumerate(names)}});
}

bool means_clusters(const std::string& by) {
  const std::string plain = folded_name(by);
  return plain == "cluster" || plain == "leiden" || by == "聚类" || by == "群" || by == "簇";
}
bool means_labels(const std::string& by) {
  const std::string plain = folded_name(by);
  return plain == "label" || plain == "annotation" || by == "注释" || by == "标签";
}
/// The own field that is called so, also by its title; empty: none.
std::string own_field_called(const Pipeline& pipeline, const std::string& by) {
  for (const auto& name : pipeline.own_field_names()) {
    const Text title = field_title(name);
    if (folded_name(name) == folded_name(by) || title.zh == by) return name;
  }
  return {};
}
bool means_cell_types(const std::string& by) {
  const std::string plain = folded_name(by);
  return plain == "celltype" || by == "细胞类型";
}

Expected<GroupChoice> resolve_by(Pipeline& pipeline, const std::string& text,
                                 const std::string& by) {
  CELLOQUY_TRY(const FieldChoice field, resolve_field(pipeline, by));
  if (field.grouping.kind == Grouping::Kind::clusters) {
    CELLOQUY_TRY(auto cluster, find_cluster(pipeline, text));
    if (cluster) return std::move(*cluster);
  }
  if (field.cell_type)
    if (auto found = find_in_cell_types(field.grouping, text)) return std::move(*found);
  if (const auto code = find_category(field.grouping, text))
    return choice_of(field.grouping, {*code}, field.cell_type);
  const std::optional<std::string> types =
      field.cell_type ? std::optional(field.grouping.field) : std::nullopt;
  CELLOQUY_TRY(auto part, find_by_part({field.grouping}, text, types));
  if (part) return std::move(*part);
  std::vector<Text> names = field.grouping.names;
  if (names.size() > 20) names.resize(20);
  return failure(ErrorCode::cannot_answer, "tools.group.not_in_field",
                 {{"text", text}, {"field", field.grouping.field}, {"values", enumerate(names)}});
}

}  // namespace

Expected<GroupChoice> resolve_group(Pipeline& pipeline, const std::string& text,
                                    const std::optional<std::string>& by) {
  if (by && !by->empty()) return resolve_by(pipeline, text, *by);
  // What somebody drew or named goes before everything that is only called so.
  CELLOQUY_TRY(auto selection, find_selection(pipeline, text));
  if (selection) return std::move(*selection);
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(const auto fields, nameable_fields(pipeline));
  const auto types = cell_type_column(*data);

  CELLOQUY_TRY(auto named, find_by_field_name(fields, text));
  if (named) return std::move(*named);
  CELLOQUY_TRY(auto given, find_in_own_fields(pipeline, fields, text));
  if (given) return std::move(*given);
  if (types)
    for (const auto& grouping : fields)
      if (grouping.field == *types)
        if (auto found = find_in_cell_types(grouping, text)) return std::move(*found);
  CELLOQUY_TRY(auto cluster, find_cluster(pipeline, text));
  if (cluster) return std::move(*cluster);
  CELLOQUY_TRY(auto category, find_in_fields(fields, text));
  if (category) return std::move(*category);
  // My own annotation costs an analysis: only for what the file itself does not name.
  std::vector<Grouping> groupings = fields;
  if (!types || find_cell_type(text)) {
    auto labels = label_grouping(pipeline);
    if (!labels && (labels.error().code == ErrorCode::cancelled || fields.empty()))
      return tl::make_unexpected(std::move(labels).error());
    if (labels) {
      if (auto found = find_in_cell_types(*labels, text)) return std::move(*found);
      groupings.push_back(*std::move(labels));
    }
  }
  CELLOQUY_TRY(auto part, find_by_part(groupings, text, types));
  if (part) return std::move(*part);
  return not_found(groupings, text, types);
}

Expected<FieldChoice> resolve_field(Pipeline& pipeline, const std::optional<std::string>& by) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  FieldChoice choice;
  std::string column;
  if (by && (pipeline.has_own_field(*by) || data->obs.find(*by))) column = *by;
  if (column.empty() && by) column = own_field_called(pipeline, *by);
  if (column.empty() && by && means_clusters(*by)) {
    CELLOQUY_TRY(choice.grouping, pipeline.cluster_grouping());
    choice.title = message("tools.title.cluster");
  } else if (column.empty() && by && means_labels(*by)) {
    CELLOQUY_TRY(choice.grouping, label_grouping(pipeline));
    choice.title = message("tools.title.cell_type");
  } else {
    const auto types = cell_type_column(*data);
    if (column.empty() && by && !by->empty() && !means_cell_types(*by)) {
      // The error of field_grouping lists the columns.
      column = column_called(*data, *by).value_or(*by);
    }
    if (column.empty() && types) column = *types;
    // Names that people gave their clusters go before the ones made here.
    for (const char* own : {"label", "cluster_name"})
      if (column.empty() && pipeline.has_own_field(own)) column = own;
    if (column.empty()) {
      auto labels = label_grouping(pipeline);
      if (!labels && labels.error().code != ErrorCode::cannot_answer)
        return tl::make_unexpected(std::move(labels).error());
      choice.title = message(labels ? "tools.title.cell_type" : "tools.title.cluster");
      // Too few known genes to name cells by: the clusters themselves.
      if (!labels) labels = pipeline.cluster_grouping();
      CELLOQUY_TRY(choice.grouping, std::move(labels));
    } else {
      CELLOQUY_TRY(choice.grouping, pipeline.field_grouping(column));
      choice.title = column == types ? message("tools.title.cell_type") : field_title(column);
      if (pipeline.has_own_field(column)) {
        CELLOQUY_TRY(const auto own, pipeline.own_field(column));
        choice.cell_type = own->cell_type;
      } else {
        const auto role = column_role(column, *data->obs.find(column));
        choice.cell_type =
            column == types || role == ColumnRole::cell_type || role == ColumnRole::clusters;
      }
    }
  }
  choice.cell_type = choice.cell_type || choice.grouping.kind != Grouping::Kind::field;
  choice.source = source_of(choice.grouping);
  return choice;
}

void say_done_first(Pipeline& pipeline, Finding& finding) {
  if (pipeline.computed("leiden")) {
    const auto clusters = pipeline.clusters();
    if (clusters) {
      finding.values["first_clusters"] = Value::count((*clusters)->n_communities, "clusters");
      finding.values["first_resolution"] = Value::number(pipeline.resolution(), "");
      finding.done_first.push_back(
          {"tools.done_first.clusters",
           {{"clusters", "first_clusters"}, {"resolution", "first_resolution"}}});
    }
  }
  if (pipeline.computed("annotate")) finding.done_first.push_back({"tools.done_first.labels", {}});
}

}  // namespace celloquy::tools
