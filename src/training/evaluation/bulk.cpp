#include "training/evaluation/bulk.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "knowledge/table.hpp"
#include "tools/space/cell_view.hpp"
#include "training/evaluation/left_out_tower.hpp"
#include "training/evaluation/task_file.hpp"
#include "training/evaluation/temporary_folder.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::training {
namespace {

/// Sample → label.
Expected<std::map<std::string, std::string>> sample_labels(const BulkTask& task,
                                                           const std::filesystem::path& data,
                                                           std::span<const std::string> samples) {
  std::map<std::string, std::string> out;
  if (task.samples.empty()) {
    for (const auto& sample : samples) out[sample] = sample;
    return out;
  }
  const auto path = data / task.samples;
  const auto text = workspace::read_file(path.string());
  if (!text) return unusable_task(path, task.name);
  CELLOQUY_TRY(auto rows, knowledge::TableReader::open(path.string(), *text, {"id", task.column}));
  std::vector<std::string_view> f;
  while (rows.next(f)) out[std::string(f[0])] = f[1];
  return out;
}

}  // namespace

Expected<std::vector<BulkTask>> read_bulk_tasks(const std::filesystem::path& path) {
  CELLOQUY_TRY(const auto document, read_task_file(path, nlohmann::json::value_t::array));
  std::vector<BulkTask> tasks;
  try {
    for (const auto& object : document)
      tasks.push_back({object.at("name"), object.at("file"), object.value("samples", ""),
                       object.value("column", ""),
                       object.value("labels", std::map<std::string, std::string>{}),
                       object.at("left_out")});
  } catch (const nlohmann::json::exception& error) {
    return unusable_task(path, error.what());
  }
  return tasks;
}

BulkMeasures measure_bulk(std::span<const float> scores, std::span<const std::size_t> truth,
                          std::size_t n_texts) {
  BulkMeasures out{truth.size(), n_texts, 0, 0, 0, 0};
  if (truth.empty()) return out;
  std::vector<double> right(n_texts, 0), count(n_texts, 0);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    right[truth[i]] += rank_of(scores.subspan(i * n_texts, n_texts), truth[i]) == 1;
    count[truth[i]] += 1;
  }
  double labels = 0, curves = 0, n_curves = 0;
  for (std::size_t t = 0; t < n_texts; ++t) {
    out.top1 += right[t] / static_cast<double>(truth.size());
    out.chance = std::max(out.chance, count[t] / static_cast<double>(truth.size()));
    if (count[t] > 0) out.balanced += right[t] / count[t], labels += 1;
    std::vector<float> column(truth.size());
    std::vector<std::uint8_t> positive(truth.size());
    for (std::size_t i = 0; i < truth.size(); ++i) {
      column[i] = scores[i * n_texts + t];
      positive[i] = truth[i] == t;
    }
    const double area = auroc(column, positive);
    if (!std::isnan(area)) curves += area, n_curves += 1;
  }
  out.balanced /= std::max(labels, 1.0);
  out.auroc = n_curves > 0 ? curves / n_curves : std::numeric_limits<double>::quiet_NaN();
  return out;
}

Expected<BulkMeasures> evaluate_bulk(const BulkTask& task, const std::filesystem::path& data,
                                     const PairsFolder& pairs, const std::filesystem::path& folder,
                                     const TextFeatures& features, const PoolOptions& options,
                                     const Context& context) {
  auto pool = options;
  pool.left_out.insert(pool.left_out.end(), task.left_out.begin(), task.left_out.end());
  CELLOQUY_TRY(const auto tower, tower_without(pairs, folder, features, pool, context));
  const TemporaryFolder work;
  CELLOQUY_TRY(auto study, workspace::Study::open((data / task.file).string(),
                                                  {work.path(), "default", true}, context));
  tools::Pipeline pipeline(*study, context);
  CELLOQUY_TRY(const Dataset* dataset, pipeline.dataset());
  CELLOQUY_TRY(const auto labels, sample_labels(task, data, dataset->obs.index));
  std::vector<std::string> texts;
  std::vector<std::size_t> truth;
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < dataset->n_cells(); ++i) {
    const auto label = labels.find(dataset->obs.index[i]);
    if (label == labels.end()) continue;
    const auto named = task.labels.find(label->second);
    if (!task.labels.empty() && named == task.labels.end()) continue;
    const auto& text = task.labels.empty() ? label->second : named->second;
    const auto at = std::find(texts.begin(), texts.end(), text);
    truth.push_back(static_cast<std::size_t>(at - texts.begin()));
    if (at == texts.end()) texts.push_back(text);
    rows.push_back(i);
  }
  if (rows.empty()) return unusable_task(data / task.file, task.name);
  CELLOQUY_TRY(const auto vectors, tower->encode(texts, space::TextUse::search, context));
  CELLOQUY_TRY(const auto view, tools::cell_view(pipeline));
  CELLOQUY_TRY(const auto scores, space::score_cells(view->view(), view->standardization,
                                                     space::contrasted(vectors, 0), context));
  std::vector<float> chosen;
  for (const auto row : rows) {
    const float* from = scores.values.data() + row * texts.size();
    chosen.insert(chosen.end(), from, from + texts.size());
  }
  return measure_bulk(chosen, truth, texts.size());
}

}  // namespace celloquy::training
