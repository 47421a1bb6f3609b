#include "analysis/umap/umap.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/umap/layout.hpp"
#include "base/random.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::umap {
namespace {

constexpr std::size_t block_size = 256;
constexpr std::uint32_t few_points = 10000;
constexpr double width = 10;     // of the initial layout, as in umap-learn
constexpr double jitter = 1e-4;  // so that cells at one place can part

/// The edges that act in at least one epoch, with their rates and phases.
struct Schedule {
  std::vector<std::uint64_t> offsets;
  std::vector<std::uint32_t> targets, rates, head_phases, tail_phases;
  LayoutRows rows() const {
    return {offsets.data(), targets.data(), rates.data(), head_phases.data(), tail_phases.data()};
  }
};

std::uint32_t phase(std::uint64_t seed, std::uint64_t head, std::uint64_t tail) {
  return static_cast<std::uint32_t>(mix64(seed ^ mix64((head << 32) | tail)));
}

Schedule make_schedule(const Graph& graph, std::uint32_t epochs, std::uint64_t seed,
                       const Context& context) {
  Schedule schedule;
  const std::uint32_t n = graph.n_nodes;
  schedule.offsets.assign(n + std::size_t{1}, 0);
  const float greatest =
      graph.weights.empty() ? 0 : *std::max_element(graph.weights.begin(), graph.weights.end());
  const float least = greatest / static_cast<float>(epochs);
  for (std::uint32_t i = 0; i < n; ++i)
    schedule.offsets[i + 1] =
        schedule.offsets[i] +
        static_cast<std::uint64_t>(
            std::count_if(graph.weights.begin() + static_cast<std::ptrdiff_t>(graph.offsets[i]),
                          graph.weights.begin() + static_cast<std::ptrdiff_t>(graph.offsets[i + 1]),
                          [&](float w) { return w >= least; }));
  for (auto* array :
       {&schedule.targets, &schedule.rates, &schedule.head_phases, &schedule.tail_phases})
    array->resize(schedule.offsets[n]);
  parallel_for_blocks(context, n, 4 * block_size, [&](const Block& block) {
    std::uint64_t to = schedule.offsets[block.begin];
    for (std::size_t i = block.begin; i < block.end; ++i)
      for (std::uint64_t at = graph.offsets[i]; at < graph.offsets[i + 1]; ++at) {
        if (graph.weights[at] < least) continue;
        const std::uint32_t j = graph.indices[at];
        const double rate = static_cast<double>(graph.weights[at]) / greatest * 0x1.0p32;
        schedule.targets[to] = j;
        schedule.rates[to] = static_cast<std::uint32_t>(std::min(rate, 4294967295.0));
        schedule.head_phases[to] = phase(seed, i, j);
        schedule.tail_phases[to++] = phase(seed, j, i);
      }
  });
  return schedule;
}

/// Each coordinate from 0 to `width`, with a little noise; missing ones random.
std::vector<float> starting_layout(std::span<const float> initial, std::size_t n_initial,
                                   std::uint32_t n, std::uint32_t components, std::uint64_t seed) {
  std::vector<float> layout(static_cast<std::size_t>(n) * components);
  for (std::uint32_t c = 0; c < components; ++c) {
    double low = 0, high = 0;
    for (std::uint32_t i = 0; i < n && c < n_initial; ++i) {
      const double x = initial[i * n_initial + c];
      low = i == 0 ? x : std::min(low, x);
      high = i == 0 ? x : std::max(high, x);
    }
    for (std::uint32_t i = 0; i < n; ++i) {
      RandomStream random(seed, static_cast<std::uint64_t>(i) * components + c);
      const double place = high > low ? width * (initial[i * n_initial + c] - low) / (high - low)
                                      : width * random.uniform();
      layout[static_cast<std::size_t>(i) * components + c] =
          static_cast<float>(place + jitter * random.normal());
    }
  }
  return layout;
}

Status check(const Graph& graph, std::span<const float> initial, std::size_t n_initial,
             const Options& options) {
  const bool fits = graph.offsets.size() == graph.n_nodes + std::size_t{1} &&
                    graph.indices.size() == graph.offsets.back() &&
                    graph.weights.size() == graph.indices.size() &&
                    (initial.empty() || initial.size() == graph.n_nodes * n_initial) &&
                    std::all_of(graph.indices.begin(), graph.indices.end(),
                                [&](std::uint32_t j) { return j < graph.n_nodes; });
  if (!fits)
    return failure(ErrorCode::internal, "base.internal",
                   {{"what", "umap: the graph or the initial layout has another size"}});
  if (!(options.min_dist >= 0) || !(options.spread > 0) || !std::isfinite(options.spread) ||
      options.min_dist >= 3 * options.spread)
    return failure(ErrorCode::usage, "umap.distances",
                   {{"min_dist", options.min_dist}, {"spread", options.spread}});
  if (options.n_components < 1 || options.n_components > most_components)
    return failure(ErrorCode::usage, "umap.components",
                   {{"components", options.n_components}, {"most", most_components}});
  if (!std::all_of(initial.begin(), initial.end(), [](float x) { return std::isfinite(x); }))
    return failure(ErrorCode::cannot_answer, "umap.not_finite");
  return {};
}

}  // namespace

