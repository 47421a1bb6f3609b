// What two states of the history have in common: cells, clusters, their genes, named fields.

#include <algorithm>
#include <set>

#include "analysis/partition_overlap/partition_overlap.hpp"
#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/code_pieces.hpp"
#include "tools/gene_tables.hpp"
#include "tools/group_resolution.hpp"
#include "tools/methods.hpp"

namespace celloquy::tools {
namespace {

using workspace::State;

constexpr std::size_t top_genes = 5;
constexpr std::size_t most_rows = 40;

/// A branch, "previous", "beginning", "current", or the id of a state or its first characters.
Expected<State> state_called(Pipeline& pipeline, const std::string& name) {
  auto& study = pipeline.study();
  const State& here = study.state();
  const auto is = [&](std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), name) != words.end();
  };
  std::vector<Text> names;
  for (const auto& [branch, id] : study.branches()) {
    if (branch == name) return study.find_state(id);
    names.push_back(Text::same(branch));
  }
  if (is({"current", "now", "当前"})) return here;
  if (is({"previous", "before", "上一个", "上一步"})) {
    if (here.parent.empty())
      return failure(ErrorCode::cannot_answer, "tools.compare_states.nothing");
    return study.find_state(here.parent);
  }
  CELLOQUY_TRY(const auto states, study.all_states());
  const State* found = nullptr;
  for (const auto& state : states) {
    const bool beginning =
        is({"beginning", "start", "original", "开始", "起点"}) && state.parent.empty();
    const bool by_id = name.size() >= 6 && state.id.starts_with(name);
    if (beginning || by_id) {
      if (found) break;
      found = &state;
    }
  }
  if (!found)
    return failure(ErrorCode::cannot_answer, "tools.compare_states.unknown",
                   {{"name", name}, {"names", enumerate(names)}});
  return *found;
}

/// The states between the common ancestor and each of the two.
Expected<Table> steps_table(Pipeline& pipeline, const State& first, const State& second) {
  const auto path = [&](State at) -> Expected<std::vector<State>> {
    std::vector<State> out{std::move(at)};
    while (!out.back().parent.empty()) {
      CELLOQUY_TRY(auto parent, pipeline.study().find_state(out.back().parent));
      out.push_back(std::move(parent));
    }
    std::reverse(out.begin(), out.end());
    return out;
  };
  CELLOQUY_TRY(const auto a, path(first));
  CELLOQUY_TRY(const auto b, path(second));
  std::size_t common = 0;
  while (common < std::min(a.size(), b.size()) && a[common].id == b[common].id) ++common;
  Table table{"steps", message("tools.title.steps"), {}};
  auto side = table_column("side", "tools.title.side");
  auto step = table_column("step", "tools.title.step");
  auto id = table_column("state", "tools.title.state_id");
  const auto add = [&](const std::vector<State>& states, std::string_view which) {
    for (std::size_t i = common; i < states.size(); ++i) {
      side.cells.push_back(Value::name(message(which), NameKind::none));
      step.cells.push_back(Value::name(states[i].summary, NameKind::none));
      id.cells.push_back(Value::name(states[i].id, NameKind::none));
    }
  };
  add(a, "tools.compare_states.side_first");
  add(b, "tools.compare_states.side_second");
  table.columns = {std::move(side), std::move(step), std::move(id)};
  return table;
}

void compare_cells(const CellList& a, const CellList& b, Finding& finding) {
  std::vector<std::uint32_t> both;
  std::set_intersection(a.kept.begin(), a.kept.end(), b.kept.begin(), b.kept.end(),
                        std::back_inserter(both));
  const auto count = [&](const char* name, std::size_t n) {
    finding.values[name] = Value::count(static_cast<double>(n), "cells");
  };
  count("n_first", a.kept.size());
  count("n_second", b.kept.size());
  count("n_both", both.size());
  count("n_left_out", a.kept.size() - both.size());
  count("n_added", b.kept.size() - both.size());
  if (both.size() == a.kept.size() && both.size() == b.kept.size())
    say(finding.statements, "tools.compare_states.same_cells", {"n_both"});
  else
    say(finding.statements, "tools.compare_states.cells",
        {"n_first", "n_second", "n_both", "n_left_out", "n_added"});
}

