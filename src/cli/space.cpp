// celloquy search, annotate --labels, retrieve: texts and cells.

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "cli/command.hpp"
#include "cli/space.hpp"
#include "cli/text_lines.hpp"
#include "space/labels/matching.hpp"
#include "tools/pipeline/pipeline.hpp"
#include "tools/space/search.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::cli {
namespace {

using StudyPointer = std::unique_ptr<workspace::Study>;

/// Cells in descending order of `score`, ties by index.
std::vector<std::uint32_t> best_first(std::span<const float> score) {
  std::vector<std::uint32_t> order(score.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return score[a] > score[b]; });
  return order;
}

/// The groups of `column`: for each the row of its cells' mean probability.
struct GroupMeans {
  std::vector<std::string> names;
  std::vector<std::vector<double>> probability;
  std::vector<std::int32_t> codes;
};

Expected<GroupMeans> group_means(tools::Pipeline& pipeline, const std::string& column,
                                 const space::Decoding& decoded) {
  CELLOQUY_TRY(const auto grouping, pipeline.field_grouping(column));
  GroupMeans means;
  const auto sizes = grouping.sizes();
  for (std::uint32_t g = 0; g < grouping.n_groups(); ++g)
    means.names.push_back(grouping.names[g].en);
  means.probability.assign(means.names.size(), std::vector<double>(decoded.n_labels, 0));
  means.codes = grouping.codes;
  for (std::size_t cell = 0; cell < means.codes.size(); ++cell) {
    if (means.codes[cell] < 0) continue;
    const auto g = static_cast<std::size_t>(means.codes[cell]);
    for (std::size_t l = 0; l < decoded.n_labels; ++l)
      means.probability[g][l] += decoded.probability[cell * decoded.n_labels + l] / sizes[g];
  }
  return means;
}

/// label<TAB>probability pairs, best first, at most `most`.
std::string ranked(std::span<const float> probability, const std::vector<std::string>& labels,
                   std::size_t most) {
  std::string out;
  const auto order = best_first(probability);
  for (std::size_t i = 0; i < std::min(most, order.size()); ++i)
    out += fmt::format("\t{}\t{:.4f}", labels[order[i]], probability[order[i]]);
  return out;
}

Expected<StudyPointer> open_study(const std::string& file, const Settings& settings,
                                  const Context& context) {
  return workspace::Study::open(file, {settings.workspace, "default", false}, context);
}

Expected<nlohmann::json> run_search(const SearchCommand& command, const Settings& settings,
                                    const Context& context) {
  CELLOQUY_TRY(auto study, open_study(command.file, settings, context));
  tools::Pipeline pipeline(*study, context);
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(const auto cells, pipeline.cells());
  CELLOQUY_TRY(const auto found, tools::search_cells(pipeline, command.text));
  if (!command.scores.empty()) {
    std::string table = "cell\tscore\tprobability\n";
    for (std::size_t i = 0; i < found.score.size(); ++i)
      table += fmt::format("{}\t{:.6f}\t{:.4f}\n", data->obs.index[cells->kept[i]], found.score[i],
                           found.probability[i]);
    CELLOQUY_CHECK(workspace::write_file_atomically(command.scores, table));
  }
  CELLOQUY_CHECK(pipeline.flush());
  // As in a conversation: "these cells" and exports may refer to it.
  const auto call = nlohmann::json{{"tool", "find_cells"}, {"arguments", {{"text", command.text}}}};
  CELLOQUY_CHECK(study->add_turn(
      {command.text, std::string(), nlohmann::json::array({call}), study->state().id}));
  nlohmann::json out;
  const auto order = best_first(found.score);
  const auto matches = std::count_if(found.probability.begin(), found.probability.end(),
                                     [](float p) { return p >= 0.5f; });
  out["text"] = command.text;
  out["read_as"] = found.text.read_as;
  if (!found.text.cell_ontology_id.empty()) out["cell_ontology_id"] = found.text.cell_ontology_id;
  out["genes"] = found.text.genes;
  out["cells"] = found.score.size();
  out["matches"] = matches;
  out["best"] = nlohmann::json::array();
  for (std::size_t i = 0; i < std::min<std::size_t>(10, order.size()); ++i)
    out["best"].push_back({{"cell", data->obs.index[cells->kept[order[i]]]},
                           {"score", found.score[order[i]]},
                           {"probability", found.probability[order[i]]}});
  out["unknown"] = tools::is_unknown(found.text);
  CELLOQUY_TRY(const auto labels, tools::panel_labels(pipeline));
  out["types"] = nlohmann::json::array();
  for (const auto& one : found.types)
    out["types"].push_back({{"type", (*labels->types)[one.type].read_as},
                            {"cell_ontology_id", (*labels->types)[one.type].cell_ontology_id},
                            {"fit", one.fit},
                            {"share", one.probability}});
  out["sources"] = nlohmann::json::array();
  for (const auto& source : found.text.sources)
    out["sources"].push_back(
        {{"family", source.family}, {"name", source.name}, {"share", source.share}});
  return out;
}

