#include "training/evaluation/presence.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/space/cell_view.hpp"
#include "tools/space/text_evidence.hpp"
#include "training/evaluation/task_file.hpp"

namespace celloquy::training {
namespace {

Expected<PresenceAnswer> ask(tools::Pipeline& pipeline, const std::string& text) {
  CELLOQUY_TRY(const auto found, tools::search_cells(pipeline, text));
  PresenceAnswer answer;
  answer.text = text;
  for (const float p : found.probability) {
    answer.matches += p >= static_cast<float>(tools::least_probability);
    answer.highest = std::max(answer.highest, static_cast<double>(p));
  }
  return answer;
}

/// The file's labels that stand for `text`.
std::vector<std::string> labels_of(const CellTask& task, const std::string& text) {
  std::vector<std::string> out;
  for (const auto& [label, words] : task.labels)
    if (words == text) out.push_back(label);
  if (task.labels.empty()) out.push_back(text);
  return out;
}

Estimate area(std::span<const PresenceAnswer> answers, std::size_t n_sets, Presence kind,
              double (*statistic)(const PresenceAnswer&)) {
  std::vector<std::vector<const PresenceAnswer*>> of_set(n_sets);
  std::size_t count = 0;
  for (const auto& answer : answers)
    if (answer.truth == Presence::present || answer.truth == kind) {
      of_set[answer.set].push_back(&answer);
      count += answer.truth == kind;
    }
  auto out = estimate(n_sets, [&](std::span<const std::size_t> drawn) {
    std::vector<float> score;
    std::vector<std::uint8_t> present;
    for (const auto set : drawn)
      for (const auto* answer : of_set[set]) {
        score.push_back(static_cast<float>(statistic(*answer)));
        present.push_back(answer->truth == Presence::present);
      }
    return auroc(score, present);
  });
  out.n = count;
  return out;
}

}  // namespace

std::string_view name(Presence presence) {
  switch (presence) {
    case Presence::present: return "present";
    case Presence::absent: return "absent, another tissue's";
    case Presence::near_absent: return "absent, near relative";
    case Presence::taken_out: break;
  }
  return "taken out";
}

Expected<std::vector<PresenceTask>> read_presence_tasks(const std::filesystem::path& path,
                                                        std::span<const CellTask> tasks) {
  CELLOQUY_TRY(const auto document, read_task_file(path, nlohmann::json::value_t::array));
  std::vector<PresenceTask> out;
  try {
    for (const auto& object : document) {
      PresenceTask task;
      const auto like = object.at("like").get<std::string>();
      const auto found = std::find_if(tasks.begin(), tasks.end(),
                                      [&](const auto& other) { return other.name == like; });
      if (found == tasks.end()) return unusable_task(path, "\"like\": \"" + like + "\"");
      task.cells = *found;
      task.absent = object.value("absent", std::vector<std::string>{});
      task.near_absent = object.value("near_absent", std::vector<std::string>{});
      out.push_back(std::move(task));
    }
  } catch (const nlohmann::json::exception& error) {
    return unusable_task(path, error.what());
  }
  return out;
}

Expected<std::vector<PresenceAnswer>> ask_presence(const PresenceTask& task, std::size_t set,
                                                   const std::filesystem::path& folder,
                                                   const Context& context) {
  std::vector<PresenceAnswer> out;
  const auto add = [&](tools::Pipeline& pipeline, const std::string& text, Presence truth,
                       std::size_t n_cells) -> Status {
    CELLOQUY_TRY(auto answer, ask(pipeline, text));
    answer.set = set;
    answer.truth = truth;
    answer.n_cells = n_cells;
    out.push_back(std::move(answer));
    return {};
  };
  CELLOQUY_TRY(auto cells, TaskCells::open(task.cells, folder, context));
  std::vector<std::string> asked;
  for (std::size_t t = 0; t < cells.texts().size(); ++t) {
    const auto count =
        static_cast<std::size_t>(std::count(cells.truth().begin(), cells.truth().end(), t));
    if (count < fewest_present) continue;
    asked.push_back(cells.texts()[t]);
    CELLOQUY_CHECK(add(cells.pipeline(), asked.back(), Presence::present, count));
  }
  for (const auto& text : task.absent)
    CELLOQUY_CHECK(add(cells.pipeline(), text, Presence::absent, 0));
  for (const auto& text : task.near_absent)
    CELLOQUY_CHECK(add(cells.pipeline(), text, Presence::near_absent, 0));
  if (asked.size() < 2) return out;  // with its only type taken out a set is empty
  for (const auto& text : asked) {
    auto rest = task.cells;
    rest.without = labels_of(task.cells, text);
    CELLOQUY_TRY(auto others, TaskCells::open(rest, folder, context));
    CELLOQUY_CHECK(add(others.pipeline(), text, Presence::taken_out, 0));
  }
  return out;
}

PresenceMeasures measure_presence(std::span<const PresenceAnswer> answers, std::size_t n_sets) {
  PresenceMeasures out;
  for (std::size_t k = 0; k < n_presences; ++k) {
    const auto kind = static_cast<Presence>(k);
    std::vector<double> found;
    std::vector<std::size_t> set;
    for (const auto& answer : answers)
      if (answer.truth == kind) {
        found.push_back(answer.matches > 0);
        set.push_back(answer.set);
      }
    out.found[k] = estimate_mean(found, set, n_sets);
    if (kind == Presence::present) continue;
    out.auroc[k] = area(answers, n_sets, kind, [](const auto& a) { return a.highest; });
    out.auroc_matches[k] =
        area(answers, n_sets, kind, [](const auto& a) { return static_cast<double>(a.matches); });
  }
  return out;
}

}  // namespace celloquy::training
