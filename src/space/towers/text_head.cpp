#include "space/towers/text_head.hpp"

#include <algorithm>

#include "analysis/statistics/linear_algebra.hpp"
#include "base/thread_pool.hpp"

namespace celloquy::space {
namespace {

/// Always computed as so many rows: BLAS chooses its kernels by shape.
constexpr std::size_t rows_a_block = 16;

}  // namespace

TextHead::TextHead(TowerWeights weights, std::string encoder)
    : weights_(std::move(weights)), encoder_(std::move(encoder)) {
  statistics::use_one_blas_thread();
}

std::vector<float> TextHead::encode(std::span<const float> texts, const Context& context) const {
  const std::size_t g = input_dimension(), d = dimension(), m = weights_.shape.hidden,
                    n = texts.size() / g;
  std::vector<float> out(n * d);
  parallel_for_blocks(context, n, rows_a_block, [&](const Block& block) {
    std::vector<float> rows(rows_a_block * g, 0.0f), linear(rows_a_block * d),
        hidden(rows_a_block * m), active(rows_a_block * m), unit(rows_a_block * d);
    float length[rows_a_block];
    std::copy_n(texts.data() + block.begin * g, block.size() * g, rows.data());
    multiply(rows_a_block, d, g, 1.0f, {rows.data(), g}, {weights_.input_weight.data(), d}, 0.0f,
             linear.data(), d);
    finish_rows<float>(weights_.view(), rows_a_block,
                       {linear.data(), hidden.data(), active.data(), unit.data(), length});
    std::copy_n(unit.data(), block.size() * d, out.data() + block.begin * d);
  });
  if (context.cancelled()) out.clear();
  return out;
}

}  // namespace celloquy::space
