#include "space/labels/label_cells.hpp"

#include "space/text/attention.hpp"

namespace celloquy::space {

TextWeights contrasted(std::span<const TextVector> labels, double contrast) {
  TextWeights out;
  out.n_texts = labels.size();
  out.n_genes = labels.empty() ? 0 : labels[0].weights.size();
  out.values.resize(out.n_texts * out.n_genes);
  std::vector<double> mean(out.n_genes, 0);
  for (const auto& label : labels)
    for (std::size_t g = 0; g < out.n_genes; ++g) mean[g] += label.weights[g];
  // One label has nothing in common with others.
  const double factor = labels.size() < 2 ? 0 : contrast / static_cast<double>(labels.size());
  for (std::size_t l = 0; l < out.n_texts; ++l) {
    float* row = out.values.data() + l * out.n_genes;
    for (std::size_t g = 0; g < out.n_genes; ++g)
      row[g] = static_cast<float>(labels[l].weights[g] - factor * mean[g]);
    to_unit(std::span(row, out.n_genes));
  }
  return out;
}

std::vector<float> cosines_of(const TextWeights& labels) {
  std::vector<float> out(labels.n_texts * labels.n_texts);
  for (std::size_t a = 0; a < labels.n_texts; ++a)
    for (std::size_t b = a; b < labels.n_texts; ++b) {
      const float* x = labels.values.data() + a * labels.n_genes;
      const float* y = labels.values.data() + b * labels.n_genes;
      double sum = 0;
      for (std::size_t g = 0; g < labels.n_genes; ++g) sum += static_cast<double>(x[g]) * y[g];
      out[a * labels.n_texts + b] = out[b * labels.n_texts + a] = static_cast<float>(sum);
    }
  return out;
}

Expected<Decoding> label_cells(const ExpressionView& view, const Standardization& standardization,
                               std::span<const TextVector> labels,
                               const neighbors::Result* neighbors, const LabelOptions& options,
                               const Context& context) {
  const auto weights = contrasted(labels, options.contrast);
  CELLOQUY_TRY(const auto scores, score_cells(view, standardization, weights, context));
  return decode_labels(scores, cosines_of(weights), neighbors, options.decode, context);
}

}  // namespace celloquy::space
