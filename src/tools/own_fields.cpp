#include "tools/own_fields.hpp"

#include <algorithm>

#include "base/hashing.hpp"
#include "base/white_space.hpp"
#include "tools/build.hpp"
#include "tools/code_pieces.hpp"
#include "tools/design_columns.hpp"
#include "tools/similar_names.hpp"

namespace celloquy::tools {
namespace {

constexpr std::size_t longest_name = 120;  // bytes: 40 Chinese characters
constexpr std::size_t most_names = 2000;

/// What it is made of now, by cell of the file.
Expected<OwnField> copied(Pipeline& pipeline, const Grouping& grouping) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  OwnField out;
  out.made_from = grouping.key;
  out.cell_type = true;
  for (const auto& name : grouping.names) out.names.push_back(name.en);
  out.codes.assign(data->n_cells(), -1);
  CELLOQUY_TRY(const auto cells, pipeline.cells());
  for (std::size_t i = 0; i < cells->kept.size(); ++i)
    out.codes[cells->kept[i]] = grouping.codes[i];
  return out;
}

}  // namespace

Expected<FieldEdit> edit_of(Pipeline& pipeline, const Grouping& grouping) {
  if (grouping.kind == Grouping::Kind::field) return edit_or_new(pipeline, grouping.field);
  FieldEdit edit;
  edit.field = grouping.kind == Grouping::Kind::clusters ? cluster_names_field : "label";
  if (pipeline.has_own_field(edit.field)) {
    CELLOQUY_TRY(const auto known, pipeline.own_field(edit.field));
    edit.began_anew = known->made_from != grouping.key;
    if (!edit.began_anew) {
      edit.values = *known;
      return edit;
    }
  }
  CELLOQUY_TRY(edit.values, copied(pipeline, grouping));
  return edit;
}

Expected<FieldEdit> edit_or_new(Pipeline& pipeline, const std::string& field) {
  FieldEdit edit;
  edit.field = field;
  if (pipeline.has_own_field(field)) {
    CELLOQUY_TRY(const auto known, pipeline.own_field(field));
    edit.values = *known;
    return edit;
  }
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  if (const Column* column = data->obs.find(field)) {
    auto groups = as_categorical(*column);
    if (!groups || groups->categories.size() > most_names)
      return failure(ErrorCode::cannot_answer, "tools.own_field.numbers", {{"field", field}});
    edit.values.names = std::move(groups->categories);
    edit.values.codes = std::move(groups->codes);
    const auto role = column_role(field, *column);
    edit.values.cell_type = role == ColumnRole::cell_type || role == ColumnRole::clusters;
    return edit;
  }
  edit.values.codes.assign(data->n_cells(), -1);
  return edit;
}

void give_name(OwnField& field, const std::vector<std::uint32_t>& cells, const std::string& name) {
  std::vector<std::size_t> sizes(field.names.size(), 0), given(field.names.size(), 0);
  for (const auto code : field.codes)
    if (code >= 0) ++sizes[static_cast<std::size_t>(code)];
  for (const auto cell : cells)
    if (field.codes[cell] >= 0) ++given[static_cast<std::size_t>(field.codes[cell])];
  auto target = static_cast<std::size_t>(std::find(field.names.begin(), field.names.end(), name) -
                                         field.names.begin());
  // The first category that becomes empty lends its place, so that orders and colours stay.
  for (std::size_t code = 0; target == field.names.size() && code < sizes.size(); ++code)
    if (sizes[code] > 0 && sizes[code] == given[code]) field.names[target = code] = name;
  if (target == field.names.size()) field.names.push_back(name);
  for (const auto cell : cells) field.codes[cell] = static_cast<std::int32_t>(target);

  std::vector<std::int32_t> place(field.names.size(), -1);
  std::vector<std::uint8_t> used(field.names.size(), 0);
  for (const auto code : field.codes)
    if (code >= 0) used[static_cast<std::size_t>(code)] = 1;
  std::vector<std::string> names;
  for (std::size_t code = 0; code < used.size(); ++code)
    if (used[code]) {
      place[code] = static_cast<std::int32_t>(names.size());
      names.push_back(field.names[code]);
    }
  for (auto& code : field.codes)
    if (code >= 0) code = place[static_cast<std::size_t>(code)];
  field.names = std::move(names);
}

