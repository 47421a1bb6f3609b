#include "training/evaluation/cells.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "tools/space/cell_view.hpp"

namespace celloquy::training {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::size_t highest(std::span<const double> values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

void measure_clusters(const space::Decoding& decoded, std::span<const std::size_t> truth,
                      std::span<const std::int32_t> cluster, CellMeasures& out) {
  struct Sums {
    std::vector<double> probability, truth;
  };
  std::map<std::int32_t, Sums> clusters;
  double cells = 0;
  for (std::size_t i = 0; i < cluster.size(); ++i) {
    if (cluster[i] < 0) continue;
    auto& sums = clusters[cluster[i]];
    sums.probability.resize(decoded.n_labels);
    sums.truth.resize(decoded.n_labels);
    for (std::size_t l = 0; l < decoded.n_labels; ++l)
      sums.probability[l] += static_cast<double>(decoded.probability[i * decoded.n_labels + l]);
    ++sums.truth[truth[i]];
    ++cells;
  }
  out.n_clusters = clusters.size();
  out.cluster_top1 = out.clusters_right = clusters.empty() ? not_a_number : 0;
  for (const auto& [code, sums] : clusters) {
    const auto label = highest(sums.probability);
    out.cluster_top1 += sums.truth[label] / cells;
    out.clusters_right +=
        static_cast<double>(label == highest(sums.truth)) / static_cast<double>(clusters.size());
  }
}

}  // namespace

CellMeasures measure_labels(const space::Decoding& decoded, std::span<const std::size_t> truth,
                            std::span<const std::int32_t> cluster) {
  CellMeasures out;
  out.n_cells = decoded.n_cells;
  out.n_labels = decoded.n_labels;
  std::vector<double> right_of(decoded.n_labels, 0), count(decoded.n_labels, 0);
  std::vector<float> stated;
  std::vector<std::uint8_t> right;
  for (std::size_t i = 0; i < decoded.n_cells; ++i) {
    const auto row = std::span(decoded.probability).subspan(i * decoded.n_labels, decoded.n_labels);
    const auto top =
        static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
    stated.push_back(row[top]);
    right.push_back(top == truth[i]);
    right_of[truth[i]] += right.back();
    count[truth[i]] += 1;
  }
  double labels = 0, curves = 0, n_curves = 0;
  for (std::size_t l = 0; l < decoded.n_labels; ++l) {
    if (count[l] == 0) continue;
    out.balanced += right_of[l] / count[l];
    labels += 1;
    std::vector<float> score(decoded.n_cells);
    std::vector<std::uint8_t> positive(decoded.n_cells);
    for (std::size_t i = 0; i < decoded.n_cells; ++i) {
      score[i] = decoded.probability[i * decoded.n_labels + l];
      positive[i] = truth[i] == l;
    }
    const double area = auroc(score, positive);
    if (!std::isnan(area)) curves += area, n_curves += 1;
  }
  out.balanced /= std::max(labels, 1.0);
  out.auroc = n_curves > 0 ? curves / n_curves : not_a_number;
  out.top1 = static_cast<double>(std::count(right.begin(), right.end(), 1)) /
             std::max<double>(1, static_cast<double>(right.size()));
  out.reliability = reliability(stated, right);
  out.calibration_error = calibration_error(out.reliability);
  measure_clusters(decoded, truth, cluster, out);
  return out;
}

Expected<CellAnswers> evaluate_cells(const CellTask& task, const std::filesystem::path& folder,
                                     const space::LabelOptions& options, const Context& context) {
  CELLOQUY_TRY(auto cells, TaskCells::open(task, folder, context));
  CELLOQUY_TRY(auto* tower, tools::text_tower());
  CELLOQUY_TRY(const auto labels, tower->encode(cells.texts(), space::TextUse::labels, context));
  const double begin = tools::clock_seconds();
  CELLOQUY_TRY(const auto decoded, tools::label_kept_cells(cells.pipeline(), labels, options));
  const double seconds = tools::clock_seconds() - begin;
  std::vector<std::int32_t> cluster;
  // A panel of few genes, or few cells: there are no clusters, and only that is not measured.
  if (const auto clusters = cells.pipeline().cluster_grouping()) cluster = clusters->codes;
  if (context.cancelled()) return cancelled_error();
  CellAnswers out;
  out.texts = cells.texts();
  out.measures = measure_labels(decoded, cells.truth(), cluster);
  out.measures.seconds = seconds;
  for (std::size_t i = 0; i < decoded.n_cells; ++i) {
    const auto row = std::span(decoded.probability).subspan(i * decoded.n_labels, decoded.n_labels);
    const auto top = std::max_element(row.begin(), row.end());
    out.cells.push_back({cells.rows()[i], cells.truth()[i],
                         static_cast<std::size_t>(top - row.begin()), *top,
                         cluster.empty() ? -1 : cluster[i]});
  }
  return out;
}

Estimate calibration_over_sets(std::span<const CellTask> tasks,
                               std::span<const CellAnswers> answers) {
  std::map<std::string, Reliability> files;
  for (std::size_t t = 0; t < answers.size(); ++t)
    files[tasks[t].file] += answers[t].measures.reliability;
  std::vector<Reliability> sets;
  for (const auto& [file, sums] : files) sets.push_back(sums);
  double cells = 0;
  for (const auto& set : sets) cells += set.count();
  auto out = estimate(sets.size(), [&](std::span<const std::size_t> drawn) {
    // Each set counts alike: otherwise the largest one would be the whole answer.
    Reliability sum;
    for (const auto s : drawn) {
      Reliability share = sets[s];
      const double count = std::max(1.0, share.count());
      for (auto& bin : share.bins) {
        bin.count /= count;
        bin.stated /= count;
        bin.right /= count;
      }
      sum += share;
    }
    return calibration_error(sum);
  });
  out.n = static_cast<std::size_t>(cells);
  return out;
}

}  // namespace celloquy::training
