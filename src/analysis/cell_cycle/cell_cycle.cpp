#include "analysis/cell_cycle/cell_cycle.hpp"

#include "analysis/gene_set_scores/gene_set_scores.hpp"

namespace celloquy::cell_cycle {

Expected<Result> compute(const ExpressionView& view, const std::vector<std::uint32_t>& s_genes,
                         const std::vector<std::uint32_t>& g2m_genes, const Options& options,
                         const Context& context) {
  if (s_genes.size() < options.least_genes || g2m_genes.size() < options.least_genes)
    return failure(
        ErrorCode::cannot_answer, "cell_cycle.few_genes",
        {{"s", s_genes.size()}, {"g2m", g2m_genes.size()}, {"least", options.least_genes}});
  gene_set_scores::Options scoring;
  scoring.n_bins = options.n_bins;
  scoring.n_controls = options.n_controls;
  scoring.n_random_sets = options.n_random_sets;
  CELLOQUY_TRY(const auto scores,
               gene_set_scores::compute(view, {s_genes, g2m_genes}, scoring, context));
  Result out;
  const auto middle = scores.score.begin() + static_cast<std::ptrdiff_t>(scores.n_cells);
  out.s_score.assign(scores.score.begin(), middle);
  out.g2m_score.assign(middle, scores.score.end());
  out.s_limit = scores.chance_limit[0];
  out.g2m_limit = scores.chance_limit[1];
  out.phase.reserve(scores.n_cells);
  out.dividing.reserve(scores.n_cells);
  for (std::size_t cell = 0; cell < scores.n_cells; ++cell) {
    const float s = out.s_score[cell], g2m = out.g2m_score[cell];
    out.phase.push_back(s < 0 && g2m < 0 ? Phase::g1 : g2m > s ? Phase::g2m : Phase::s);
    out.dividing.push_back(s > out.s_limit || g2m > out.g2m_limit);
  }
  return out;
}

}  // namespace celloquy::cell_cycle
