// The towers' costs at full size (8,000 genes, 256 dimensions, 384 hidden units): the parts of a
// training step on 192 profiles and 192 gene sets, and encoding at run time. One thread; beside
// each figure the share of what one product of large matrices reaches in the same run.
//   bench_towers

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "analysis/statistics/linear_algebra.hpp"
#include "base/random.hpp"
#include "space/towers/cell_tower.hpp"
#include "space/towers/text_head.hpp"
#include "training/objective.hpp"
#include "training/optimizer.hpp"

namespace {

using namespace celloquy;
using namespace celloquy::training;

constexpr std::size_t genes = 8000, dimension = 256, hidden = 384, text = 384;
constexpr std::size_t profiles = 192, sets = 192, rows = profiles + sets, genes_a_set = 30;

/// Seconds of this thread's processor time: the median of nine runs after one that warms up. The
/// machine may be busy with other work.
double seconds(const std::function<void()>& work) {
  const auto now = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  };
  work();
  std::vector<double> runs;
  for (int i = 0; i < 9; ++i) {
    const double begin = now();
    work();
    runs.push_back(now() - begin);
  }
  std::sort(runs.begin(), runs.end());
  return runs[runs.size() / 2];
}

std::vector<float> random_values(std::size_t n, double scale) {
  RandomStream random(n);
  std::vector<float> out(n);
  for (auto& value : out) value = static_cast<float>(scale * random.normal());
  return out;
}

struct Report {
  double ceiling;  // operations a second
  void operator()(const char* what, double time, double operations) const {
    std::printf("%-34s %9.3f ms %8.1f GFLOP/s %5.0f %% of the ceiling\n", what, time * 1e3,
                operations / time / 1e9, 100 * operations / time / ceiling);
  }
};

double measure_ceiling() {
  constexpr std::size_t n = 1024;
  const auto a = random_values(n * n, 1), b = random_values(n * n, 1);
  std::vector<float> c(n * n);
  const double time = seconds([&] {
    space::multiply(n, n, n, 1.0f, {a.data(), n}, {b.data(), n}, 0.0f, c.data(), n);
  });
  return 2.0 * n * n * n / time;
}

void training_step(const Report& report) {
  const ParameterLayout layout({genes, dimension, hidden}, {text, dimension, hidden});
  auto parameters = random_values(layout.size(), 0.02);
  std::vector<float> gradient(layout.size());
  const auto z = random_values(profiles * genes, 0.18), t = random_values(rows * text, 0.8);
  TowerInput<float> cells, texts;
  cells.dense_rows = profiles;
  cells.dense = z.data();
  RandomStream random(1);
  for (std::size_t s = 0; s < sets; ++s) {
    for (std::size_t g = 0; g < genes_a_set; ++g) {
      cells.columns.push_back(
          static_cast<std::uint32_t>(g * (genes / genes_a_set) + random.below(200)));
      cells.values.push_back(3);
    }
    cells.offsets.push_back(cells.columns.size());
  }
  texts.dense_rows = rows;
  texts.dense = t.data();
  std::vector<float> weights(rows * rows, 0.0f);
  for (std::size_t i = 0; i < rows; ++i) weights[i * rows + i] = 1.5f;
  TowerPass<float> cell_pass, text_pass;
  LossPass<float> loss_pass;
  const auto cell = layout.cell_tower(parameters.data());
  const auto head = layout.text_tower(parameters.data());
  const double network = 2.0 * rows * 2 * dimension * hidden;
  const double matrix = 2.0 * profiles * genes * dimension, small = 2.0 * rows * text * dimension;
  report("cell tower forwards", seconds([&] { forward(cell, cells, cell_pass, {}); }),
         matrix + network);
  report("text tower forwards", seconds([&] { forward(head, texts, text_pass, {}); }),
         small + network);
  report("loss", seconds([&] {
           contrastive_loss(rows, dimension, cell_pass.vector.data(), text_pass.vector.data(), 3.0,
                            weights.data(), loss_pass, {});
         }),
         6 * 2.0 * rows * rows * dimension);
  report("cell tower backwards", seconds([&] {
           backward(cell, cells, loss_pass.d_cells.data(), cell_pass, gradient.data(), {});
         }),
         matrix + 2 * network);
  report("text tower backwards", seconds([&] {
           backward(head, texts, loss_pass.d_texts.data(), text_pass,
                    gradient.data() + layout.group("text.input.weight").offset, {});
         }),
         small + 2 * network);
  Moments moments;
  const double time =
      seconds([&] { update(layout, {}, 10, 100, gradient, parameters, moments, {}); });
  std::printf("%-34s %9.3f ms %8.1f GB/s\n", "AdamW", time * 1e3,
              static_cast<double>(layout.size()) * 7 * sizeof(float) / time / 1e9);
}

space::TowerWeights random_weights(std::size_t input) {
  return {{input, dimension, hidden},    random_values(input * dimension, 0.2),
          random_values(dimension, 0.1), random_values(dimension * hidden, 0.05),
          random_values(hidden, 0.1),    random_values(hidden * dimension, 0.05),
          random_values(dimension, 0.1)};
}

void at_run_time(const Report& report) {
  const space::CellTower tower(random_weights(genes), std::vector<std::string>(genes));
  const space::TextHead head(random_weights(text), "");
  constexpr std::size_t cells = 512, expressed = 829 * genes / 19712;
  const double network = 2.0 * 2 * dimension * hidden;
  const auto z = random_values(cells * genes, 1);
  const double dense = seconds([&] { tower.encode(z, {}); });
  report("512 cells, dense z", dense, cells * (2.0 * genes * dimension + network));
  std::vector<std::uint64_t> offsets = {0};
  std::vector<std::uint32_t> columns;
  RandomStream random(2);
  for (std::size_t c = 0; c < cells; ++c) {
    for (std::size_t g = 0; g < expressed; ++g)
      columns.push_back(
          static_cast<std::uint32_t>(g * (genes / expressed) + random.below(genes / expressed)));
    offsets.push_back(columns.size());
  }
  const auto values = random_values(columns.size(), 2), background = random_values(genes, 0.3);
  const double sparse = seconds([&] {
    tower.encode(space::CellTower::Differences{background, offsets, columns, values}, {});
  });
  report("512 cells, 336 genes from empty", sparse,
         cells * (2.0 * expressed * dimension + network) + 2.0 * genes * dimension);
  const auto vectors = random_values(cells * text, 0.05);
  report("512 texts", seconds([&] { head.encode(vectors, {}); }),
         cells * (2.0 * text * dimension + network));
  std::printf("cells a second, one thread: %.0f dense, %.0f as differences\n", cells / dense,
              cells / sparse);
}

}  // namespace

int main() {
  statistics::use_one_blas_thread();
  const Report report{measure_ceiling()};
  std::printf("ceiling: %.1f GFLOP/s (product of 1,024 x 1,024 matrices, one thread)\n",
              report.ceiling / 1e9);
  training_step(report);
  at_run_time(report);
  return 0;
}