Expected<nlohmann::json> run_labels(const AnnotateCommand& command, const Settings& settings,
                                    const Context& context) {
  CELLOQUY_TRY(const auto labels, read_texts(command.labels));
  CELLOQUY_TRY(auto study, open_study(command.file, settings, context));
  tools::Pipeline pipeline(*study, context);
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(const auto cells, pipeline.cells());
  CELLOQUY_TRY(auto* tower, tools::text_tower());
  CELLOQUY_TRY(const auto vectors, tower->encode(labels, space::TextUse::labels, context));
  CELLOQUY_TRY(auto decoded, tools::label_kept_cells(pipeline, vectors));
  CELLOQUY_CHECK(pipeline.flush());
  GroupMeans means;
  if (!command.by.empty()) {
    CELLOQUY_TRY(means, group_means(pipeline, command.by, decoded));
    for (std::size_t i = 0; i < decoded.n_cells; ++i)
      if (means.codes[i] >= 0)
        for (std::size_t l = 0; l < labels.size(); ++l)
          decoded.probability[i * labels.size() + l] =
              static_cast<float>(means.probability[static_cast<std::size_t>(means.codes[i])][l]);
  }
  std::vector<std::size_t> count(labels.size(), 0);
  std::string table = "cell\tlabel\tprobability\tsecond_label\tsecond_probability\n";
  for (std::size_t i = 0; i < decoded.n_cells; ++i) {
    const auto row =
        std::span<const float>(decoded.probability).subspan(i * labels.size(), labels.size());
    table += data->obs.index[cells->kept[i]] + ranked(row, labels, 2) + '\n';
    ++count[static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin())];
  }
  if (!command.cells.empty())
    CELLOQUY_CHECK(workspace::write_file_atomically(command.cells, table));
  nlohmann::json out;
  out["cells"] = decoded.n_cells;
  out["labels"] = nlohmann::json::array();
  for (std::size_t l = 0; l < labels.size(); ++l)
    out["labels"].push_back({{"label", labels[l]},
                             {"read_as", vectors[l].read_as},
                             {"cell_ontology_id", vectors[l].cell_ontology_id},
                             {"cells", count[l]}});
  // How each border was found: an answer about near labels rests on this.
  out["pairs"] = nlohmann::json::array();
  for (const auto& pair : decoded.pairs)
    out["pairs"].push_back({{"first", labels[pair.first]},
                            {"second", labels[pair.second]},
                            {"cells", pair.n_cells},
                            {"spread", pair.spread},
                            {"followed", pair.followed}});
  return out;
}