/// The codes of a partition by cell of the file.
std::vector<std::int32_t> by_file(const Grouping& grouping, const CellList& cells,
                                  std::size_t n_file) {
  std::vector<std::int32_t> out(n_file, -1);
  for (std::size_t i = 0; i < cells.kept.size(); ++i) out[cells.kept[i]] = grouping.codes[i];
  return out;
}

std::vector<std::string> strongest(const Dataset& data, const markers::Result& result,
                                   std::uint32_t group) {
  std::vector<std::string> out;
  for (const auto gene : significant_markers(result, group, true)) {
    if (out.size() == top_genes) break;
    out.push_back(data.var.index[gene]);
  }
  return out;
}

Value gene_list(const std::vector<std::string>& genes) {
  std::string list;
  for (const auto& gene : genes) list += (list.empty() ? "" : ", ") + gene;
  if (list.empty()) return Value::name(message("tools.none"), NameKind::none);
  return Value::name(list, NameKind::gene);
}

/// Clusters that exist already in this state; none are made for a comparison.
Expected<std::optional<Grouping>> existing_clusters(Pipeline& at) {
  CELLOQUY_TRY(const std::string key, at.clusters_key(at.resolution()));
  if (!at.study().results().contains(key)) return std::optional<Grouping>();
  CELLOQUY_TRY(Grouping grouping, at.cluster_grouping());
  return std::optional(std::move(grouping));
}

struct Side {
  Pipeline& at;
  Shared<CellList> cells;
  std::optional<Grouping> clusters;
  Shared<markers::Result> genes;
};

Status add_genes(Side& side) {
  if (side.clusters->n_groups() < 2) return {};
  CELLOQUY_TRY(side.genes, side.at.markers(*side.clusters, markers::Test::t_test));
  return {};
}

Status compare_clusters(const Dataset& data, Side& first, Side& second, Finding& finding) {
  const auto overlap = partition_overlap::compute(
      by_file(*first.clusters, *first.cells, data.n_cells()), first.clusters->n_groups(),
      by_file(*second.clusters, *second.cells, data.n_cells()), second.clusters->n_groups());
  finding.values["k_first"] = Value::count(overlap.n_first, "clusters");
  finding.values["k_second"] = Value::count(overlap.n_second, "clusters");
  finding.values["agreement"] = Value::number(overlap.adjusted_rand, "");
  if (first.clusters->key == second.clusters->key) {
    say(finding.statements, "tools.compare_states.same_clusters", {"k_first"});
    return {};
  }
  say(finding.statements, "tools.compare_states.clusters", {"k_first", "k_second", "agreement"});
  CELLOQUY_CHECK(add_genes(first));
  CELLOQUY_CHECK(add_genes(second));
  Table table{"clusters", message("tools.title.clusters"), {}};
  auto name = table_column("cluster", "tools.title.cluster", "", NameKind::group);
  auto cells = table_column("n_cells", "tools.title.n_cells", "cells");
  auto former = table_column("former", "tools.title.former_cluster", "", NameKind::group);
  auto shared = table_column("shared", "tools.title.n_shared", "cells");
  auto share = table_column("overlap", "tools.title.overlap", "");
  auto genes = table_column("genes", "tools.title.top_genes", "", NameKind::gene);
  auto old = table_column("former_genes", "tools.title.former_genes", "", NameKind::gene);
  auto common = table_column("n_genes_shared", "tools.title.n_genes_shared", "genes");
  const auto sizes = second.clusters->sizes();
  for (std::uint32_t g = 0; g < overlap.n_second; ++g) {
    const std::uint32_t best = overlap.best_first(g);
    const bool known = best < overlap.n_first;
    const auto now = second.genes ? strongest(data, *second.genes, g) : std::vector<std::string>();
    const auto then =
        known && first.genes ? strongest(data, *first.genes, best) : std::vector<std::string>();
    name.cells.push_back(
        Value::name(group_name(*second.clusters, static_cast<std::int32_t>(g)), NameKind::group));
    cells.cells.push_back(Value::count(sizes[g], "cells"));
    former.cells.push_back(
        known ? Value::name(group_name(*first.clusters, static_cast<std::int32_t>(best)),
                            NameKind::group)
              : Value::name(message("tools.none"), NameKind::none));
    shared.cells.push_back(Value::count(
        known ? overlap.shared[std::size_t{best} * overlap.n_second + g] : 0, "cells"));
    share.cells.push_back(Value::number(known ? overlap.jaccard(best, g) : 0, ""));
    genes.cells.push_back(gene_list(now));
    old.cells.push_back(gene_list(then));
    common.cells.push_back(Value::count(
        static_cast<double>(std::count_if(now.begin(), now.end(),
                                          [&](const std::string& gene) {
                                            return std::find(then.begin(), then.end(), gene) !=
                                                   then.end();
                                          })),
        "genes"));
    if (g >= most_rows) continue;
    const std::string at = "[" + std::to_string(g) + "]";
    Statement row{known ? "tools.compare_states.match_row" : "tools.compare_states.new_row",
                  {{"cluster", "clusters.cluster" + at},
                   {"n_cells", "clusters.n_cells" + at},
                   {"genes", "clusters.genes" + at}}};
    if (known) {
      row.blanks.emplace_back("former", "clusters.former" + at);
      row.blanks.emplace_back("shared", "clusters.shared" + at);
    }
    finding.statements.push_back(std::move(row));
  }
  table.columns = {std::move(name),  std::move(cells), std::move(former), std::move(shared),
                   std::move(share), std::move(genes), std::move(old),    std::move(common)};
  finding.tables.push_back(std::move(table));
  return {};
}

