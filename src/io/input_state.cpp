#include "io/input_state.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace celloquy::io {
namespace {

constexpr std::size_t cells_looked_at = 1000;
constexpr std::array<double, 4> bases = {0, 2.718281828459045, 2, 10};  // 0: no logarithm

double undo_log(double x, double base) {
  if (base == 0) return x;
  return base == bases[1] ? std::expm1(x) : std::pow(base, x) - 1;
}

constexpr std::size_t cells_needed = 5;  // fewer agree by chance

struct Spread {
  double center = 0, relative = INFINITY;  ///< median; standard deviation / mean
};

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Spread spread_of(const std::vector<double>& values) {
  if (values.size() < cells_needed) return {};
  double sum = 0, squares = 0;
  for (const double x : values) sum += x;
  const double mean = sum / static_cast<double>(values.size());
  for (const double x : values) squares += (x - mean) * (x - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(values.size() - 1));
  return {median(values), mean > 0 ? deviation / mean : INFINITY};
}

/// What one way of undoing the transformation shows.
struct Trial {
  double base = 0;
  Spread sums;                 ///< of the cells
  double whole_multiples = 0;  ///< share of cells whose values are multiples of the smallest
};

/// True where all values up to 200 times the smallest are whole multiples of it.
bool whole_multiples(const std::vector<double>& values) {
  double smallest = INFINITY;
  for (const double x : values) smallest = std::min(smallest, x);
  if (!(smallest > 0)) return false;
  std::size_t larger = 0, off = 0;
  for (const double x : values) {
    const double ratio = x / smallest;
    if (ratio < 1.5 || ratio > 200) continue;
    ++larger;
    off += std::abs(ratio - std::nearbyint(ratio)) > 0.01 + 1e-4 * ratio;
  }
  return larger >= 5 && off * 50 <= larger;
}

/// One trial a base; without a logarithm first, and only that where values are `beyond_logs`.
std::vector<Trial> try_bases(const SparseMatrix& cells, bool beyond) {
  RowDecoder decoder(cells);
  const std::size_t step = std::max<std::size_t>(1, cells.n_major() / cells_looked_at);
  std::vector<Trial> trials;
  for (const double base : bases) {
    if (beyond && base != 0) break;
    Trial trial;
    trial.base = base;
    std::vector<double> sums, values;
    std::size_t usable = 0, whole = 0;
    for (std::size_t cell = 0; cell < cells.n_major(); cell += step) {
      const auto row = decoder.row(cell);
      if (row.values.size() < 2) continue;
      values.clear();
      double sum = 0;
      for (const float x : row.values) {
        values.push_back(undo_log(x, base));
        sum += values.back();
      }
      ++usable;
      whole += whole_multiples(values);
      sums.push_back(sum);
    }
    trial.sums = spread_of(sums);
    if (usable >= cells_needed)
      trial.whole_multiples = static_cast<double>(whole) / static_cast<double>(usable);
    trials.push_back(trial);
  }
  return trials;
}

/// Median over genes of |mean| and standard deviation, zeros included.
std::pair<double, double> gene_moments(const SparseMatrix& cells) {
  std::vector<double> sums(cells.n_minor()), squares(cells.n_minor());
  RowDecoder decoder(cells);
  const std::size_t step = std::max<std::size_t>(1, cells.n_major() / cells_looked_at);
  std::size_t count = 0;
  for (std::size_t cell = 0; cell < cells.n_major(); cell += step, ++count) {
    const auto row = decoder.row(cell);
    for (std::size_t k = 0; k < row.values.size(); ++k) {
      sums[row.indices[k]] += row.values[k];
      squares[row.indices[k]] += static_cast<double>(row.values[k]) * row.values[k];
    }
  }
  std::vector<double> means, deviations;
  for (std::size_t g = 0; g < sums.size(); ++g) {
    if (squares[g] == 0) continue;
    const double mean = sums[g] / static_cast<double>(count);
    means.push_back(std::abs(mean));
    deviations.push_back(
        std::sqrt(std::max(0.0, squares[g] / static_cast<double>(count) - mean * mean)));
  }
  return {median(means), median(deviations)};
}

constexpr double sums_agree = 0.01, sums_similar = 0.4, most_cells = 0.6;
/// No logarithm of a count is as large: 2 to this power is 10^30.
constexpr double beyond_logs = 100;

// A microarray reads every probe, so hardly a value is zero; intensities spread over orders of
// magnitude, and their logarithms lie within some units. Tables of few genes (protein panels) may
// look like that by chance.
constexpr std::size_t genes_of_an_array = 1000;
constexpr double filled_of_an_array = 0.95, largest_log = 20, widest_logs = 5, least_spread = 50;

enum class Array { no, logs, intensities };

/// Whether the values are a microarray's, or look like one's (bulk TPM).
Array array_values(const StateInput& input, const MatrixState& state) {
  const auto cells = static_cast<double>(input.cells.n_major());
  const auto genes = static_cast<double>(input.cells.n_minor());
  const auto filled = static_cast<double>(input.cells.n_nonzeros()) / std::max(1.0, cells * genes);
  if (input.cells.n_minor() < genes_of_an_array || filled < filled_of_an_array) return Array::no;
  std::vector<double> values;
  RowDecoder decoder(input.cells);
  const std::size_t step = std::max<std::size_t>(1, input.cells.n_major() / cells_looked_at);
  for (std::size_t cell = 0; cell < input.cells.n_major(); cell += step)
    for (std::size_t k = 0; const float x : decoder.row(cell).values)
      if (k++ % 16 == 0) values.push_back(x);
  const double middle = median(std::move(values));
  if (!(middle > 0)) return Array::no;
  if (state.largest < largest_log && state.largest < widest_logs * middle && middle > 2)
    return Array::logs;
  return state.largest > least_spread * middle ? Array::intensities : Array::no;
}

void describe_real(const StateInput& input, MatrixState& state, double* log_base) {
  const auto trials = try_bases(input.cells, state.largest > beyond_logs);
  const auto array = array_values(input, state);
  // Quantile normalisation makes columns alike, so that their sums agree in every base; a sum of
  // 10,000 or a million is no accident.
  const bool per_million = std::any_of(trials.begin(), trials.end(), [](const Trial& trial) {
    const double decades = std::log10(std::max(1.0, trial.sums.center));
    return trial.base != 0 && trial.sums.relative < sums_agree &&
           std::abs(decades - std::nearbyint(decades)) < 0.002;
  });
  if (array == Array::logs && !per_million) {
    std::vector<double> sums;
    RowDecoder decoder(input.cells);
    for (std::size_t cell = 0; cell < input.cells.n_major(); ++cell) {
      double sum = 0;
      for (const float x : decoder.row(cell).values) sum += std::exp2(static_cast<double>(x));
      sums.push_back(sum);
    }
    state.state = InputState::log1p;
    state.target_sum = median(std::move(sums));
    if (log_base) *log_base = 2;
    state.evidence = message("io.state.log_intensities",
                             {{"smallest", state.smallest}, {"largest", state.largest}});
    return;
  }
  const Trial* best = nullptr;
  for (const auto& trial : trials)
    if (trial.sums.relative < sums_agree &&
        (!best || trial.sums.relative < 0.5 * best->sums.relative))
      best = &trial;
  const bool by_sums = best != nullptr;
  if (!best)
    for (const auto& trial : trials)
      if (trial.whole_multiples > most_cells &&
          (!best || trial.whole_multiples > best->whole_multiples))
        best = &trial;
  const std::string base = !best || best->base == bases[1] ? "e" : best->base == 2 ? "2" : "10";
  if (best) {
    const bool logged = best->base != 0;
    state.state = logged ? InputState::log1p : InputState::normalized;
    if (by_sums) state.target_sum = best->sums.center;
    if (log_base) *log_base = best->base;
    const TextArguments arguments = {{"base", base}, {"sum", best->sums.center}};
    state.evidence =
        message(logged ? (by_sums ? "io.state.log_sums" : "io.state.log_multiples")
                       : (by_sums ? "io.state.normalized_sums" : "io.state.normalized_multiples"),
                arguments);
    return;
  }
  if (array == Array::intensities) {
    state.state = InputState::normalized;
    state.evidence = message("io.state.intensities", {{"largest", state.largest}});
    return;
  }
  // TPM or FPKM from which genes were left out: too large for logarithms, and cells
  // have about the same in all.
  if (state.largest > beyond_logs && trials.front().sums.relative < sums_similar) {
    state.state = InputState::normalized;
    state.evidence = message("io.state.relative", {{"largest", state.largest},
                                                   {"sum", trials.front().sums.center},
                                                   {"spread", trials.front().sums.relative * 100}});
    return;
  }
  // Corrected or filtered after the logarithm: nothing constant is left, but
  // the range is that of logarithms of expression.
  const double filled = static_cast<double>(input.cells.n_nonzeros()) /
                        std::max(1.0, static_cast<double>(input.cells.n_major()) *
                                          static_cast<double>(input.cells.n_minor()));
  if (state.largest > 1 && state.largest < 16 && filled < 0.7) {
    state.state = InputState::log1p;
    if (log_base) *log_base = bases[1];
    state.evidence = message("io.state.log_range", {{"largest", state.largest}});
    return;
  }
  state.evidence = message("io.state.unknown", {{"largest", state.largest}});
}

}  // namespace

