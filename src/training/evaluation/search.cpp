#include "training/evaluation/search.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "tools/space/search.hpp"
#include "training/evaluation/measures.hpp"
#include "training/evaluation/task_file.hpp"
#include "training/evaluation/temporary_folder.hpp"

namespace celloquy::training {
namespace {

using Words = std::vector<std::string>;

constexpr std::size_t highest = 10;
constexpr float found_from = 0.5f;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

bool holds(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

enum class Truth : std::uint8_t { no, yes, unsure };

/// Of cells that the file calls one of `kinds`; of several kinds all must agree.
Truth truth_of(const Words& kinds, const SearchQuery& query) {
  const auto in = [&](const Words& words) {
    return std::count_if(kinds.begin(), kinds.end(),
                         [&](const auto& kind) { return holds(words, kind); });
  };
  const auto meant = in(query.kinds), maybe = in(query.unsure);
  if (meant == static_cast<std::ptrdiff_t>(kinds.size())) return Truth::yes;
  return meant + maybe == 0 ? Truth::no : Truth::unsure;
}

double mean_of_highest(std::vector<float> values) {
  const auto n = std::min(highest, values.size());
  std::partial_sort(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(n), values.end(),
                    std::greater<>());
  return std::accumulate(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(n), 0.0) /
         std::max<double>(1, static_cast<double>(n));
}

/// What was seen of all texts of one half in one language.
struct Tally {
  std::vector<float> presence;
  std::vector<std::uint8_t> present;
  double found = 0, false_found = 0, precision = 0, recall = 0;
  std::size_t n_precision = 0, n_recall = 0;
  std::vector<float> stated;
  std::vector<std::uint8_t> right;

  void add(const std::vector<float>& probability, const std::vector<Truth>& truth) {
    double hits = 0, wrong = 0, positives = 0, unsure = 0;
    bool any = false;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      any = any || probability[i] >= found_from;
      unsure += truth[i] == Truth::unsure;
      if (truth[i] == Truth::unsure) continue;
      const bool yes = truth[i] == Truth::yes;
      stated.push_back(probability[i]);
      right.push_back(yes);
      positives += yes;
      if (probability[i] >= found_from) (yes ? hits : wrong) += 1;
    }
    if (positives > 0) recall += hits / positives, ++n_recall;
    if (hits + wrong > 0) precision += hits / (hits + wrong), ++n_precision;
    // Whether cells that may be meant are there cannot be said.
    if (positives == 0 && unsure > 0) return;
    presence.push_back(static_cast<float>(mean_of_highest(probability)));
    present.push_back(positives > 0);
    (positives > 0 ? found : false_found) += any;
  }

  SearchMeasures measures() const {
    SearchMeasures out;
    out.n_present = static_cast<std::size_t>(std::count(present.begin(), present.end(), 1));
    out.n_absent = present.size() - out.n_present;
    const auto mean = [](double sum, std::size_t n) {
      return n ? sum / static_cast<double>(n) : nothing;
    };
    out.presence_auroc = auroc(presence, present);
    out.found = mean(found, out.n_present);
    out.false_found = mean(false_found, out.n_absent);
    out.precision = mean(precision, n_precision);
    out.recall = mean(recall, n_recall);
    out.calibration_error = calibration_error(stated, right);
    return out;
  }
};

}  // namespace

Expected<SearchTask> read_search_task(const std::filesystem::path& path) {
  CELLOQUY_TRY(const auto document, read_task_file(path, nlohmann::json::value_t::object));
  SearchTask task;
  try {
    for (const auto& d : document.at("data"))
      task.data.push_back({d.at("name"), d.at("file"), d.at("column"),
                           d.at("kinds").get<std::map<std::string, Words>>()});
    for (const auto& q : document.at("queries"))
      task.queries.push_back({q.at("en"), q.at("zh"), q.at("kinds").get<Words>(),
                              q.at("unsure").get<Words>(), q.at("half")});
  } catch (const nlohmann::json::exception& error) {
    return unusable_task(path, error.what());
  }
  return task;
}

Expected<std::vector<SearchMeasures>> evaluate_search(const SearchTask& task,
                                                      const std::filesystem::path& folder,
                                                      const Context& context) {
  std::vector<SearchMeasures> out;
  for (const auto& data : task.data) {
    const TemporaryFolder work;
    const std::string file = data.file == "demo" ? data.file : (folder / data.file).string();
    CELLOQUY_TRY(auto study, workspace::Study::open(file, {work.path(), "default", true}, context));
    tools::Pipeline pipeline(*study, context);
    CELLOQUY_TRY(const auto column, pipeline.column(data.column));
    std::map<std::pair<std::string, std::string>, Tally> tallies;
    for (const auto& query : task.queries) {
      std::vector<Truth> truth;
      for (std::uint32_t cell = 0; cell < length(column); ++cell) {
        const auto kinds = data.kinds.find(value_text(column, cell));
        truth.push_back(kinds == data.kinds.end() ? Truth::unsure : truth_of(kinds->second, query));
      }
      // Cells without a label say nothing about a text that means none here.
      const bool none =
          std::none_of(truth.begin(), truth.end(), [](Truth t) { return t == Truth::yes; });
      const bool maybe = std::any_of(data.kinds.begin(), data.kinds.end(), [&](const auto& label) {
        return truth_of(label.second, query) == Truth::unsure;
      });
      if (none && !maybe) std::fill(truth.begin(), truth.end(), Truth::no);
      for (const bool english : {true, false}) {
        CELLOQUY_TRY(const auto found,
                     tools::search_scores(pipeline, english ? query.english : query.chinese));
        tallies[{query.half, english ? "en" : "zh"}].add(found->probability, truth);
      }
    }
    CELLOQUY_CHECK(pipeline.flush());
    for (const auto& [key, tally] : tallies) {
      out.push_back(tally.measures());
      out.back().data = data.name;
      out.back().half = key.first;
      out.back().language = key.second;
    }
  }
  return out;
}

}  // namespace celloquy::training
