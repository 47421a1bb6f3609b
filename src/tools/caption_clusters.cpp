// A caption for each cluster, or for some cells: type and state.

#include <algorithm>

#include "base/hashing.hpp"
#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/code_pieces.hpp"
#include "tools/group_resolution.hpp"
#include "tools/methods.hpp"
#include "tools/own_fields.hpp"
#include "tools/space/captions.hpp"
#include "tools/space/search.hpp"
#include "tools/space/text_evidence.hpp"

namespace celloquy::tools {
namespace {

/// Mean probability from which on a type is given without its rival.
constexpr double clear = 0.6;
constexpr std::size_t most_rows = 40;

/// One group of these kept cells.
Grouping one_group(const std::string& key, Text name, std::span<const std::uint32_t> positions,
                   std::size_t n_cells) {
  Grouping out;
  out.kind = Grouping::Kind::field;
  out.key = hash_text(key);
  out.names = {std::move(name)};
  out.codes.assign(n_cells, -1);
  for (const auto position : positions) out.codes[position] = 0;
  return out;
}

Expected<Grouping> asked_cells(Pipeline& pipeline, const Arguments& arguments) {
  CELLOQUY_TRY(const auto kept, pipeline.cells());
  CELLOQUY_TRY(const auto cells, pipeline.cells_key());
  if (const auto text = arguments.text("group")) {
    CELLOQUY_TRY(const auto group, resolve_group(pipeline, *text));
    return one_group(group.grouping.key + ":" + *text, group.name, group.positions(),
                     kept->kept.size());
  }
  if (const auto text = arguments.text("matching")) {
    CELLOQUY_TRY(const auto search, search_scores(pipeline, *text));
    const auto positions = found_cells(search->probability);
    if (positions.empty())
      return failure(ErrorCode::cannot_answer, "tools.caption.no_match", {{"text", *text}});
    Hasher hasher;
    hasher.text(cells).values(std::span<const std::uint32_t>(positions));
    return one_group(hasher.hex(), message("tools.identify.matching", {{"text", *text}}), positions,
                     kept->kept.size());
  }
  return pipeline.cluster_grouping();
}

/// A dash where the resemblance is not worth saying.
Value shown(const Resemblance& one) {
  return Value::name(is_worth_saying(one) ? one.name : message("tools.none"), NameKind::none);
}

Table caption_table(const Grouping& grouping, const Captions& captions) {
  Table table{"captions", message("tools.title.captions"), {}};
  auto cluster = table_column("cluster", "tools.title.cluster", "", NameKind::group);
  auto cells = table_column("n_cells", "tools.title.n_cells", "cells");
  auto type = table_column("type", "tools.title.cell_type", "", NameKind::cell_type);
  auto id = table_column("ontology_id", "tools.title.ontology_id");
  auto probability = table_column("probability", "tools.title.mean_probability");
  auto second = table_column("second", "tools.title.alternative", "", NameKind::cell_type);
  auto second_probability = table_column("second_probability", "tools.title.mean_probability");
  auto genes = table_column("genes", "tools.title.genes", "", NameKind::gene);
  auto state = table_column("state", "tools.title.caption_state");
  auto confidence = table_column("state_confidence", "tools.title.resemblance_confidence");
  for (std::uint32_t g = 0; g < captions.groups.size(); ++g) {
    const auto& c = captions.groups[g];
    cluster.cells.push_back(
        Value::name(group_name(grouping, static_cast<std::int32_t>(g)), NameKind::group));
    cells.cells.push_back(Value::count(c.n_cells, "cells"));
    type.cells.push_back(Value::name(c.type, NameKind::cell_type));
    id.cells.push_back(Value::name(c.type_id, NameKind::none));
    probability.cells.push_back(Value::number(c.probability, ""));
    second.cells.push_back(Value::name(c.second, NameKind::cell_type));
    second_probability.cells.push_back(Value::number(c.second_probability, ""));
    std::string list;
    for (const auto& gene : c.genes) list += (list.empty() ? "" : ", ") + gene;
    genes.cells.push_back(Value::name(list, NameKind::gene));
    state.cells.push_back(shown(c.state));
    confidence.cells.push_back(Value::number(c.state.confidence, ""));
  }
  table.columns = {std::move(cluster),
                   std::move(cells),
                   std::move(type),
                   std::move(id),
                   std::move(probability),
                   std::move(second),
                   std::move(second_probability),
                   std::move(genes),
                   std::move(state),
                   std::move(confidence)};
  return table;
}

Statement blanks_of(std::string id, std::size_t row, std::initializer_list<const char*> columns) {
  Statement statement{std::move(id), {}};
  for (const char* column : columns)
    statement.blanks.emplace_back(
        column, std::string("captions.") + column + "[" + std::to_string(row) + "]");
  return statement;
}

void say_caption(Finding& finding, std::size_t row, const Caption& caption, bool line) {
  const std::string behind = line ? "_row" : "";
  if (caption.probability >= clear)
    finding.statements.push_back(blanks_of("tools.caption.type" + behind, row,
                                           {"cluster", "n_cells", "type", "probability", "genes"}));
  else
    finding.statements.push_back(blanks_of(
        "tools.caption.undecided" + behind, row,
        {"cluster", "n_cells", "type", "probability", "second", "second_probability", "genes"}));
  if (!is_worth_saying(caption.state)) return;
  auto statement = blanks_of("tools.caption.state" + behind, row, {"cluster"});
  const std::string at = "[" + std::to_string(row) + "]";
  statement.blanks.emplace_back("name", "captions.state" + at);
  statement.blanks.emplace_back("confidence", "captions.state_confidence" + at);
  finding.statements.push_back(std::move(statement));
}

/// The clusters under the names of their types; clusters of one type are one group.
Expected<std::string> names_from(Pipeline& pipeline, const Grouping& grouping,
                                 const Captions& captions) {
  CELLOQUY_TRY(auto edit, edit_of(pipeline, grouping));
  CELLOQUY_TRY(const auto kept, pipeline.cells());
  std::vector<std::vector<std::uint32_t>> cells(captions.groups.size());
  for (std::size_t i = 0; i < grouping.codes.size(); ++i)
    if (const auto code = grouping.codes[i]; code >= 0)
      cells[static_cast<std::size_t>(code)].push_back(kept->kept[i]);
  for (std::size_t g = 0; g < cells.size(); ++g)
    give_name(edit.values, cells[g], captions.groups[g].type.en);
  return store_edit(pipeline, std::move(edit.values));
}

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  CELLOQUY_TRY(const auto grouping, asked_cells(pipeline, arguments));
  CELLOQUY_TRY(const auto made, captions(pipeline, grouping));
  const bool clusters = grouping.kind == Grouping::Kind::clusters;
  const bool accept = arguments.flag("accept");
  if (accept && !clusters) return failure(ErrorCode::usage, "tools.caption.accept_all");
  Finding finding;
  finding.tables.push_back(caption_table(grouping, *made));
  finding.values["n_clusters"] = Value::count(grouping.n_groups(), "clusters");
  if (clusters)
    say(finding.statements, accept ? "tools.caption.accepted" : "tools.caption.suggested",
        {"n_clusters"});
  for (std::size_t row = 0; row < std::min(most_rows, made->groups.size()); ++row)
    say_caption(finding, row, made->groups[row], clusters);
  if (accept) {
    CELLOQUY_TRY(const auto key, captions_key(pipeline, grouping));
    CELLOQUY_TRY(const auto named, names_from(pipeline, grouping, *made));
    CELLOQUY_CHECK(pipeline.study().advance("caption_clusters", {{"accept", true}},
                                            message("tools.caption.summary"),
                                            {{"captions", key},
                                             {"captions_of", grouping.key},
                                             {own_field_slot(cluster_names_field), named}}));
    finding.values["field"] = Value::name(field_title(cluster_names_field), NameKind::field);
    say(finding.statements, "tools.caption.named", {"field"});
  }
  if (!clusters) {
    CELLOQUY_TRY(const auto kept, pipeline.cells());
    std::vector<std::uint32_t> selected;
    for (std::size_t i = 0; i < grouping.codes.size(); ++i)
      if (grouping.codes[i] == 0) selected.push_back(kept->kept[i]);
    finding.selection = Selection{std::move(selected), "celloquy_selection"};
  }
  say(finding.caveats, "tools.caption.caveat");
  add_input_caveats(pipeline, finding);
  finding.method = message("tools.method.caption_clusters");
  finding.references = {citation("sentence_bert"), citation("cell_ontology")};
  say_done_first(pipeline, finding);
  const std::string hint =
      "# the panel and its vectors are celloquy's own: celloquy embed writes the vectors of "
      "cells\n";
  finding.code = whole_code(pipeline, Needs::clusters, {hint, hint});
  return finding;
}

}  // namespace

std::unique_ptr<Tool> caption_clusters_tool() {
  using enum ArgumentType;
  return make_tool({"caption_clusters",
                    message("tools.caption_clusters.purpose"),
                    {argument("group", group, "tools.caption_clusters.group"),
                     argument("matching", text, "tools.caption_clusters.matching"),
                     argument("accept", flag, "tools.caption_clusters.accept")},
                    true},
                   run);
}

}  // namespace celloquy::tools