std::uint32_t epochs_for(std::uint32_t n_points, const Options& options) {
  return options.epochs ? options.epochs : n_points <= few_points ? 500 : 200;
}

Expected<Result> compute(const Graph& connectivities, std::span<const float> initial,
                         std::size_t n_initial, const Options& options, const Context& context) {
  CELLOQUY_CHECK(check(connectivities, initial, n_initial, options));
  const std::uint32_t n = connectivities.n_nodes;
  const std::uint32_t epochs = epochs_for(n, options);
  std::vector<float> spectral;
  if (initial.empty() && n > 0) {
    CELLOQUY_TRY(spectral,
                 spectral_layout(connectivities, options.n_components, options.seed, context));
    initial = spectral;
    n_initial = options.n_components;
  }
  Result result;
  result.n_points = n;
  result.n_components = options.n_components;
  result.layout = starting_layout(initial, n_initial, n, options.n_components, options.seed);
  const Schedule schedule = make_schedule(connectivities, epochs, options.seed, context);
  std::uint64_t most_edges = 0;
  for (std::uint32_t i = 0; i < n; ++i)
    most_edges = std::max(most_edges, schedule.offsets[i + 1] - schedule.offsets[i]);

  const auto [a, b] = fit_curve(options.min_dist, options.spread);
  LayoutStep step{};
  step.a = static_cast<float>(a);
  step.b = static_cast<float>(b);
  step.negative_rounds =
      std::max(1u, (options.negative_samples + negatives_a_round - 1) / negatives_a_round);
  step.negative_weight = static_cast<float>(options.negative_samples) /
                         static_cast<float>(step.negative_rounds * negatives_a_round);
  step.n_points = n;
  step.n_components = options.n_components;
  step.seed = mix64(options.seed);
  const auto move_points = CELLOQUY_SELECT(move_points);
  std::vector<float> next(result.layout.size());
  std::vector<std::vector<std::uint32_t>> scratch(worker_count(context));
  for (auto& room : scratch) room.resize(4 * (most_edges + 1));
  for (std::uint32_t epoch = 0; epoch < epochs; ++epoch) {
    step.epoch = epoch;
    step.learning_rate =
        static_cast<float>(options.learning_rate * (1 - static_cast<double>(epoch) / epochs));
    parallel_for_blocks(context, n, block_size, [&](const Block& block) {
      move_points(schedule.rows(), step, block.begin, block.end, result.layout.data(), next.data(),
                  scratch[block.worker].data(), most_edges + 1);
    });
    if (context.cancelled()) return cancelled_error();
    std::swap(result.layout, next);
    if (epoch % (epochs / 20 + 1) == 0)
      context.report("umap", static_cast<double>(epoch + 1) / epochs);
  }
  return result;
}

}  // namespace celloquy::umap