Expected<std::vector<std::uint32_t>> file_cells(Pipeline& pipeline, const GroupChoice& choice) {
  // A category of a field has its name also outside of the kept cells.
  if (choice.grouping.kind == Grouping::Kind::field && choice.grouping.field != selection_field) {
    CELLOQUY_TRY(const auto edit, edit_or_new(pipeline, choice.grouping.field));
    std::vector<std::uint32_t> out;
    std::vector<std::uint8_t> wanted(edit.values.names.size(), 0);
    for (const auto code : choice.codes)
      for (std::size_t i = 0; i < wanted.size(); ++i)
        if (edit.values.names[i] == choice.grouping.names[static_cast<std::size_t>(code)].en)
          wanted[i] = 1;
    for (std::uint32_t cell = 0; cell < edit.values.codes.size(); ++cell)
      if (const auto code = edit.values.codes[cell];
          code >= 0 && wanted[static_cast<std::size_t>(code)])
        out.push_back(cell);
    return out;
  }
  CELLOQUY_TRY(const auto kept, pipeline.cells());
  return selection_of(kept->kept, choice.positions()).cells;
}

Expected<std::string> checked_name(const std::string& name) {
  std::string out = trimmed(name);
  if (out.empty()) return failure(ErrorCode::usage, "tools.own_field.no_name");
  if (out.size() > longest_name)
    return failure(ErrorCode::usage, "tools.own_field.long_name", {{"most", longest_name}});
  for (const char c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return failure(ErrorCode::usage, "tools.own_field.bad_name");
  return out;
}

Expected<std::string> checked_field_name(const std::string& name) {
  CELLOQUY_TRY(std::string out, checked_name(name));
  const std::string plain = folded_name(out);
  // "/" would make a folder of it in the h5ad file; the others are computed.
  if (out.find('/') != std::string::npos || out.front() == '.' || out == "_index" ||
      plain == "cluster" || plain == "leiden" || out == selection_field)
    return failure(ErrorCode::usage, "tools.own_field.bad_field", {{"field", out}});
  return out;
}

Expected<std::string> store_edit(Pipeline& pipeline, OwnField values) {
  Hasher hasher;
  hasher.values(std::span<const std::int32_t>(values.codes));
  const std::string key =
      workspace::result_key(std::vector<std::string>{pipeline.file_key()}, "own_field",
                            {{"codes", hasher.hex()},
                             {"names", values.names},
                             {"made_from", values.made_from},
                             {"cell_type", values.cell_type}},
                            1);
  pipeline.keep(key, std::move(values));
  CELLOQUY_CHECK(pipeline.flush());
  return key;
}

Status keep_edit(Pipeline& pipeline, const std::string& tool, const nlohmann::json& arguments,
                 const Text& summary, FieldEdit edit) {
  CELLOQUY_TRY(const std::string key, store_edit(pipeline, std::move(edit.values)));
  return pipeline.study().advance(tool, arguments, summary, {{own_field_slot(edit.field), key}});
}

bool names_cells(std::string_view tool) {
  return tool == "rename_group" || tool == "merge_groups" || tool == "name_cells";
}

Status describe_field(Pipeline& pipeline, const std::string& field, Finding& finding) {
  CELLOQUY_TRY(const Grouping grouping, pipeline.field_grouping(field));
  finding.values["field"] = Value::name(field_title(field), NameKind::field);
  finding.values["n_categories"] = Value::count(grouping.n_groups(), "groups");
  Table table{"categories", message("tools.title.groups"), {}};
  auto name = table_column("group", "tools.title.group", "", NameKind::group);
  auto cells = table_column("n_cells", "tools.title.n_cells", "cells");
  const auto sizes = grouping.sizes();
  for (std::uint32_t g = 0; g < grouping.n_groups(); ++g) {
    name.cells.push_back(Value::name(grouping.names[g], NameKind::group));
    cells.cells.push_back(Value::count(sizes[g], "cells"));
  }
  table.columns = {std::move(name), std::move(cells)};
  finding.tables.push_back(std::move(table));
  finding.method = message("tools.method.own_field");
  finding.code = whole_code(pipeline, Needs::cells, {});
  return {};
}

}  // namespace celloquy::tools
