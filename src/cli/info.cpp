// celloquy info FILE: what is in it, before anything is computed.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "io/read.hpp"

namespace celloquy::cli {
namespace {

using nlohmann::json;

std::string state_id(InputState state) { return "cli.state." + std::string(name(state)); }

struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -low;
};

Range range_of(const std::vector<double>& values) {
  Range range;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    range.low = std::min(range.low, value);
    range.high = std::max(range.high, value);
  }
  return range;
}

/// Integers with many distinct values are measurements, not categories.
bool is_measurement(const Column& column, const std::optional<Categorical>& categories) {
  if (!categories) return true;
  return std::holds_alternative<NullableInteger>(column) && categories->categories.size() > 50;
}

Range range_of_column(const Column& column) {
  if (const auto* integers = std::get_if<NullableInteger>(&column))
    return range_of(std::vector<double>(integers->values.begin(), integers->values.end()));
  const auto* numbers = std::get_if<std::vector<double>>(&column);
  return numbers ? range_of(*numbers) : Range{};
}

json describe(const DataFrame& frame) {
  json out = json::array();
  for (const auto& [name, column] : frame.columns) {
    json item{{"name", name}, {"kind", kind(column)}};
    const auto categories = as_categorical(column);
    if (is_measurement(column, categories)) {
      const Range range = range_of_column(column);
      if (range.low <= range.high) item["range"] = {range.low, range.high};
    } else {
      item["n_values"] = categories->categories.size();
      const auto shown = std::min<std::size_t>(20, categories->categories.size());
      item["values"] = std::vector<std::string>(categories->categories.begin(),
                                                categories->categories.begin() + shown);
    }
    out.push_back(item);
  }
  return out;
}

json to_json(const Dataset& dataset, Language language) {
  json states = json::array();
  for (const auto& state : dataset.states)
    states.push_back({{"where", state.where},
                      {"state", name(state.state)},
                      {"evidence", state.evidence.in(language)},
                      {"smallest", state.smallest},
                      {"largest", state.largest},
                      {"target_sum", state.target_sum},
                      {"nan", state.n_nan},
                      {"negative", state.n_negative},
                      {"infinite", state.n_infinite}});
  json embeddings = json::object();
  for (const auto& [name, block] : dataset.obsm) embeddings[name] = block.n_columns;
  json notes = json::array();
  for (const auto& note : dataset.notes) notes.push_back(note.in(language));
  return {{"path", dataset.path},
          {"format", dataset.format},
          {"n_cells", dataset.n_cells()},
          {"n_genes", dataset.n_genes()},
          {"n_nonzeros", dataset.matrix.n_nonzeros()},
          {"matrix", dataset.matrix_where},
          {"state", name(dataset.state)},
          {"states", states},
          {"organism", dataset.organism.organism},
          {"gene_ids", name(dataset.organism.gene_ids)},
          {"organism_evidence", dataset.organism.evidence.in(language)},
          {"obs", describe(dataset.obs)},
          {"var", describe(dataset.var)},
          {"obsm", embeddings},
          {"notes", notes}};
}

void print_columns(const DataFrame& frame, const char* title, Language language) {
  fmt::print("{}:\n", message(title).in(language));
  if (frame.columns.empty()) fmt::print("  {}\n", message("cli.info.empty").in(language));
  for (const auto& [name, column] : frame.columns) {
    const auto categories = as_categorical(column);
    std::string what;
    if (is_measurement(column, categories)) {
      const Range range = range_of_column(column);
      if (range.low <= range.high)
        what = message("cli.info.range", {{"low", range.low}, {"high", range.high}}).in(language);
    } else {
      std::string examples;
      const auto n = categories->categories.size();
      for (std::size_t i = 0; i < std::min<std::size_t>(n, 8); ++i)
        examples += (i ? ", " : "") + categories->categories[i];
      if (n > 8) examples += " …";
      what = message("cli.info.values", {{"n", n}, {"examples", examples}}).in(language);
    }
    fmt::print("  {:24} {:12} {}\n", name, kind(column), what);
  }
}

void print_text(const Dataset& dataset, Language language) {
  const auto say = [&](const char* id) { return message(id).in(language); };
  const double cells = static_cast<double>(dataset.n_cells());
  const double percent = 100.0 * static_cast<double>(dataset.matrix.n_nonzeros()) /
                         std::max(1.0, cells * static_cast<double>(dataset.n_genes()));
  fmt::print("{}\n", dataset.path);
  fmt::print("{}\n", message("cli.info.shape", {{"cells", dataset.n_cells()},
                                                {"genes", dataset.n_genes()},
                                                {"nonzeros", dataset.matrix.n_nonzeros()},
                                                {"percent", percent}})
                         .in(language));
  fmt::print("{}: {}\n", say("cli.info.format"), dataset.format);
  fmt::print("{}: {}, {}\n", say("cli.info.matrix"), dataset.matrix_where,
             say(state_id(dataset.state).c_str()));
  fmt::print("{}: {} ({})\n", say("cli.info.organism"), dataset.organism.organism,
             dataset.organism.evidence.in(language));
  fmt::print("{}:\n", say("cli.info.states"));
  for (const auto& state : dataset.states)
    fmt::print("  {:24} {}: {}\n", state.where, say(state_id(state.state).c_str()),
               state.evidence.in(language));
  print_columns(dataset.obs, "cli.info.obs", language);
  print_columns(dataset.var, "cli.info.var", language);
  if (!dataset.obsm.empty()) {
    fmt::print("{}:\n", say("cli.info.obsm"));
    for (const auto& [name, block] : dataset.obsm)
      fmt::print("  {:24} {} × {}\n", name, block.n_rows, block.n_columns);
  }
  if (!dataset.notes.empty()) fmt::print("{}:\n", say("cli.info.notes"));
  for (const auto& note : dataset.notes) fmt::print("  - {}\n", note.in(language));
}

}  // namespace

int info(const InfoCommand& command, const Settings& settings) {
  Session session(settings);
  const auto dataset = read_dataset(command.file, session.context());
  if (!dataset) return report_error(dataset.error(), settings);
  const Language language = interface_language(settings);
  if (settings.json)
    print_json(to_json(*dataset, language));
  else
    print_text(*dataset, language);
  return 0;
}

}  // namespace celloquy::cli
