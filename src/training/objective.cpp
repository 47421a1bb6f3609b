#include "training/objective.hpp"

#include <span>

#include "analysis/statistics/linear_algebra.hpp"

namespace celloquy::training {
namespace {

template <class Real>
const Real* gathered(const std::vector<Real>& own, Exchange& exchange, std::vector<Real>& all) {
  if (exchange.size() == 1) return own.data();
  all.resize(own.size() * exchange.size());
  exchange.gather(own.data(), own.size() * sizeof(Real), all.data());
  return all.data();
}

}  // namespace

template <class Real>
LossResult evaluate(const ParameterLayout& layout, const std::vector<Real>& parameters,
                    const TowerInput<Real>& cells, const TowerInput<Real>& texts,
                    const std::vector<float>& weights, Exchange& exchange,
                    ObjectivePass<Real>& pass, std::vector<Real>& gradient,
                    const Context& context) {
  statistics::use_one_blas_thread();
  const auto cell_tower = layout.cell_tower(parameters.data());
  const auto text_tower = layout.text_tower(parameters.data());
  forward(cell_tower, cells, pass.cell, context);
  forward(text_tower, texts, pass.text, context);

  const std::size_t own = cells.rows(), n = own * exchange.size();
  const std::size_t dimension = layout.cell().dimension;
  const Real* all_cells = gathered(pass.cell.vector, exchange, pass.all_cells);
  const Real* all_texts = gathered(pass.text.vector, exchange, pass.all_texts);
  const double log_scale = static_cast<double>(parameters[layout.log_scale()]);
  const LossResult result = contrastive_loss(n, dimension, all_cells, all_texts, log_scale,
                                             weights.data(), pass.loss, context);

  const std::size_t first = exchange.rank() * own * dimension;
  gradient.resize(layout.size());
  backward(cell_tower, cells, pass.loss.d_cells.data() + first, pass.cell,
           gradient.data() + layout.group("cell.input.weight").offset, context);
  backward(text_tower, texts, pass.loss.d_texts.data() + first, pass.text,
           gradient.data() + layout.group("text.input.weight").offset, context);
  exchange.sum(std::span(gradient));
  // Every process has computed it for the whole batch already.
  gradient[layout.log_scale()] = static_cast<Real>(result.d_log_scale);
  return result;
}

template LossResult evaluate(const ParameterLayout&, const std::vector<float>&,
                             const TowerInput<float>&, const TowerInput<float>&,
                             const std::vector<float>&, Exchange&, ObjectivePass<float>&,
                             std::vector<float>&, const Context&);
template LossResult evaluate(const ParameterLayout&, const std::vector<double>&,
                             const TowerInput<double>&, const TowerInput<double>&,
                             const std::vector<float>&, Exchange&, ObjectivePass<double>&,
                             std::vector<double>&, const Context&);

}  // namespace celloquy::training
