// Welch's t-test from each group's mean and squared deviations.

#include <limits>

#include "analysis/markers/tests.hpp"
#include "analysis/statistics/distributions.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::markers {
namespace {

/// Number, mean and squared deviations from it; merged without cancellation
/// (Chan, Golub & LeVeque 1983).
struct Moments {
  double count = 0, mean = 0, deviations = 0;
  static Moments merged(const Moments& a, const Moments& b) {
    const double count = a.count + b.count;
    if (!(count > 0)) return {};
    const double difference = b.mean - a.mean;
    return {count, a.mean + difference * b.count / count,
            a.deviations + b.deviations + difference * difference * a.count * b.count / count};
  }
  double variance_of_mean() const { return deviations / (count - 1) / count; }
};

struct Scratch {
  std::vector<float> values;
  std::vector<std::uint32_t> groups;
  std::vector<double> sums, expressed;
  std::vector<Moments> moments, before, after;
};

template <class View>
void gene_moments(const View& by_gene, std::size_t gene, const std::vector<CellFacts>& cells,
                  bool logged, const std::vector<std::uint32_t>& sizes, Scratch& scratch) {
  const std::size_t most = by_gene.offsets[gene + 1] - by_gene.offsets[gene];
  if (scratch.values.size() < most + 1) {
    scratch.values.resize(most + 1);
    scratch.groups.resize(most + 1);
  }
  std::size_t count = 0;
  KeyedValues::each(by_gene, gene, cells.data(), [&](float value, std::uint32_t group) {
    scratch.values[count] = value;
    scratch.groups[count] = group;
    count += group != dropped_cell;
  });
  if (logged) statistics::log1p_in_place(scratch.values.data(), count);
  const std::size_t n_groups = sizes.size();
  scratch.sums.assign(n_groups, 0);
  scratch.expressed.assign(n_groups, 0);
  scratch.moments.assign(n_groups, {});
  for (std::size_t i = 0; i < count; ++i) {
    scratch.sums[scratch.groups[i]] += scratch.values[i];
    scratch.expressed[scratch.groups[i]] += 1;
  }
  for (std::size_t g = 0; g < n_groups; ++g) {
    Moments& m = scratch.moments[g];
    m.count = sizes[g];
    m.mean = sizes[g] ? scratch.sums[g] / m.count : 0;
    m.deviations = (m.count - scratch.expressed[g]) * m.mean * m.mean;
  }
  for (std::size_t i = 0; i < count; ++i) {
    Moments& m = scratch.moments[scratch.groups[i]];
    const double difference = scratch.values[i] - m.mean;
    m.deviations += difference * difference;
  }
}

void store(const Moments& in, const Moments& rest, std::size_t at, Result& out) {
  out.score[at] = 0;
  out.p_value[at] = 1;
  if (in.count < 2 || rest.count < 2) return;
  const double a = in.variance_of_mean(), b = rest.variance_of_mean();
  const double difference = in.mean - rest.mean;
  if (!(a + b > 0) && difference == 0) return;
  const double t = difference / std::sqrt(a + b);
  out.score[at] = static_cast<float>(t);
  const double freedom = (a + b) * (a + b) / (a * a / (in.count - 1) + b * b / (rest.count - 1));
  out.p_value[at] = a + b > 0 ? statistics::student_t_two_sided(t, freedom) : 0;
}

/// Each group against all others: the groups before it and those after it, merged.
void against_rest(std::size_t gene, Scratch& scratch, Result& out) {
  const std::size_t n = out.n_groups;
  scratch.before.assign(n + 1, {});
  scratch.after.assign(n + 1, {});
  for (std::size_t g = 0; g < n; ++g)
    scratch.before[g + 1] = Moments::merged(scratch.before[g], scratch.moments[g]);
  for (std::size_t g = n; g-- > 0;)
    scratch.after[g] = Moments::merged(scratch.moments[g], scratch.after[g + 1]);
  for (std::size_t g = 0; g < n; ++g)
    store(scratch.moments[g], Moments::merged(scratch.before[g], scratch.after[g + 1]),
          g * out.n_genes + gene, out);
}

}  // namespace

void welch_t(const SparseMatrix& by_gene, const std::vector<CellFacts>& cells, bool logged,
             const Options& options, Result& out, const Context& context) {
  std::vector<Scratch> workers(worker_count(context));
  constexpr std::size_t block_size = 16;
  const std::size_t n_blocks = block_count(out.n_genes, block_size);
  by_gene.visit([&](const auto& view) {
    parallel_for_blocks(context, out.n_genes, block_size, [&](const Block& block) {
      Scratch& scratch = workers[block.worker];
      for (std::size_t gene = block.begin; gene < block.end; ++gene) {
        gene_moments(view, gene, cells, logged, out.group_sizes, scratch);
        if (options.reference < 0) {
          against_rest(gene, scratch, out);
          continue;
        }
        const Moments& reference = scratch.moments[static_cast<std::size_t>(options.reference)];
        for (std::size_t g = 0; g < out.n_groups; ++g)
          store(scratch.moments[g], reference, g * out.n_genes + gene, out);
      }
      if (block.worker == 0)
        context.report("markers", static_cast<double>(block.index) / static_cast<double>(n_blocks));
    });
  });
}

}  // namespace celloquy::markers