void compare_fields(const State& first, const State& second, Finding& finding) {
  std::set<std::string> names;
  const std::string slot = own_field_slot("");
  for (const auto& role : workspace::differing_slots(first.slots, second.slots))
    if (role.starts_with(slot)) names.insert(role.substr(slot.size()));
  if (names.empty()) return;
  std::vector<Text> titles;
  for (const auto& name : names) titles.push_back(field_title(name));
  finding.values["fields"] = Value::name(enumerate(titles), NameKind::field);
  say(finding.statements, "tools.compare_states.fields", {"fields"});
}

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  CELLOQUY_TRY(const State first,
               state_called(pipeline, arguments.text("first").value_or("previous")));
  CELLOQUY_TRY(const State second,
               state_called(pipeline, arguments.text("second").value_or("current")));
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  Pipeline before(pipeline.study(), first, pipeline.context());
  Pipeline after(pipeline.study(), second, pipeline.context());
  Finding finding;
  finding.method = message("tools.method.compare_states");
  finding.references = {citation("welch")};
  if (first.id == second.id) say(finding.statements, "tools.compare_states.same");
  CELLOQUY_TRY(auto steps, steps_table(pipeline, first, second));
  finding.tables.push_back(std::move(steps));
  Side one{before, nullptr, std::nullopt, nullptr}, other{after, nullptr, std::nullopt, nullptr};
  for (Side* side : {&one, &other}) {
    CELLOQUY_TRY(side->cells, side->at.cells());
    CELLOQUY_TRY(side->clusters, existing_clusters(side->at));
  }
  compare_cells(*one.cells, *other.cells, finding);
  compare_fields(first, second, finding);
  if (one.clusters && other.clusters)
    CELLOQUY_CHECK(compare_clusters(*data, one, other, finding));
  else
    say(finding.caveats, "tools.compare_states.no_clusters");
  finding.code = whole_code(pipeline, Needs::cells, {});
  return finding;
}

}  // namespace

std::unique_ptr<Tool> compare_states_tool() {
  using enum ArgumentType;
  return make_tool({"compare_states",
                    message("tools.compare_states.purpose"),
                    {argument("first", text, "tools.compare_states.first"),
                     argument("second", text, "tools.compare_states.second")},
                    false},
                   run);
}

}  // namespace celloquy::tools