Expected<nlohmann::json> run_retrieve(const RetrieveCommand& command, const Settings& settings,
                                      const Context& context) {
  CELLOQUY_TRY(const auto texts, read_texts(command.texts));
  CELLOQUY_TRY(auto study, open_study(command.profiles, settings, context));
  tools::Pipeline pipeline(*study, context);
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(const auto samples, pipeline.cells());
  CELLOQUY_TRY(auto* tower, tools::text_tower());
  CELLOQUY_TRY(const auto vectors, tower->encode(texts, space::TextUse::search, context));
  CELLOQUY_TRY(const auto view, tools::cell_view(pipeline));
  const auto weights =
      space::contrasted(vectors, command.independent ? 0 : space::LabelOptions{}.contrast);
  CELLOQUY_TRY(auto scores,
               space::score_cells(view->view(), view->standardization, weights, context));
  const double matched =
      command.independent ? 0 : space::matched_share(scores, space::cosines_of(weights));
  space::match_texts(scores, matched);
  std::string table = "sample";
  for (const auto& text : texts) table += '\t' + text;
  table += '\n';
  nlohmann::json best = nlohmann::json::array();
  for (std::size_t i = 0; i < scores.n_rows; ++i) {
    const auto row = std::span(scores.values).subspan(i * texts.size(), texts.size());
    const auto& name = data->obs.index[samples->kept[i]];
    table += name;
    for (const float score : row) table += fmt::format("\t{:.6f}", score);
    table += '\n';
    const auto top =
        static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
    best.push_back({{"sample", name}, {"text", texts[top]}, {"score", row[top]}});
  }
  if (!command.scores.empty())
    CELLOQUY_CHECK(workspace::write_file_atomically(command.scores, table));
  return nlohmann::json{
      {"samples", scores.n_rows}, {"texts", texts.size()}, {"matched", matched}, {"best", best}};
}

int finish(const Expected<nlohmann::json>& result, const Settings& settings,
           const std::function<void(const nlohmann::json&)>& print) {
  if (!result) return report_error(result.error(), settings);
  if (settings.json)
    print_json(*result);
  else
    print(*result);
  return 0;
}

}  // namespace

int search(const SearchCommand& command, const Settings& settings) {
  Session session(settings);
  const auto language = interface_language(settings);
  const auto say = [&](std::string_view id, const TextArguments& arguments) {
    fmt::print("{}\n", message(id, arguments).in(language));
  };
  return finish(run_search(command, settings, session.context()), settings, [&](const auto& out) {
    const auto matches = out["matches"].template get<std::size_t>();
    const auto read_as = out["read_as"].template get<std::string>();
    if (read_as != command.text) say("cli.search.read_as", {{"text", read_as}});
    say(matches > 0 ? "cli.search.matches" : "cli.search.none",
        {{"matches", matches}, {"cells", out["cells"].template get<std::size_t>()}});
    if (out["unknown"].template get<bool>()) say("cli.search.unknown", {});
    say("cli.search.types", {});
    for (const auto& type : out["types"])
      fmt::print("  {:.2f}\t{:.3f}\t{}\n", type["fit"].template get<double>(),
                 type["share"].template get<double>(), type["type"].template get<std::string>());
    say("cli.search.nearest", {});
    for (const auto& cell : out["best"])
      fmt::print("  {}\t{:.4f}\t{:.3f}\n", cell["cell"].template get<std::string>(),
                 cell["score"].template get<double>(), cell["probability"].template get<double>());
    say("cli.search.sources", {});
    for (const auto& source : out["sources"])
      fmt::print("  {:.0f} %\t{}\t{}\n", 100 * source["share"].template get<double>(),
                 source["family"].template get<std::string>(),
                 source["name"].template get<std::string>());
  });
}

int annotate_labels(const AnnotateCommand& command, const Settings& settings) {
  Session session(settings);
  return finish(run_labels(command, settings, session.context()), settings, [](const auto& out) {
    for (const auto& label : out["labels"])
      fmt::print("{}\t{}\n", label["label"].template get<std::string>(),
                 label["cells"].template get<std::size_t>());
  });
}

int retrieve(const RetrieveCommand& command, const Settings& settings) {
  Session session(settings);
  return finish(run_retrieve(command, settings, session.context()), settings, [](const auto& out) {
    for (const auto& row : out["best"])
      fmt::print("{}\t{}\t{:.4f}\n", row["sample"].template get<std::string>(),
                 row["text"].template get<std::string>(), row["score"].template get<double>());
  });
}

}  // namespace celloquy::cli
