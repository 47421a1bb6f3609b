// Names for groups: rename a category, merge several, name some cells, take a field away.

#include <algorithm>

#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/code_pieces.hpp"
#include "tools/own_fields.hpp"

namespace celloquy::tools {
namespace {

using nlohmann::json;

/// What the scripts of later answers need to make the same column.
json resolved(const GroupChoice& choice, const std::string& field, const std::string& name) {
  return {{"scanpy", scanpy_column(choice.grouping)},
          {"seurat", seurat_column(choice.grouping)},
          {"values", category_names(choice)},
          {"column", field},
          {"name", name}};
}

/// The first statement becomes the summary of the state.
Status finish(Pipeline& pipeline, Finding& finding, const char* tool, const json& arguments,
              FieldEdit edit, std::vector<std::uint32_t> cells) {
  const std::string field = edit.field;
  if (edit.began_anew) say(finding.caveats, "tools.own_field.anew");
  finding.values["field"] = Value::name(field_title(field), NameKind::field);
  const Text summary = sentence(finding, finding.statements.front());
  CELLOQUY_CHECK(keep_edit(pipeline, tool, arguments, summary, std::move(edit)));
  CELLOQUY_CHECK(describe_field(pipeline, field, finding));
  say(finding.statements, "tools.own_field.now", {"field", "n_categories"});
  CELLOQUY_TRY(const auto kept, pipeline.cells());
  std::erase_if(cells, [&](auto cell) {
    return !std::binary_search(kept->kept.begin(), kept->kept.end(), cell);
  });
  finding.selection = Selection{std::move(cells), field};
  say_done_first(pipeline, finding);
  return {};
}

/// Names these cells in an edit and says so with `statement` (group, name, n_cells, field).
Expected<Finding> named(Pipeline& pipeline, const char* tool, json arguments, FieldEdit edit,
                        const GroupChoice& choice, const std::vector<std::uint32_t>& cells,
                        const std::string& name, const char* statement) {
  arguments["resolved"] = resolved(choice, edit.field, name);
  give_name(edit.values, cells, name);
  Finding finding;
  finding.values["group"] = Value::name(choice.name, NameKind::group);
  finding.values["name"] = Value::name(name, NameKind::group);
  finding.values["n_cells"] = Value::count(static_cast<double>(choice.n_cells()), "cells");
  say(finding.statements, statement, {"group", "name", "n_cells", "field"});
  CELLOQUY_CHECK(finish(pipeline, finding, tool, arguments, std::move(edit), cells));
  return finding;
}

bool is_selection(const GroupChoice& choice) { return choice.grouping.field == selection_field; }

/// A name that other cells of the field have already.
bool taken(const FieldEdit& edit, const std::vector<std::uint32_t>& cells,
           const std::string& name) {
  const auto& names = edit.values.names;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return false;
  const auto code = static_cast<std::int32_t>(found - names.begin());
  const auto total = std::count(edit.values.codes.begin(), edit.values.codes.end(), code);
  return std::count_if(cells.begin(), cells.end(),
                       [&](auto cell) { return edit.values.codes[cell] == code; }) != total;
}

/// Names the groups of the choice in the field of their partition.
Expected<Finding> regroup(Pipeline& pipeline, const char* tool, json arguments,
                          const GroupChoice& choice, const std::string& name,
                          const char* statement) {
  CELLOQUY_TRY(auto edit, edit_of(pipeline, choice.grouping));
  CELLOQUY_TRY(const auto cells, file_cells(pipeline, choice));
  if (taken(edit, cells, name))
    return failure(ErrorCode::cannot_answer, "tools.rename_group.taken",
                   {{"name", name}, {"group", choice.name}, {"field", field_title(edit.field)}});
  return named(pipeline, tool, std::move(arguments), std::move(edit), choice, cells, name,
               statement);
}

Expected<Finding> name_choice(Pipeline& pipeline, const GroupChoice& choice,
                              const std::string& name, const std::optional<std::string>& asked,
                              json arguments) {
  std::string field = annotation_field;
  if (asked) {
    CELLOQUY_TRY(field, checked_field_name(*asked));
  }
  CELLOQUY_TRY(auto edit, edit_or_new(pipeline, field));
  CELLOQUY_TRY(const auto cells, file_cells(pipeline, choice));
  arguments["field"] = field;
  return named(pipeline, "name_cells", std::move(arguments), std::move(edit), choice, cells, name,
               "tools.name_cells.done");
}

Expected<Finding> rename(Pipeline& pipeline, const Arguments& arguments) {
  CELLOQUY_TRY(const std::string name, checked_name(*arguments.text("name")));
  CELLOQUY_TRY(const auto choice,
               resolve_group(pipeline, *arguments.text("group"), arguments.text("by")));
  if (is_selection(choice))
    return name_choice(pipeline, choice, name, std::nullopt, arguments.json());
  if (choice.codes.size() > 1)
    return failure(ErrorCode::cannot_answer, "tools.rename_group.several",
                   {{"group", choice.name}, {"groups", enumerate(choice.members())}});
  return regroup(pipeline, "rename_group", arguments.json(), choice, name,
                 "tools.rename_group.done");
}

/// All groups as one choice; an error when they are of different partitions.
Expected<GroupChoice> together(Pipeline& pipeline, const Arguments& arguments) {
  const auto by = arguments.text("by");
  std::optional<GroupChoice> all;
  for (const auto& text : arguments.list("groups")) {
    CELLOQUY_TRY(auto choice, resolve_group(pipeline, text, by));
    if (!all) {
      all = std::move(choice);
      continue;
    }
    if (all->grouping.key != choice.grouping.key)
      return failure(ErrorCode::cannot_answer, "tools.merge_groups.different",
                     {{"first", all->name}, {"second", choice.name}});
    all->codes.insert(all->codes.end(), choice.codes.begin(), choice.codes.end());
  }
  if (all) {
    std::sort(all->codes.begin(), all->codes.end());
    all->codes.erase(std::unique(all->codes.begin(), all->codes.end()), all->codes.end());
  }
  if (!all || all->codes.size() < 2) return failure(ErrorCode::usage, "tools.merge_groups.few");
  return *std::move(all);
}

Expected<Finding> merge(Pipeline& pipeline, const Arguments& arguments) {
  CELLOQUY_TRY(auto choice, together(pipeline, arguments));
  std::string name;
  if (const auto given = arguments.text("name")) {
    CELLOQUY_TRY(name, checked_name(*given));
  } else {
    for (const auto& one : category_names(choice)) name += (name.empty() ? "" : " + ") + one;
    CELLOQUY_TRY(name, checked_name(name));
  }
  choice.name = enumerate(choice.members());
  return regroup(pipeline, "merge_groups", arguments.json(), choice, name,
                 "tools.merge_groups.done");
}

Expected<Finding> name_cells(Pipeline& pipeline, const Arguments& arguments) {
  CELLOQUY_TRY(const std::string name, checked_name(*arguments.text("name")));
  const auto group = arguments.text("group");
  if (!group) {
    CELLOQUY_TRY(const auto selection, find_selection(pipeline, "selection"));
    if (!selection) return failure(ErrorCode::usage, "tools.selection.none");
    return name_choice(pipeline, *selection, name, arguments.text("field"), arguments.json());
  }
  CELLOQUY_TRY(const auto choice, resolve_group(pipeline, *group));
  return name_choice(pipeline, choice, name, arguments.text("field"), arguments.json());
}

Expected<Finding> remove_field(Pipeline& pipeline, const Arguments& arguments) {
  CELLOQUY_TRY(const std::string text, checked_name(*arguments.text("field")));
  std::string field;
  for (const auto& name : pipeline.own_field_names())
    if (name == text || field_title(name).en == text || field_title(name).zh == text) field = name;
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  if (field.empty()) {
    std::vector<Text> names;
    for (const auto& name : pipeline.own_field_names()) names.push_back(Text::same(name));
    return failure(
        ErrorCode::cannot_answer,
        data->obs.find(text) ? "tools.remove_field.of_file" : "tools.remove_field.none",
        {{"field", text}, {"fields", names.empty() ? message("tools.none") : enumerate(names)}});
  }
  Finding finding;
  finding.values["field"] = Value::name(field_title(field), NameKind::field);
  say(finding.statements,
      data->obs.find(field) ? "tools.remove_field.restored" : "tools.remove_field.done", {"field"});
  CELLOQUY_CHECK(pipeline.study().advance("remove_field", {{"field", field}},
                                          sentence(finding, finding.statements.front()),
                                          {{own_field_slot(field), ""}}));
  finding.method = message("tools.method.own_field");
  finding.code = whole_code(pipeline, Needs::cells, {});
  return finding;
}

}  // namespace

std::unique_ptr<Tool> rename_group_tool() {
  using enum ArgumentType;
  return make_tool({"rename_group",
                    message("tools.rename_group.purpose"),
                    {required(argument("group", group, "tools.rename_group.group")),
                     required(argument("name", text, "tools.rename_group.name")),
                     argument("by", field, "tools.own_field.by")},
                    true},
                   rename);
}

std::unique_ptr<Tool> merge_groups_tool() {
  using enum ArgumentType;
  return make_tool({"merge_groups",
                    message("tools.merge_groups.purpose"),
                    {required(argument("groups", groups, "tools.merge_groups.groups")),
                     argument("name", text, "tools.merge_groups.name"),
                     argument("by", field, "tools.own_field.by")},
                    true},
                   merge);
}

std::unique_ptr<Tool> name_cells_tool() {
  using enum ArgumentType;
  return make_tool({"name_cells",
                    message("tools.name_cells.purpose"),
                    {required(argument("name", text, "tools.name_cells.name")),
                     argument("group", group, "tools.name_cells.group"),
                     argument("field", text, "tools.name_cells.field")},
                    true},
                   name_cells);
}

std::unique_ptr<Tool> remove_field_tool() {
  using enum ArgumentType;
  return make_tool({"remove_field",
                    message("tools.remove_field.purpose"),
                    {required(argument("field", text, "tools.remove_field.field"))},
                    true},
                   remove_field);
}

}  // namespace celloquy::tools
