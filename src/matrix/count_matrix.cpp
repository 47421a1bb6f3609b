#include "matrix/count_matrix.hpp"

#include <cmath>

namespace celloquy {

CountMatrix::CountMatrix(SparseMatrix by_cell) : shared_(std::make_shared<Shared>()) {
  shared_->by_cell = std::move(by_cell);
}

Expected<std::shared_ptr<const SparseMatrix>> CountMatrix::by_gene(const Context& context) const {
  std::lock_guard lock(shared_->mutex);
  if (!shared_->by_gene) {
    CELLOQUY_TRY(auto by_gene, transposed(shared_->by_cell, context));
    shared_->by_gene = std::make_shared<const SparseMatrix>(std::move(by_gene));
  }
  return shared_->by_gene;
}

void CountMatrix::release_by_gene() const {
  std::lock_guard lock(shared_->mutex);
  shared_->by_gene.reset();
}

SparseRow ExpressionDecoder::row(std::size_t major) {
  SparseRow row = decoder_.row(major);
  if (normalization_->kind == Normalization::Kind::identity) return row;
  const std::size_t count = row.values.size();
  if (values_.size() < count) values_.resize(count);
  const float* scale = normalization_->scale.data();
  if (matrix_->order() == Order::cell_major) {
    const float factor = scale[major];
    for (std::size_t k = 0; k < count; ++k) values_[k] = row.values[k] * factor;
  } else {
    for (std::size_t k = 0; k < count; ++k) values_[k] = row.values[k] * scale[row.indices[k]];
  }
  if (normalization_->kind == Normalization::Kind::log1p)
    for (std::size_t k = 0; k < count; ++k) values_[k] = std::log1p(values_[k]);
  return {row.indices, {values_.data(), count}};
}

}  // namespace celloquy