MatrixState detect_state(const StateInput& input, double* log_base) {
  const auto& summary = input.summary;
  MatrixState state;
  state.where = input.where;
  state.largest = summary.largest;
  state.smallest = summary.smallest;
  state.n_nan = summary.nan;
  state.n_negative = summary.negative;
  state.n_infinite = summary.infinite;
  if (log_base) *log_base = 0;
  const Text looked =
      message(input.sampled ? "io.state.sampled" : "io.state.all", {{"count", summary.values}});
  if (summary.values == 0) {
    state.evidence = message("io.state.nothing");
  } else if (summary.infinite) {
    state.evidence =
        message("io.state.infinite", {{"count", summary.infinite}, {"looked", looked}});
  } else if (summary.counts() && summary.whole) {
    state.state = InputState::raw_counts;
    state.evidence =
        message("io.state.counts",
                {{"looked", looked}, {"largest", static_cast<std::uint64_t>(summary.largest)}});
  } else if (summary.counts()) {
    state.state = InputState::noisy_counts;
    state.evidence = message(
        "io.state.noisy", {{"looked", looked},
                           {"noise", summary.noise},
                           {"largest", static_cast<std::uint64_t>(std::llround(summary.largest))}});
  } else if (summary.negative) {
    const auto [mean, deviation] = gene_moments(input.cells);
    if (mean < 0.2 && deviation > 0.4 && deviation < 1.5) {
      state.state = InputState::scaled;
      state.evidence = message("io.state.scaled", {{"negative", summary.negative},
                                                   {"looked", looked},
                                                   {"mean", mean},
                                                   {"deviation", deviation}});
    } else {
      state.evidence =
          message("io.state.negative", {{"negative", summary.negative}, {"looked", looked}});
    }
  } else if (summary.whole) {
    // Whole and not negative, yet with NaN among them.
    state.state = InputState::raw_counts;
    state.evidence =
        message("io.state.counts",
                {{"looked", looked}, {"largest", static_cast<std::uint64_t>(summary.largest)}});
  } else {
    describe_real(input, state, log_base);
  }
  return state;
}

}  // namespace celloquy::io
